"""The settings of single sign-on: whole or not at all, and to the letter."""

from typing import Any

import pytest
from pydantic import ValidationError

from letterbox.domain.errors import SettingsError
from letterbox.domain.operators import OperatorRole
from letterbox.oidc.settings import is_safe
from letterbox.settings import Settings
from letterbox.settings.mistakes import mistakes_in

WHOLE: dict[str, Any] = {
    "desk_url": "https://Letterbox.example.com/desk/",
    "oidc_issuer": "https://login.example.com/realms/jobs/",
    "oidc_client_id": "letterbox",
    "oidc_client_secret": "a secret of the client's",
    "oidc_roles": "CN=Recruiters=triage, everybody = viewer,",
}


def mistake(**more: Any) -> str:
    """Return what is said of settings that are wrong."""
    try:
        Settings(**{**WHOLE, **more})
    except ValidationError as error:
        [told] = mistakes_in(error).values()
        return told
    raise AssertionError(more)


def test_settings_of_single_sign_on_are_read() -> None:
    """An issuer keeps its slash, a desk has none; a value may have an equals sign."""
    settings = Settings(**WHOLE)

    assert settings.oidc_issuer == "https://login.example.com/realms/jobs/"
    assert settings.oidc_callback == (
        "https://letterbox.example.com/desk/sign-in/callback"
    )
    assert settings.oidc_roles == {
        "CN=Recruiters": OperatorRole.TRIAGE,
        "everybody": OperatorRole.VIEWER,
    }
    assert len(settings.oidc_sealing_keys) == 1
    assert Settings().oidc_sealing_keys == []


@pytest.mark.parametrize("left_out", WHOLE)
def test_single_sign_on_that_is_half_set_names_what_is_missing(left_out: str) -> None:
    """By the name of what is missing, and of what is there."""
    some = {name: value for name, value in WHOLE.items() if name != left_out}

    with pytest.raises(SettingsError) as told:
        Settings(**some)

    assert f"LETTERBOX_{left_out.upper()} is needed with LETTERBOX_OIDC_" in str(
        told.value
    )


def test_the_address_of_the_desk_alone_asks_for_no_issuer() -> None:
    """It says nothing of a provider."""
    assert not Settings(desk_url="https://letterbox.example.com").oidc_issuer
    empty = Settings(desk_url="", oidc_issuer="")
    assert (empty.desk_url, empty.oidc_issuer) == ("", "")


@pytest.mark.parametrize(
    "issuer",
    [
        "login.example.com",
        "http://login.example.com",
        "http://localhost.example.com",
        "https://user:password@login.example.com",
        "https://login.example.com?x",
        "https://login.example.com#x",
        "https://login.example.com/.well-known/openid-configuration",
        "https://",
        "https://login.example.com:99999",
    ],
)
def test_an_issuer_is_an_address_of_https(issuer: str) -> None:
    """Whoever is between could else say who anybody is."""
    assert mistake(oidc_issuer=issuer).startswith("LETTERBOX_OIDC_ISSUER: ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("desk_url", "https://letterbox.example.com/other"),
        ("desk_url", "https://letterbox.example.com/desk?x"),
        ("desk_url", "http://letterbox.example.com"),
        ("oidc_scopes", "profile email"),
        ("oidc_scopes", 'openid "x"'),
        ("oidc_roles", "everybody"),
        ("oidc_roles", "everybody=owner"),
        ("oidc_roles", "=viewer"),
        ("oidc_roles", "a=viewer,a=admin"),
        ("oidc_session", "30s"),
        ("oidc_session", "2d"),
        ("oidc_client_secret", "two\nlines"),
    ],
)
def test_what_is_wrong_is_told_by_its_name(name: str, text: str) -> None:
    """And a role that there is not, by those that there are."""
    told = mistake(**{name: text})

    assert told.startswith(f"LETTERBOX_{name.upper()}: ")
    if "owner" in text:
        assert told.endswith("with a role of viewer, triage, privacy or admin")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://login.example.com:8443/x", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://localhost", True),
        ("http://127.0.0.1.example.com", False),
        ("ftp://localhost", False),
        ("https://a@login.example.com", False),
        ("https://login.example.com:0", False),
        ("https://[x", False),
        ("//localhost", False),
        ("", False),
    ],
)
def test_http_is_for_this_machine_only(url: str, *, safe: bool) -> None:
    """A provider's endpoints are held to the same."""
    assert is_safe(url) is safe
