"""SEEK's partner token: fetched once, shared by all, renewed when it must be."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from letterbox.boards.client.bounded import MAX_BYTES
from letterbox.boards.client.http import passes
from letterbox.boards.seek.client.http import call_headers, reaching
from letterbox.boards.seek.settings import SeekSettings
from letterbox.domain.errors import BoardUnavailableError
from letterbox.retry_after import wait_asked

_WHAT = "token endpoint"
_EXPIRY_MARGIN = 60.0
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    expires: float
    """By our clock, the margin taken off."""


class _TokenResponse(BaseModel):
    """What the endpoint says; the pattern keeps header injection out."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    access_token: str = Field(pattern=r"^[\x21-\x7e]+$", repr=False)
    expires_in: float = Field(gt=0, allow_inf_nan=False)


class PartnerToken:
    """
    One token for all coroutines of the process (https://developer.seek.com/auth).

    However many ask at a time, one request goes out, and all of them share what
    becomes of it, its failure too. ``clock`` counts seconds. Raises
    BoardUnavailableError: even where SEEK refuses the credentials, an operator can
    put them right, and no application may be given up for it.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: SeekSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock
        self._token: _Token | None = None
        self._fetching: asyncio.Task[_Token] | None = None

    async def get(self) -> str:
        """Return the token, fetched if there is none or it is about to expire."""
        if (token := self._token) and self._clock() < token.expires:
            return token.text
        return await self._fetched()

    async def renew(self, failed: str) -> str:
        """Return another token than the one that failed; others may have fetched it."""
        if self._token and self._token.text == failed:
            self._token = None
        return await self.get()

    async def _fetched(self) -> str:
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._done)
        # One of those who wait may be cancelled; the others still want it.
        return (await asyncio.shield(self._fetching)).text

    def _done(self, task: asyncio.Task[_Token]) -> None:
        self._fetching = None
        # Asking for the exception tells asyncio that somebody knows of it.
        if not task.cancelled() and task.exception() is None:
            self._token = task.result()

    async def _fetch(self) -> _Token:
        started = self._clock()
        settings = self._settings
        with reaching(_WHAT):
            async with asyncio.timeout(self._http.timeout.read):
                response = await self._http.post(
                    settings.seek_token_url,
                    headers=call_headers(),
                    extensions={MAX_BYTES: _MAX_BYTES},
                    json={
                        "audience": settings.seek_audience,
                        "client_id": settings.seek_client_id,
                        "client_secret": settings.seek_client_secret.get_secret_value(),
                        "grant_type": "client_credentials",
                    },
                )
        token = _read(response)
        return _Token(token.access_token, started + token.expires_in - _EXPIRY_MARGIN)


def _read(response: httpx.Response) -> _TokenResponse:
    status = response.status_code
    if passes(status):
        wait = wait_asked(response.headers)
        raise BoardUnavailableError(
            f"SEEK's {_WHAT} answers {status}", retry_after=wait
        )
    if not response.is_success:
        raise BoardUnavailableError(
            f"SEEK's {_WHAT} refuses us with {status}: check LETTERBOX_SEEK_CLIENT_ID,"
            " LETTERBOX_SEEK_CLIENT_SECRET, LETTERBOX_SEEK_AUDIENCE and"
            " LETTERBOX_SEEK_TOKEN_URL"
        )
    try:
        return _TokenResponse.model_validate_json(response.content)
    except ValidationError:
        raise BoardUnavailableError(f"SEEK's {_WHAT} sent no token") from None
