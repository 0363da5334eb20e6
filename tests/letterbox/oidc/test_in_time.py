"""Nobody waits for long for a provider, nor asks it again and again."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from starlette.responses import Response, StreamingResponse

from letterbox.domain.errors import ProviderUnavailableError, SignInError
from letterbox.oidc.provider import Provider
from letterbox.oidc.remembered import Remembered
from letterbox.settings import Settings
from tests.api.desk.openid_provider import OpenIdProvider, running_provider

_TIMEOUT = 0.3


@pytest_asyncio.fixture(name="there", loop_scope="session")
async def _there() -> AsyncIterator[OpenIdProvider]:
    async with running_provider("http://127.0.0.1") as there:
        yield there


def provider_at(there: OpenIdProvider) -> Provider:
    """Return one that waits for less than a second."""
    known: dict[str, Any] = {
        "desk_url": there.desk_url,
        "oidc_issuer": there.issuer,
        "oidc_client_id": "letterbox",
        "oidc_client_secret": "a secret of the client's",
        "oidc_roles": "all=viewer",
    }
    return Provider(Settings(**known), answer_timeout=_TIMEOUT)


def trickling() -> Response:
    """Send a byte now and then, so that no read ever waits for long."""

    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(_TIMEOUT / 4)

    return StreamingResponse(pieces())


def silent() -> Response:
    """Begin to answer, and say nothing."""

    async def pieces() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    return StreamingResponse(pieces())


@pytest.mark.parametrize("answer", [trickling, silent])
async def test_an_identity_provider_that_hangs_is_left_in_time(
    answer: Callable[[], Response], there: OpenIdProvider
) -> None:
    """All who wait for the same hear so together; soon after, nobody waits at all."""
    provider = provider_at(there)
    there.instead["/.well-known/openid-configuration"] = answer
    began = time.monotonic()

    async with provider.running():
        waiting = [provider.metadata() for _ in range(50)]
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)

    assert {type(one) for one in outcomes} == {ProviderUnavailableError}
    assert {str(one) for one in outcomes} <= {
        *("it does not answer in time", "it cannot be reached: no answer in time")
    }
    assert time.monotonic() - began < 20 * _TIMEOUT
    assert len(there.asked) <= 1


async def test_what_a_provider_has_said_is_kept_and_a_failure_is_tried_again() -> None:
    """Ten minutes and three seconds; a renewal is once a minute."""
    now, fetched = [1000.0], []

    async def fetch() -> int:
        fetched.append(now[0])
        if len(fetched) == 1:
            raise SignInError("not yet", code="x")
        return len(fetched)

    known = Remembered(fetch, lambda: now[0])
    with pytest.raises(SignInError):
        await known.get()
    with pytest.raises(SignInError, match="not yet"):
        await known.get()
    now[0] += 3
    assert [await known.get(), await known.get()] == [2, 2]
    assert [await known.renewed(), await known.renewed()] == [3, 3]
    now[0] += 60
    assert await known.renewed() == 4
    now[0] += 599
    assert await known.get() == 4
    now[0] += 1
    assert await known.get() == 5
    assert len(fetched) == 5
