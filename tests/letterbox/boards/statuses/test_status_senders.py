"""Statuses that go back by HTTP: sent to a real server, which may do anything."""

import json
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from letterbox.boards import discover, hellowork, linkedin, ziprecruiter
from letterbox.boards.abilities import StatusBoard
from letterbox.boards.hellowork.client.statuses import open_statuses
from letterbox.boards.hellowork.settings import HelloWorkSettings
from letterbox.boards.linkedin.client.actions import open_actions
from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.boards.reports import StandingReport, StatusSender
from letterbox.boards.ziprecruiter.client.signals import open_signals
from letterbox.boards.ziprecruiter.settings import ZipRecruiterSettings
from letterbox.domain.application import Source
from letterbox.domain.errors import (
    BoardRefusedError,
    BoardUnavailableError,
    NoWordError,
)
from letterbox.domain.standing import CandidateStatus, Reporting, StatusChange
from tests.letterbox.boards.statuses.server import Says, ToldBoard, told_board

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HIDDEN = "canary-of-the-address"
_PATIENCE = 0.5
POSTED = ["hellowork", "linkedin", "ziprecruiter"]
BY_GRAPHQL = ["indeed", "seek"]
Opened = AbstractAsyncContextManager[StatusSender]


class Rerouted(httpx.AsyncHTTPTransport):
    """Connects to this machine, whatever public address was looked up."""

    def __init__(self, trusted: ssl.SSLContext | None = None) -> None:
        super().__init__(verify=trusted or True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Change the address, and leave what TLS is to know as it is."""
        request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)


async def public(host: str, port: int) -> Sequence[str]:
    """Look up a name that is on the internet."""
    del host, port
    return ["93.184.215.14"]


@pytest.fixture(name="hellowork", scope="module")
def _hellowork(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToldBoard]:
    with told_board(tmp_path_factory.mktemp("hellowork")) as board:
        yield board


@pytest.fixture(name="plain", scope="module")
def _plain() -> Iterator[ToldBoard]:
    with told_board() as board:
        yield board


@pytest.fixture(name="play", params=POSTED)
def _play(request: pytest.FixtureRequest) -> "Play":
    server = "hellowork" if request.param == "hellowork" else "plain"
    board: ToldBoard = request.getfixturevalue(server)
    board.told.clear()
    board.says.clear()
    return Play(request.param, board)


class Play:
    """A board that is told statuses, and how it is told."""

    def __init__(self, name: str, board: ToldBoard) -> None:
        self.name = name
        self.board = board
        self.target = f"{board.url}/v1/7/{HIDDEN}" if name == "hellowork" else "zr-88"

    def open(self, max_seconds: float = 10) -> Opened:
        """Open its sender; this server is where it sends to."""
        if self.name == "hellowork":
            return open_statuses(
                HelloWorkSettings(
                    hellowork_status_hosts=(self.board.netloc,),
                    hellowork_status_key=SecretStr("a key"),
                ),
                transport=Rerouted(self.board.trusted),
                resolve=public,
                max_seconds=max_seconds,
            )
        if self.name == "linkedin":
            return open_actions(
                LinkedInSettings(
                    linkedin_access_token=SecretStr(HIDDEN),
                    linkedin_actions_url=f"{self.board.url}/{HIDDEN}",
                ),
                max_seconds=max_seconds,
            )
        return open_signals(
            ZipRecruiterSettings(
                ziprecruiter_api_user=SecretStr("user"),
                ziprecruiter_api_password=SecretStr("password"),
                ziprecruiter_signal_url=f"{self.board.url}/{HIDDEN}",
            ),
            max_seconds=max_seconds,
        )

    async def send(
        self, *says: Says, status: str = "viewed", max_seconds: float = 10
    ) -> None:
        """Send one status for each answer; without any, one that is taken."""
        self.board.says.extend(says)
        async with self.open(max_seconds) as sender:
            for _ in says or (Says(),):
                await sender.send_status(report(self.target, status))


def report(target: str | None, status: str = "viewed") -> StandingReport:
    """Write down one change of an application of nobody."""
    change = StatusChange(
        id="4711",
        status=CandidateStatus(status),
        changed_at=AT,
        by="canary-of-the-operator",
        reporting=Reporting.OWED,
    )
    source = Source(
        board="x", board_id="7", job_reference="DEV-17", status_target=target
    )
    return StandingReport(
        source=source,
        position="DEV-18",
        received_at=AT - timedelta(hours=1),
        change=change,
    )


def test_every_board_that_is_told_statuses_is_tested() -> None:
    """Here, or where GraphQL is: a new one is a row."""
    told = {
        name for name, board in discover().items() if isinstance(board, StatusBoard)
    }

    assert told == {*POSTED, *BY_GRAPHQL}


async def test_any_2xx_says_that_the_board_has_it(play: Play) -> None:
    """Its answer is not read: not even one that never ends."""
    await play.send(
        Says(200, body=b"{}"), Says(201), Says(204), Says(200, trickles=True)
    )

    assert len(play.board.told) == 4


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><title>Sign in</title>",
        "\ufeff\n<!-- a proxy -->\n<HTML><body>Blocked</body></HTML>" + "x" * 100_000,
    ],
)
async def test_a_web_page_is_not_the_answer_of_a_board(play: Play, page: str) -> None:
    """A proxy or a sign-in page says 200, too: the board does not have the status."""
    headers = {"Content-Type": "text/html; charset=utf-8"}

    with pytest.raises(BoardUnavailableError, match="200 with a web page"):
        await play.send(Says(200, headers, f"{page}{HIDDEN}".encode()))


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("text/html", b""),
        ("Text/HTML; charset=utf-8", b"OK"),
        ("text/html", b"\xff\x00{" * 10_000),
        ("text/html", b'\xef\xbb\xbf\r\n{"taken": "<title>Letter carrier</title>"}'),
        ("application/json", b"<html>"),
        ("text/plain", b"<html>"),
    ],
)
async def test_a_careless_name_for_its_answer_makes_it_no_page(
    play: Play, type_: str, body: bytes
) -> None:
    """Many frameworks call all that they answer HTML: the status is not sent again."""
    await play.send(Says(200, {"Content-Type": type_}, body))

    assert len(play.board.told) == 1


@pytest.mark.parametrize(
    "broken",
    [{"Content-Length": "100"}, {"Content-Encoding": "gzip"}],
    ids=["cut short", "cannot be decoded"],
)
async def test_an_answer_of_which_the_rest_is_lost_is_not_asked_for_again(
    play: Play, broken: Mapping[str, str]
) -> None:
    """The board has said 200, and would have the status as often as it is sent."""
    await play.send(Says(200, {"Content-Type": "text/html", **broken}, b"OK"))

    assert len(play.board.told) == 1


async def test_a_page_that_never_ends_is_given_up(play: Play) -> None:
    """It is read to see what it is, and for no longer than any answer is waited for."""
    trickling = Says(200, {"Content-Type": "text/html"}, b"<", trickles=True)

    with pytest.raises(BoardUnavailableError, match="no answer in time"):
        await play.send(trickling, max_seconds=_PATIENCE)


@pytest.mark.parametrize("code", [400, 404, 409, 410, 422])
async def test_what_the_board_will_never_take_is_refused(play: Play, code: int) -> None:
    """It is noted, and the next status goes on."""
    with pytest.raises(BoardRefusedError, match=str(code)) as caught:
        await play.send(Says(code, body=HIDDEN.encode()))

    assert HIDDEN not in str(caught.value)


@pytest.mark.parametrize("code", [401, 403, 408, 425, 429, 500, 502, 503, 302, 307])
async def test_what_may_pass_is_tried_again(play: Play, code: int) -> None:
    """Credentials may be put right, servers mended; redirects are not followed."""
    headers = {"Location": f"{play.board.url}/elsewhere", "Retry-After": "7"}

    with pytest.raises(BoardUnavailableError, match=str(code)) as caught:
        await play.send(Says(code, headers))

    assert caught.value.retry_after == timedelta(seconds=7)
    assert len(play.board.told) == 1
    variable = f"check LETTERBOX_{play.name.upper()}"
    assert (variable in str(caught.value)) is (code in {401, 403})


async def test_a_board_that_hangs_is_given_up(play: Play) -> None:
    """It would keep the worker's slot for ever."""
    with pytest.raises(BoardUnavailableError, match="no answer in time"):
        await play.send(Says(None), max_seconds=_PATIENCE)


async def test_a_board_that_is_away_is_named_and_its_address_is_not(play: Play) -> None:
    """Who reads the log has to know whom to call, and no more."""
    play.board = ToldBoard(1, play.board.trusted)
    target = f"{play.board.url}/{HIDDEN}"
    play.target = target if play.name == "hellowork" else "zr-88"

    with pytest.raises(BoardUnavailableError) as caught:
        await play.send()

    assert "Connection refused" in str(caught.value)
    assert str(caught.value).lower().startswith(play.name)
    assert HIDDEN not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("play", ["hellowork", "ziprecruiter"], indirect=True)
async def test_without_a_target_nothing_is_sent(play: Play) -> None:
    """The board has not said how it wants to be told."""
    async with play.open() as sender:
        with pytest.raises(BoardRefusedError):
            await sender.send_status(report(None))

    assert play.board.told == []


async def test_nothing_but_the_change_is_sent(play: Play) -> None:
    """Neither who changed it, nor anything of the candidate."""
    for status in CandidateStatus:
        with suppress(NoWordError):
            await play.send(status=status)

    sent = json.dumps([told.body for told in play.board.told])
    words = 2 if play.name == "linkedin" else len(CandidateStatus)
    assert len(play.board.told) == words
    assert "canary" not in sent


async def test_hellowork_is_told_our_words(hellowork: ToldBoard) -> None:
    """At the address that came with the application, with the key of the settings."""
    hellowork.told.clear()

    await Play("hellowork", hellowork).send(status="interviewed")

    [told] = hellowork.told
    assert told.path == f"/v1/7/{HIDDEN}"
    assert told.headers["x-api-key"] == "a key"
    assert told.headers["host"] == hellowork.netloc
    assert told.body == {
        "status": "interviewed",
        "eventDate": "2026-03-01T12:30:00.000Z",
        "created": "2026-03-01T11:30:00.000Z",
        "jobId": "DEV-18",
    }


@pytest.mark.parametrize(
    ("status", "words"),
    [
        *((one, {"event": one}) for one in ("received", "viewed", "contacted")),
        *((one, {"event": one}) for one in ("interviewed", "offered", "hired")),
        ("rejected", {"event": "rejected", "reason": "other"}),
        ("withdrawn", {"event": "unable_to_map", "status_name": "withdrawn"}),
    ],
)
async def test_ziprecruiter_is_told_its_own_words(
    plain: ToldBoard, status: str, words: Mapping[str, str]
) -> None:
    """With its own id, Basic authentication and a time with its offset."""
    plain.told.clear()

    await Play("ziprecruiter", plain).send(status=status)

    [told] = plain.told
    assert told.headers["authorization"] == "Basic dXNlcjpwYXNzd29yZA=="
    assert told.body == {
        "zr_application_id": "zr-88",
        "event_timestamp": "2026-03-01T12:30:00+00:00",
        **words,
    }


async def test_an_address_that_is_not_listed_is_refused_and_never_connected_to(
    hellowork: ToldBoard,
) -> None:
    """The same server by its number: the name is what is listed."""
    hellowork.told.clear()

    async with Play("hellowork", hellowork).open() as sender:
        with pytest.raises(BoardRefusedError, match="LETTERBOX_HELLOWORK_STATUS_HOSTS"):
            await sender.send_status(report(f"https://127.0.0.1:{hellowork.port}/x"))

    assert hellowork.told == []


async def test_a_listed_name_that_leads_inside_is_not_connected_to(
    hellowork: ToldBoard,
) -> None:
    """As everywhere but in tests; the name server may be mended, so it is owed."""

    async def within(host: str, port: int) -> Sequence[str]:
        del host, port
        return ["127.0.0.1"]

    hellowork.told.clear()
    settings = HelloWorkSettings(hellowork_status_hosts=(hellowork.netloc,))

    async with open_statuses(
        settings, transport=Rerouted(hellowork.trusted), resolve=within
    ) as sender:
        with pytest.raises(BoardUnavailableError, match="not public"):
            await sender.send_status(report(f"{hellowork.url}/x"))

    assert hellowork.told == []


async def test_a_certificate_of_nobody_is_not_trusted(hellowork: ToldBoard) -> None:
    """What is connected to has to prove the name that was listed."""
    settings = HelloWorkSettings(hellowork_status_hosts=(hellowork.netloc,))

    async with open_statuses(settings, transport=Rerouted(), resolve=public) as sender:
        with pytest.raises(BoardUnavailableError, match="certificate"):
            await sender.send_status(report(f"{hellowork.url}/x"))


@pytest.mark.parametrize(
    ("board", "off", "on"),
    [
        (
            hellowork.BOARD,
            HelloWorkSettings(),
            HelloWorkSettings(hellowork_secrets="key"),
        ),
        (
            ziprecruiter.BOARD,
            ZipRecruiterSettings(ziprecruiter_secrets="key"),
            ZipRecruiterSettings(ziprecruiter_api_user="user"),
        ),
        (
            linkedin.BOARD,
            LinkedInSettings(linkedin_secrets="86a:key"),
            LinkedInSettings(linkedin_access_token="token"),
        ),
    ],
)
async def test_a_board_is_told_once_its_settings_say_how(
    board: Any, off: Any, on: Any
) -> None:
    """Without them an ATS hears that the board takes none."""
    assert isinstance(board, StatusBoard)
    assert not board.takes_statuses(off)
    assert board.takes_statuses(on)
    async with board.open_status_sender(on) as sender:
        assert sender


async def test_a_record_of_tls_that_was_changed_may_pass(hellowork: ToldBoard) -> None:
    """The library lets pass what TLS says of it: it is a failure like others."""
    hellowork.says.clear()

    with pytest.raises(BoardUnavailableError, match="TLS failed"):
        await Play("hellowork", hellowork).send(Says(breaks_tls=True))
