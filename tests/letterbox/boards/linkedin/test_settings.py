"""LinkedIn's settings, and what doctor says of them."""

import asyncio
from typing import Any, cast

import pytest
from pydantic import ValidationError

from letterbox.boards.abilities import PlayedBoard
from letterbox.boards.base import AskedBoard, Outcome
from letterbox.boards.linkedin import BOARD
from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.checks import Level


def levels(**settings: Any) -> list[Level]:
    """Ask what doctor prints."""
    board = cast("AskedBoard", BOARD)
    found = asyncio.run(board.check(LinkedInSettings(**settings)))
    return [finding.level for finding in found]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "localhost",
        "*",
        "*.",
        "https://www.linkedin.com",
        "a.b/c",
        "169.254.169.254",
        "*.*.com",
    ],
)
def test_media_hosts_are_names(host: str) -> None:
    """No address of this machine or its network can be set by accident."""
    with pytest.raises(ValidationError, match="names of hosts"):
        LinkedInSettings(linkedin_media_hosts=f"www.linkedin.com,{host}")


@pytest.mark.parametrize(
    "origin",
    [
        "https://sandbox.example.com",
        "http://127.0.0.1",
        "http://127.0.0.1:8001/",
        "http://localhost:8001",
        "http://10.0.0.1:80",
        "http://127.0.0.1:8001@evil.com",
        "http://127.0.0.1:0",
        "127.0.0.1:8001",
    ],
)
def test_a_sandbox_is_one_port_of_this_machine(origin: str) -> None:
    """Nothing else is let through the guard."""
    with pytest.raises(ValidationError, match=r"127\.0\.0\.1:PORT"):
        LinkedInSettings(linkedin_sandbox=origin)


@pytest.mark.parametrize("secrets", ["86a:", ":key", "86a:key,86b: "])
def test_half_a_secret_is_refused(secrets: str) -> None:
    """Anybody could sign with a key that is empty."""
    with pytest.raises(ValidationError, match="both sides of the colon"):
        LinkedInSettings(linkedin_secrets=secrets)


def test_doctor_says_what_would_be_missed() -> None:
    """What is off or well is not; a sandbox is wrong, unless `up` has started it."""
    secrets = "86a:client-secret"
    told = {"linkedin_secrets": secrets, "linkedin_access_token": "token"}
    origin = "http://127.0.0.1:8001"
    played = cast("PlayedBoard", BOARD).at_sandbox(origin)
    token = played["LETTERBOX_LINKEDIN_ACCESS_TOKEN"]

    assert levels() == []
    assert levels(**told) == []
    assert levels(linkedin_secrets=secrets) == [Level.WARNING]
    assert levels(**told | {"linkedin_secrets": "client-secret"}) == [Level.OK]
    assert levels(**told | {"linkedin_secrets": "one,86a:two"}) == [Level.WARNING]
    assert levels(**told, linkedin_sandbox=origin) == [Level.WRONG]
    under_up = told | {"linkedin_access_token": token, "linkedin_sandbox": origin}
    assert levels(**under_up) == [Level.OK]


@pytest.mark.parametrize("secrets", ["77abc:", "77abc: ,78def:secret", ":"])
def test_an_application_without_a_secret_is_refused_at_the_start(secrets: str) -> None:
    """A variable that is not set would make a key that everybody knows."""
    with pytest.raises(ValidationError, match="client secret"):
        LinkedInSettings(linkedin_secrets=secrets)


def test_a_failure_is_called_by_our_word_unless_a_setting_has_linkedins() -> None:
    """Which codes it knows is not public; 200 has none."""
    changed = {"linkedin_error_codes": "unavailable=TRY_LATER, too-large=E413"}
    outcomes = (Outcome.UNAVAILABLE, Outcome.TOO_LARGE, Outcome.INVALID_SOURCE)

    said = [
        [
            BOARD.reply(one, None, None, LinkedInSettings(**known)).body
            for one in outcomes
        ]
        for known in (cast("dict[str, Any]", changed), {})
    ]

    assert said == [
        [{"errorCode": code} for code in ("TRY_LATER", "E413", "INVALID_SOURCE")],
        [
            {"errorCode": code}
            for code in ("UNAVAILABLE", "TOO_LARGE", "INVALID_SOURCE")
        ],
    ]
    with pytest.raises(ValidationError):
        LinkedInSettings(linkedin_error_codes=cast("Any", "gone=E1"))
