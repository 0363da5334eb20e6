"""The partner token: asked for as seldom as can be, and never told."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from letterbox.boards.client.http import open_http
from letterbox.boards.client.token import PartnerToken
from letterbox.domain.errors import BoardUnavailableError
from tests.letterbox.boards.seek.client.server import SECRET, FakeSeek


@dataclass
class _Clock:
    now: float = 1000

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> _Clock:
    return _Clock()


@pytest.fixture(name="token")
def _token(seek: FakeSeek, http: httpx.AsyncClient, clock: _Clock) -> PartnerToken:
    return PartnerToken(http, seek.credentials, clock=clock)


async def test_it_is_asked_for_by_client_credentials(
    seek: FakeSeek, token: PartnerToken
) -> None:
    """https://developer.seek.com/auth/partner-tokens wants these four and no more."""
    assert await token.get() == "token-1"
    assert seek.tokens == [
        {
            "audience": "https://graphql.seek.com",
            "client_id": "client",
            "client_secret": SECRET,
            "grant_type": "client_credentials",
        }
    ]


async def test_many_at_once_cause_one_request(
    seek: FakeSeek, token: PartnerToken
) -> None:
    """They all wait for the one that is under way."""
    texts = await asyncio.gather(*(token.get() for _ in range(50)))

    assert set(texts) == {"token-1"}
    assert len(seek.tokens) == 1


async def test_it_is_kept_until_a_minute_before_it_expires(
    seek: FakeSeek, token: PartnerToken, clock: _Clock
) -> None:
    """How long that is, each answer says anew."""
    seek.expires_in = 600
    assert await token.get() == "token-1"

    clock.now += 600 - 60 - 1
    assert await token.get() == "token-1"

    clock.now += 1
    assert await token.get() == "token-2"


async def test_a_short_lived_one_serves_those_who_waited(
    seek: FakeSeek, token: PartnerToken
) -> None:
    """It is past its slack at once, and still good for a call."""
    seek.expires_in = 30

    assert set(await asyncio.gather(token.get(), token.get())) == {"token-1"}
    assert await token.get() == "token-2"


async def test_one_renewal_for_all_whose_token_failed(
    seek: FakeSeek, token: PartnerToken
) -> None:
    """Those who come late with the old one get the one that is there already."""
    failed = await token.get()

    renewed = await asyncio.gather(*(token.renew(failed) for _ in range(50)))

    assert set(renewed) == {"token-2"}
    assert await token.renew(failed) == "token-2"
    assert len(seek.tokens) == 2


async def test_a_failure_is_shared_and_not_kept(
    seek: FakeSeek, token: PartnerToken
) -> None:
    """Fifty that wait do not ask fifty times, one after the other."""
    seek.token_answer = Response(status_code=503)
    failed = await asyncio.gather(
        *(token.get() for _ in range(50)), return_exceptions=True
    )
    seek.token_answer = None

    assert {type(one) for one in failed} == {BoardUnavailableError}
    assert len(seek.tokens) == 1
    assert await token.get() == "token-2"


async def test_who_is_cancelled_does_not_take_the_others_along(
    seek: FakeSeek, token: PartnerToken
) -> None:
    """The first to ask may be an activity that is being stopped."""
    first, second = (asyncio.create_task(token.get()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()

    assert await second == "token-1"
    assert first.cancelled()
    assert len(seek.tokens) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Response(SECRET, status_code=400), "LETTERBOX_SEEK_CLIENT_ID"),
        (Response(SECRET, status_code=401), "LETTERBOX_SEEK_CLIENT_SECRET"),
        (Response(SECRET, status_code=403), "LETTERBOX_SEEK_AUDIENCE"),
        (Response(SECRET, status_code=404), "LETTERBOX_SEEK_TOKEN_URL"),
        (Response(status_code=302, headers={"Location": "/oauth/token"}), "302"),
        (Response(SECRET, status_code=500), "answers 500"),
        (Response(SECRET), "no token"),
        (JSONResponse({"access_token": SECRET}), "no token"),
        (JSONResponse({"access_token": "", "expires_in": 1800}), "no token"),
        (
            JSONResponse({"access_token": f"{SECRET}\nX: y", "expires_in": 9}),
            "no token",
        ),
        (JSONResponse({"access_token": f"{SECRET}é", "expires_in": 9}), "no token"),
        (JSONResponse({"access_token": SECRET, "expires_in": -1}), "no token"),
        (JSONResponse([SECRET]), "no token"),
    ],
)
async def test_no_token_can_be_put_right(
    seek: FakeSeek, token: PartnerToken, answer: Response, words: str
) -> None:
    """The error tells an operator where to look, quotes nothing, and is retried."""
    seek.token_answer = answer

    with pytest.raises(BoardUnavailableError, match=words) as caught:
        await token.get()

    assert SECRET not in repr(caught.value)
    assert len(seek.tokens) == 1


async def test_the_endpoint_may_ask_us_to_wait(
    seek: FakeSeek, token: PartnerToken
) -> None:
    """Retry-After goes along with the error."""
    seek.token_answer = Response(status_code=429, headers={"Retry-After": "7"})

    with pytest.raises(BoardUnavailableError) as caught:
        await token.get()

    assert caught.value.retry_after == timedelta(seconds=7)


async def test_a_refused_connection_makes_the_token_unavailable(
    http: httpx.AsyncClient, free_endpoint: str
) -> None:
    """A connection that is refused is an outage like any other."""
    token = PartnerToken(http, FakeSeek(origin=free_endpoint).credentials)

    with pytest.raises(BoardUnavailableError, match="Connection refused"):
        await token.get()


async def test_a_token_endpoint_that_does_not_answer_is_given_up(
    seek: FakeSeek,
) -> None:
    """A call for the token has a timeout."""
    seek.is_silent = True
    async with open_http(timeout=0.01) as http:
        with pytest.raises(BoardUnavailableError, match="no answer in time"):
            await PartnerToken(http, seek.credentials).get()


def test_credentials_do_not_show_their_secret() -> None:
    """Not in a traceback with locals either."""
    assert SECRET not in repr(FakeSeek(origin="http://127.0.0.1").credentials)
