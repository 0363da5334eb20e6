"""Redeems a code at the token endpoint, and asks who its token is of."""

from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from letterbox.domain.errors import ProviderFaultError, SignInError
from letterbox.oidc.answers import ask, fetch
from letterbox.oidc.metadata import ProviderMetadata
from letterbox.oidc.settings import OidcSettings

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What is given for a code; neither is kept beyond the sign-in, nor logged."""

    id_token: object = field(repr=False)
    access_token: str | None = field(repr=False)


async def redeem(
    http: httpx.AsyncClient,
    settings: OidcSettings,
    metadata: ProviderMetadata,
    code: str,
    verifier: str,
) -> Tokens:
    """Return the tokens that a code is good for, once (SignInError)."""
    body = prepare_token_request(
        "authorization_code",
        redirect_uri=settings.oidc_callback,
        code=code,
        code_verifier=verifier,
    )
    url, headers, body = _client(settings, metadata.auth_method).prepare(
        "POST", metadata.token_endpoint, {"Content-Type": _FORM}, body
    )
    status, answer = await ask(http, "POST", url, headers=headers, body=body)
    if status != HTTPStatus.OK:
        raise _refused(answer.get("error"), status)
    access = answer.get("access_token")
    return Tokens(answer.get("id_token"), access if isinstance(access, str) else None)


def _client(settings: OidcSettings, method: str) -> ClientAuth:
    # RFC 6749, section 2.3.1: for the header both are encoded, blanks so that no reader
    # takes them for anything else.
    encoded = partial(quote, safe="") if method == "client_secret_basic" else str
    return ClientAuth(
        encoded(settings.oidc_client_id),
        encoded(settings.oidc_client_secret.get_secret_value()),
        method,
    )


async def user_info(
    http: httpx.AsyncClient, metadata: ProviderMetadata, tokens: Tokens, subject: str
) -> list[dict[str, Any]]:
    """Return the claims that an ID token leaves out where it is kept short."""
    access = tokens.access_token
    if metadata.userinfo_endpoint is None or access is None:
        return []
    if not access.isascii() or not access.isprintable():
        raise ProviderFaultError("its access token is malformed", code="access-token")
    headers = {"Authorization": f"Bearer {access}"}
    claims = await fetch(http, metadata.userinfo_endpoint, headers)
    if claims.get("sub") != subject:
        # OpenID Connect Core 1.0, section 5.3.2: then they are somebody else's.
        raise ProviderFaultError(
            "it sends the claims of another person", code="userinfo-sub"
        )
    return [claims]


def _refused(error: object, status: int) -> SignInError:
    """Return why no token is given for a code; the provider's words stay there."""
    if error == "invalid_grant":
        return SignInError(
            "it was completed before, or took too long: begin again",
            code="code-refused",
        )
    if error in {"invalid_client", "unauthorized_client"}:
        return ProviderFaultError(
            "the provider does not accept LETTERBOX_OIDC_CLIENT_ID and its secret",
            code="client-refused",
        )
    return ProviderFaultError(f"it answers {status}, and no token", code="no-token")
