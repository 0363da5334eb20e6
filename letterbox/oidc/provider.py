"""A provider: leads people there, and finds out who has come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import KeySet

from letterbox.boards.client.http import open_http
from letterbox.domain.errors import ProviderFaultError, ProviderUnavailableError
from letterbox.domain.operators import Caller
from letterbox.oidc.answers import fetch
from letterbox.oidc.claims import missing, operator_of
from letterbox.oidc.grants import Grants
from letterbox.oidc.id_tokens import Expected, UnknownKeyError, read_keys, verify
from letterbox.oidc.metadata import ProviderMetadata, address_of, read_metadata
from letterbox.oidc.remembered import Remembered
from letterbox.oidc.settings import OidcSettings
from letterbox.oidc.token_endpoint import Tokens, redeem, user_info

_ANSWER_TIMEOUT = 4.0
_WHOLE_TIMEOUT = 10.0
_CONCURRENCY = 8


class Attempt(Protocol):
    """One sign-in, from the way there to the way back; all of it is random."""

    @property
    def state(self) -> str:
        """By which the answer is known to be that of this browser."""

    @property
    def nonce(self) -> str:
        """By which the ID token is known to be of this sign-in."""

    @property
    def verifier(self) -> str:
        """By which the code is good for nobody else."""


class Provider:
    """
    Signs people in by the authorization code flow with PKCE (S256).

    ``SignInError`` says in plain words what is wrong, with a code for the log, and
    quotes nothing of what the provider has sent.
    """

    def __init__(
        self, settings: OidcSettings, *, answer_timeout: float = _ANSWER_TIMEOUT
    ) -> None:
        self._settings = settings
        self._timeout = answer_timeout
        self._http: httpx.AsyncClient | None = None
        self._places = asyncio.Semaphore(_CONCURRENCY)
        self._metadata = Remembered(self._fetch_metadata)
        self._keys = Remembered(self._fetch_keys)
        self._grants = Grants(settings)
        self.name = settings.oidc_name
        self.session = settings.oidc_session
        self.desk_url = settings.desk_url

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep connections to the provider, for as long as the block lasts."""
        # To read the authorities that are trusted takes a while.
        async with await asyncio.to_thread(open_http, self._timeout) as self._http:
            # What it sets for one person is not to go along with the next.
            nothing = DefaultCookiePolicy(allowed_domains=[])
            self._http.cookies.jar.set_policy(nothing)
            yield

    async def authorization_url(self, attempt: Attempt) -> str:
        """Return the address at the provider where somebody signs in."""
        metadata = await self.metadata()
        settings = self._settings
        address: str = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=settings.oidc_client_id,
            response_type="code",
            redirect_uri=settings.oidc_callback,
            scope=settings.oidc_scopes,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return address

    async def signed_in(
        self, attempt: Attempt, code: str, issuer: str | None
    ) -> Caller:
        """Return who has come back with a code (SignInError)."""
        settings = self._settings
        async with _in_time(_WHOLE_TIMEOUT), self._places:
            metadata = await self.metadata()
            _refuse_mixed_up(metadata, issuer)
            tokens = await redeem(
                self._client(), settings, metadata, code, attempt.verifier
            )
            claims = await self._verified(metadata, tokens, attempt.nonce)
            sources = [claims]
            if missing(claims, settings):
                sources += await user_info(
                    self._client(), metadata, tokens, claims["sub"]
                )
        return self._grants.caller(operator_of(sources, settings))

    async def sign_out_address(self) -> str | None:
        """Return where somebody ends the provider's own session, if that is known."""
        metadata = await self.metadata()
        if (endpoint := metadata.end_session_endpoint) is None:
            return None
        query = {
            "client_id": self._settings.oidc_client_id,
            "post_logout_redirect_uri": f"{self.desk_url}/desk/sign-in",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def current(self, name: str, credential: str) -> Caller | None:
        """Return who has signed in here, if these settings still are those of then."""
        return self._grants.current(name, credential)

    def has_signed_in(self, caller: Caller) -> bool:
        """Return whether somebody has signed in here, and not by a token."""
        return self._grants.has_granted(caller)

    async def metadata(self) -> ProviderMetadata:
        """Return what the provider says of itself."""
        return await self._metadata.get()

    async def keys(self) -> KeySet:
        """Return the keys that it signs with."""
        return await self._keys.get()

    async def _verified(
        self, metadata: ProviderMetadata, tokens: Tokens, nonce: str
    ) -> dict[str, Any]:
        sent = tokens.id_token, tokens.access_token
        expected = Expected(
            metadata.issuer, self._settings.oidc_client_id, nonce, metadata.algorithms
        )
        try:
            return verify(*sent, await self.keys(), expected)
        except UnknownKeyError:
            # Keys rotate: there may be a new one.
            return verify(*sent, await self._keys.renewed(), expected)

    async def _fetch_metadata(self) -> ProviderMetadata:
        issuer = self._settings.oidc_issuer
        async with _in_time(self._timeout):
            document = await fetch(self._client(), address_of(issuer))
        return read_metadata(document, issuer)

    async def _fetch_keys(self) -> KeySet:
        metadata = await self.metadata()
        async with _in_time(self._timeout):
            return read_keys(await fetch(self._client(), metadata.jwks_uri))

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            raise RuntimeError("asked before it is running")
        return self._http


@asynccontextmanager
async def _in_time(seconds: float) -> AsyncIterator[None]:
    """Limit the whole: what trickles is never without a byte for long."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ProviderUnavailableError(
            "it does not answer in time", code="unreachable"
        ) from None


def _refuse_mixed_up(metadata: ProviderMetadata, issuer: str | None) -> None:
    """Refuse the answer of another provider (RFC 9207)."""
    is_due = metadata.authorization_response_iss_parameter_supported
    if issuer != metadata.issuer and (is_due or issuer is not None):
        raise ProviderFaultError(
            "the answer comes from another provider", code="answer-issuer"
        )
