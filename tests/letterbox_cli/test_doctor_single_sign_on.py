"""``letterbox doctor`` on the identity provider: it is asked as the desk asks it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from letterbox.checks import Level
from letterbox.settings import Settings
from letterbox_cli.doctor import clocks, single_sign_on
from tests.api.desk.openid_provider import (
    OpenIdProvider,
    answering,
    answering_json,
    running_provider,
)
from tests.support import free_port

_DESK = "https://letterbox.example.com"


@pytest_asyncio.fixture(name="provider", loop_scope="session")
async def _provider() -> AsyncIterator[OpenIdProvider]:
    async with running_provider(_DESK) as provider:
        yield provider


def settings_for(issuer: str, **more: Any) -> Settings:
    """Return settings of single sign-on, and of nothing else."""
    known: dict[str, Any] = {
        "desk_url": _DESK,
        "oidc_issuer": issuer,
        "oidc_client_id": "letterbox",
        "oidc_client_secret": "a secret of the client's",
        "oidc_roles": "recruiters=triage",
        "operator_token": "a token of the operator's",
        **more,
    }
    return Settings(**known)


async def found(settings: Settings) -> list[tuple[Level, str]]:
    """Return what doctor finds."""
    return [(one.level, one.words) for one in await single_sign_on.look(settings)]


async def test_a_provider_that_answers_is_told_with_the_redirect_uri(
    provider: OpenIdProvider,
) -> None:
    """Which is what is mistyped most often."""
    [(level, words)] = await found(settings_for(provider.issuer))

    assert level is Level.OK
    assert "with 1 key" in words
    assert words.endswith(f"redirect URI {_DESK}/desk/sign-in/callback")


async def test_doctor_warns_of_single_sign_on_without_a_token_beside_it(
    provider: OpenIdProvider,
) -> None:
    """Nobody would get in while the provider is away."""
    _, (level, words) = await found(settings_for(provider.issuer, operator_token=""))

    assert level is Level.WARNING
    assert "LETTERBOX_OPERATOR_TOKEN" in words


async def test_a_provider_that_is_silent_about_pkce_gets_a_warning(
    provider: OpenIdProvider,
) -> None:
    """Entra ID checks it, and does not say so."""
    provider.announced = {"code_challenge_methods_supported": None}

    _, (level, words) = await found(settings_for(provider.issuer))

    assert level is Level.WARNING
    assert "PKCE" in words


@pytest.mark.parametrize(
    ("announced", "words"),
    [
        ({"issuer": "https://other.example.com"}, "the same to the letter"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE with S256"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "algorithm"),
        ({"token_endpoint": "http://login.example.com/token"}, "token_endpoint"),
        ({"token_endpoint": None}, "no valid token_endpoint"),
        (
            {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
            "client_secret_basic",
        ),
    ],
)
async def test_a_discovery_document_that_cannot_be_used_is_wrong(
    announced: dict[str, Any], words: str, provider: OpenIdProvider
) -> None:
    """With what is wrong with it, and where it is set."""
    provider.announced = announced

    [(level, told)] = await found(settings_for(provider.issuer))

    assert level is Level.WRONG
    assert told.startswith(f"LETTERBOX_OIDC_ISSUER, {provider.issuer}: ")
    assert words in told


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("/.well-known/openid-configuration", answering("no", 404), "404"),
        ("/.well-known/openid-configuration", answering("[]"), "not a JSON object"),
        ("/certs", answering_json({"keys": [{"kty": "oct", "k": "eA"}]}), "no usable"),
        ("/certs", answering_json({"keys": "none"}), "no usable keys"),
        ("/certs", answering_json({"keys": [1, {"kty": "RSA", "n": 1}]}), "no usable"),
    ],
)
async def test_doctor_finds_an_issuer_that_is_no_provider_wrong(
    path: str, answer: Any, words: str, provider: OpenIdProvider
) -> None:
    """A shared secret among the keys is none of them."""
    provider.instead[path] = answer

    [(level, told)] = await found(settings_for(provider.issuer))

    assert level is Level.WRONG
    assert words in told


async def test_doctor_finds_a_provider_that_is_not_there_wrong() -> None:
    """The words are the system's."""
    [(level, told)] = await found(settings_for(f"http://localhost:{free_port()}"))

    assert level is Level.WRONG
    assert "it cannot be reached" in told


async def test_the_clock_of_the_identity_provider_is_compared_with_ours(
    provider: OpenIdProvider,
) -> None:
    """Tokens have their times in them; a cache says how old its answer is."""
    provider.instead["/"] = answering("", Age="3600")

    [result] = await clocks.look(settings_for(provider.issuer))

    assert result.what == "clock (identity provider)"
    assert result.level is Level.WRONG


async def test_doctor_says_that_single_sign_on_is_off_without_an_issuer() -> None:
    """It is off by default."""
    [(level, told)] = await found(Settings())

    assert (level, told) == (Level.OK, "off: LETTERBOX_OIDC_ISSUER is not set")
