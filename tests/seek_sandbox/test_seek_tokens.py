"""Tokens are asked for as at SEEK, and really expire."""

import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from seek_sandbox.control import SandboxControl
from seek_sandbox.orders import Change
from tests.seek_sandbox.conftest import Serve
from tests.seek_sandbox.partner import CREDENTIALS, OPTIONS, PROFILE, Partner, code
from tests.support import eventually


async def test_a_token_is_a_bearer_for_its_lifetime(partner: Partner) -> None:
    """The right credentials give a token and the seconds it lives."""
    answer = await partner.log_in()

    said = answer.json()
    assert answer.status_code == 200
    assert said["access_token"]
    assert (said["expires_in"], said["token_type"]) == (1800, "Bearer")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_secret": "schlüssel"}, 401),
        ({"client_id": "somebody"}, 401),
        ({"audience": "https://test.graphql.seek.com"}, 401),
        ({"grant_type": "password"}, 400),
        ({"audience": None}, 400),
    ],
)
async def test_wrong_credentials_give_no_token(
    partner: Partner, change: dict[str, Any], status: int
) -> None:
    """Nobody gets a token by guessing a part."""
    answer = await partner.http.post("/oauth/token", json=CREDENTIALS | change)

    assert answer.status_code == status
    assert "access_token" not in answer.json()


async def test_the_refusal_is_an_option(serve: Serve) -> None:
    """What SEEK answers was not seen: a test may choose it."""
    url = serve(replace(OPTIONS, token_refusal_status=403))

    wrong = CREDENTIALS | {"client_id": "x"}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{url}/oauth/token", json=wrong)

    assert answer.status_code == 403


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Bearer", "Basic x"])
async def test_a_query_without_a_good_token_is_unauthenticated(
    partner: Partner, header: str | None
) -> None:
    """HTTP 200, null, and an error with code and path."""
    partner.headers = {"Authorization": header} if header else {"Accept": "*/*"}

    answer = await partner.ask(PROFILE, id="x")

    assert code(answer) == "UNAUTHENTICATED"
    assert answer["errors"][0]["path"] == ["candidateProfile"]
    assert answer["data"] == {"candidateProfile": None}


async def test_a_token_expires_by_the_clock(
    partner: Partner, control: SandboxControl
) -> None:
    """After its lifetime it is refused; a new one is good."""

    async def refused() -> bool:
        return "errors" in await partner.ask(PROFILE, id="x")

    await control.change(Change(token_lifetime=2))
    begun = time.monotonic()
    said = (await partner.log_in()).json()
    fresh = await partner.ask(PROFILE, id="x")
    await eventually(refused)
    lived = time.monotonic() - begun
    stale = await partner.ask(PROFILE, id="x")
    await control.change(Change(token_lifetime=60))
    await partner.log_in()
    renewed = await partner.ask(PROFILE, id="x")

    assert "errors" not in fresh
    assert lived >= said["expires_in"] == 2
    assert code(stale) == "UNAUTHENTICATED"
    assert "errors" not in renewed


async def test_all_tokens_can_be_made_to_expire(
    partner: Partner, control: SandboxControl
) -> None:
    """A test need not wait for the clock."""
    await partner.log_in()
    await control.expire_tokens()

    answer = await partner.ask(PROFILE, id="x")

    assert code(answer) == "UNAUTHENTICATED"
