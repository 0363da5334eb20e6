"""Statuses for Indeed, over real HTTP: what it is sent, and what its answers mean."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from structlog.testing import capture_logs

from letterbox.boards.indeed.board import Indeed
from letterbox.boards.indeed.client.dispositions import (
    IndeedDispositions,
    open_dispositions,
)
from letterbox.boards.indeed.settings import IndeedSettings
from letterbox.boards.reports import StandingReport
from letterbox.domain.application import Source
from letterbox.domain.errors import BoardRefusedError, BoardUnavailableError
from letterbox.domain.standing import CandidateStatus, Reporting, StatusChange
from tests.letterbox.boards.seek.client.server import (
    PERSON,
    SECRET,
    FakeSeek,
    fake_seek,
    refused,
    saying,
)

RECEIVED = datetime(2026, 3, 1, 9, tzinfo=UTC)
AT = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
GOOD = {"numberGoodDispositions": 1, "failedDispositions": []}


@pytest_asyncio.fixture(name="serving", scope="module")
async def _serving() -> AsyncIterator[FakeSeek]:
    async with fake_seek() as partner:
        yield partner


@pytest.fixture(name="indeed")
def _indeed(serving: FakeSeek, monkeypatch: pytest.MonkeyPatch) -> FakeSeek:
    """Give a server that takes every disposition, unless a test says otherwise."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    serving.forget()
    serving.answer = saying(sent(GOOD))
    return serving


@pytest_asyncio.fixture(name="sender")
async def _sender(indeed: FakeSeek) -> AsyncIterator[IndeedDispositions]:
    async with open_dispositions(settings_of(indeed)) as sender:
        yield sender


def settings_of(indeed: FakeSeek, **changes: Any) -> IndeedSettings:
    """Give the settings that lead to a server."""
    return IndeedSettings(
        indeed_client_id="client",
        indeed_client_secret=SecretStr(SECRET),
        indeed_token_url=f"{indeed.origin}/oauth/token",
        indeed_graphql_url=indeed.graphql_url,
        **changes,
    )


def sent(answer: object) -> Response:
    """Say what became of dispositions."""
    return JSONResponse({"data": {"partnerDisposition": {"send": answer}}})


def change(status: str, at: datetime = AT) -> StatusChange:
    """Make a change of a status."""
    return StatusChange(
        id="c", status=CandidateStatus(status), changed_at=at, reporting=Reporting.OWED
    )


def report(status: str = "hired", before: str | None = "viewed") -> StandingReport:
    """Make a report of somebody's status, who is no secret here."""
    return StandingReport(
        source=Source(board="indeed", board_id="5156eb63"),
        position="DEV-17",
        received_at=RECEIVED,
        change=change(status),
        before=change(before, AT - timedelta(hours=1)) if before else None,
    )


async def dispositions(indeed: FakeSeek) -> list[dict[str, Any]]:
    """Read what the last request asked for."""
    asked = json.loads(await indeed.asked[-1].body())
    assert "partnerDisposition" in asked["query"]
    found: list[dict[str, Any]] = asked["variables"]["input"]["dispositions"]
    return found


async def test_a_status_is_a_disposition_by_indeeds_own_id(
    indeed: FakeSeek, sender: IndeedDispositions
) -> None:
    """The token is asked for by a form, as RFC 6749 has it; nobody is named."""
    await sender.send_status(report())

    assert await dispositions(indeed) == [
        {
            "identifiedBy": {"indeedApplyID": "5156eb63"},
            "dispositionStatus": "HIRED",
            "rawDispositionStatus": "hired",
            "atsName": "Letterbox",
            "statusChangeDateTime": "2026-03-02T12:30:00.000Z",
        }
    ]
    assert indeed.tokens == [
        {
            "grant_type": "client_credentials",
            "client_id": "client",
            "client_secret": SECRET,
            "scope": "employer_access",
        }
    ]
    assert indeed.asked[-1].headers["authorization"] == "Bearer token-1"


async def test_the_first_status_takes_the_receipt_along(
    indeed: FakeSeek, sender: IndeedDispositions
) -> None:
    """Indeed wants a NEW of every application, and the oldest first."""
    await sender.send_status(report("interviewed", before=None))

    told = await dispositions(indeed)
    assert [
        (one["dispositionStatus"], one["statusChangeDateTime"]) for one in told
    ] == [
        ("NEW", "2026-03-01T09:00:00.000Z"),
        ("INTERVIEW", "2026-03-02T12:30:00.000Z"),
    ]


async def test_the_receipt_itself_is_told_once(
    indeed: FakeSeek, sender: IndeedDispositions
) -> None:
    """An ATS that says it needs nobody to say it before."""
    await sender.send_status(report("received", before=None))

    [told] = await dispositions(indeed)
    assert told["dispositionStatus"] == "NEW"


async def test_words_that_differ_are_a_setting(indeed: FakeSeek) -> None:
    """One word is changed, the others stay."""
    changed = settings_of(
        indeed, indeed_statuses="viewed=SCREEN", indeed_ats_name="Acme Hire"
    )
    async with open_dispositions(changed) as sender:
        await sender.send_status(report("viewed"))
        [viewed] = await dispositions(indeed)
        await sender.send_status(report("rejected"))
        [rejected] = await dispositions(indeed)

    assert (viewed["dispositionStatus"], viewed["atsName"]) == ("SCREEN", "Acme Hire")
    assert rejected["dispositionStatus"] == "NOT_SELECTED"


@pytest.mark.parametrize("text", ["seen=SCREEN", "viewed", "viewed=screen", "=", "a"])
def test_words_that_are_none_stop_the_start(text: str) -> None:
    """Neither a status of ours nor an empty word is guessed at."""
    with pytest.raises(ValidationError):
        IndeedSettings(indeed_statuses=text)


async def test_a_disposition_that_failed_is_refused_for_good(
    indeed: FakeSeek, sender: IndeedDispositions
) -> None:
    """It is done with, so that the next is told; Indeed's own words are not quoted."""
    failed = [{"rationale": f"no such application of {PERSON}"}]
    indeed.answer = saying(
        sent({"numberGoodDispositions": 1, "failedDispositions": failed})
    )

    with (
        capture_logs() as logs,
        pytest.raises(BoardRefusedError, match="X-Request-Id") as caught,
    ):
        await sender.send_status(report())

    assert PERSON not in f"{caught.value!r} {logs}"


async def test_a_receipt_that_failed_does_not_refuse_the_status(
    indeed: FakeSeek, sender: IndeedDispositions
) -> None:
    """Indeed has taken one of two: the status is sent alone, and counts alone."""

    async def answer(request: Request) -> Response:
        given = (await request.json())["variables"]["input"]["dispositions"]
        receipts = [one for one in given if one["dispositionStatus"] == "NEW"]
        good = len(given) - len(receipts)
        failed: list[object] = [{"rationale": "?"} for _ in receipts]
        return sent({"numberGoodDispositions": good, "failedDispositions": failed})

    indeed.answer = answer

    await sender.send_status(report("interviewed", before=None))

    [told] = await dispositions(indeed)
    assert told["dispositionStatus"] == "INTERVIEW"
    assert len(indeed.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=500),
        Response(status_code=404),
        Response("<html>a proxy</html>", status_code=200),
        Response(status_code=302, headers={"Location": "https://example.com/"}),
        JSONResponse({"errors": [{"message": PERSON}]}, status_code=400),
        JSONResponse(
            {
                "data": {"partnerDisposition": {"send": GOOD}},
                "errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}],
            }
        ),
        JSONResponse({"data": None}),
        JSONResponse({"data": {"partnerDisposition": None}}),
        JSONResponse({"data": {"partnerDisposition": {"send": []}}}),
        sent({"failedDispositions": []}),
        sent({"numberGoodDispositions": True, "failedDispositions": []}),
        sent({"numberGoodDispositions": 0, "failedDispositions": []}),
        sent({"numberGoodDispositions": 1, "failedDispositions": None}),
    ],
)
async def test_whatever_is_no_clear_answer_is_tried_again(
    indeed: FakeSeek, sender: IndeedDispositions, answer: Response
) -> None:
    """Nothing is given up for what Indeed, a proxy or our own settings do wrong."""
    indeed.answer = saying(answer)

    with pytest.raises(BoardUnavailableError) as caught:
        await sender.send_status(report())

    assert PERSON not in repr(caught.value)


async def test_indeed_may_ask_us_to_wait(
    indeed: FakeSeek, sender: IndeedDispositions
) -> None:
    """The next attempt comes when it says."""
    indeed.answer = saying(Response(status_code=429, headers={"Retry-After": "90"}))

    with pytest.raises(BoardUnavailableError) as caught:
        await sender.send_status(report())

    assert caught.value.retry_after == timedelta(seconds=90)


async def test_a_token_that_is_good_no_longer_is_renewed_once(
    indeed: FakeSeek, sender: IndeedDispositions
) -> None:
    """It lives an hour; Indeed may end it earlier."""
    await sender.send_status(report())
    indeed.good.clear()

    await sender.send_status(report())

    assert len(indeed.tokens) == 2

    async def never(_: Request) -> Response:
        return refused()

    indeed.answer = never
    with pytest.raises(BoardUnavailableError, match="UNAUTHENTICATED"):
        await sender.send_status(report())


async def test_refused_credentials_name_the_settings(
    indeed: FakeSeek, sender: IndeedDispositions
) -> None:
    """An operator can put them right: no status is given up for it."""
    indeed.token_answer = Response(SECRET, status_code=401)

    with pytest.raises(BoardUnavailableError, match="INDEED_CLIENT_ID") as caught:
        await sender.send_status(report())

    assert SECRET not in repr(caught.value)
    assert not indeed.asked


@pytest.mark.parametrize("attribute", ["indeed_client_id", "indeed_client_secret"])
async def test_doctor_says_what_is_missing_and_asks_for_a_token_only(
    indeed: FakeSeek, attribute: str
) -> None:
    """Nothing is sent by a check."""
    settings = settings_of(indeed)
    empty = "" if attribute == "indeed_client_id" else SecretStr("")
    [good] = await Indeed().check(settings)
    missing = await Indeed().check(settings.model_copy(update={attribute: empty}))
    indeed.token_answer = Response(status_code=403)
    [bad] = await Indeed().check(settings)

    assert (good.fine, bad.fine) == (True, False)
    # Without an id nobody has asked for it.
    told = attribute == "indeed_client_secret"
    assert ["LETTERBOX_INDEED_CLIENT_SECRET" in one.words for one in missing] == (
        [True] if told else []
    )
    assert "LETTERBOX_INDEED_SCOPE" in bad.words
    assert not indeed.asked
    assert Indeed().takes_statuses(settings)
    assert not Indeed().takes_statuses(IndeedSettings())
