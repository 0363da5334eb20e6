"""The settings of signing in at the desk by OpenID Connect."""

import hmac
import re
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode

from letterbox.domain.durations import Duration
from letterbox.domain.operators import OperatorRole
from letterbox.setting_types import LineSecret, web_address

_CALLBACK = "/desk/sign-in/callback"
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749, section 3.3.
_FORM = "must be value=role, comma-separated, with a role of viewer, triage, privacy"
# What it does not work without; the other settings have defaults.
_NEEDED = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_roles")


def is_safe(url: str) -> bool:
    """Return whether a URL is of https, or of http on this machine."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        return False
    if not parts.hostname or not has_port or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and _is_loopback(parts.hostname)
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _safe(url: str) -> str:
    if not is_safe(web_address(url)):
        raise ValueError(
            "must be a URL with https:// and without a password; http:// is for this"
            " machine only"
        )
    return url


def _issuer(url: str) -> str:
    if not url:
        return url
    if "/.well-known/" in url:
        raise ValueError(
            "must be the issuer alone: leave out /.well-known/openid-configuration"
        )
    if "?" in url or "#" in url:
        raise ValueError("must be the issuer alone, without ? and #")
    return _safe(url)


def _origin(url: str) -> str:
    if not url:
        return url
    parts = urlsplit(_safe(url))
    if parts.path.rstrip("/") not in {"", "/desk"} or parts.query or parts.fragment:
        raise ValueError(
            "must be a scheme, a host and perhaps a port, such as"
            " https://letterbox.example.com"
        )
    return f"{parts.scheme}://{parts.netloc}".lower()


def _scopes(text: str) -> str:
    scopes = text.split()
    if "openid" not in scopes or not all(map(_SCOPE.fullmatch, scopes)):
        raise ValueError("must be scopes separated by spaces, openid among them")
    return " ".join(scopes)


def _roles(text: object) -> object:
    """Read ``value=role``, comma-separated; a value may have an equals sign in it."""
    if not isinstance(text, str):
        return text
    parts = [part.rpartition("=") for part in text.split(",") if part.strip()]
    pairs = [(value.strip(), role.strip()) for value, _, role in parts]
    if not all(value and role in set(OperatorRole) for value, role in pairs):
        raise ValueError(f"{_FORM} or admin")
    if len({value for value, _ in pairs}) < len(pairs):
        raise ValueError("has the same value twice: a value has one role")
    return {value: OperatorRole(role) for value, role in pairs}


class OidcSettings(BaseSettings):
    """The identity provider that people sign in at, and what they may do here."""

    desk_url: Annotated[str, AfterValidator(_origin)] = Field(
        "",
        description="Address of the desk as browsers know it, such as"
        " https://letterbox.example.com; needed to sign in by OpenID Connect.",
    )
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] = Field(
        "", description="Issuer of an OpenID Connect provider; none: by token only."
    )
    oidc_client_id: str = Field("", description="Client id that the provider knows.")
    oidc_client_secret: LineSecret = Field(SecretStr(""), description="Its secret.")
    oidc_name: str = Field(
        "single sign-on", max_length=60, description="The provider's name, on the page."
    )
    oidc_scopes: Annotated[str, AfterValidator(_scopes)] = Field(
        "openid profile email", description="Scopes that are asked for."
    )
    oidc_roles_claim: str = Field(
        "roles",
        min_length=1,
        description="Claim with somebody's roles; a dot leads into an object.",
    )
    oidc_roles: Annotated[
        dict[str, OperatorRole], NoDecode, BeforeValidator(_roles)
    ] = Field(
        {}, description="Values of that claim, and the role each gives: value=role."
    )
    oidc_hirers_claim: str = Field(
        "", description="Claim with the hirers somebody is limited to; none: all."
    )
    oidc_session: Duration = Field(
        timedelta(hours=1),
        ge=timedelta(minutes=1),
        le=timedelta(days=1),
        description="How long somebody stays signed in by the provider.",
    )

    @property
    def oidc_callback(self) -> str:
        """The redirect URI that the provider has to know."""
        return f"{self.desk_url}{_CALLBACK}"

    @property
    def oidc_sealing_keys(self) -> list[bytes]:
        """A key that all processes can derive, and nobody else; none if it is off."""
        secret = self.oidc_client_secret.get_secret_value()
        if not self.oidc_issuer:
            return []
        return [hmac.digest(secret.encode(), b"letterbox desk sessions", "sha256")]

    def oidc_contradictions(self) -> Iterator[str]:
        """Yield what is missing where some of it is set."""
        present = [name for name in _NEEDED if getattr(self, name)]
        if not present:
            return
        for name in (*_NEEDED, "desk_url"):
            if not getattr(self, name):
                yield (
                    f"LETTERBOX_{name.upper()} is needed with"
                    f" LETTERBOX_{present[0].upper()}"
                )
