"""A partner's token: fetched once, shared by all, renewed when it must be."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from letterbox.boards.client.bounded import MAX_BYTES
from letterbox.boards.client.calls import call_headers
from letterbox.boards.client.http import passes, reaching
from letterbox.domain.errors import BoardUnavailableError
from letterbox.retry_after import wait_asked

_EXPIRY_MARGIN = 60.0
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a partner shows to be given a token, and where."""

    board: str
    """As messages name it."""
    url: str
    fields: Mapping[str, str] = field(repr=False)
    """``grant_type`` and the others; the secret is among them."""
    is_form: bool = True
    """As RFC 6749 has it; else the fields are sent as JSON."""
    variables: str
    """Where an operator sets it right."""


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
    One token for all coroutines of the process.

    However many ask at a time, one request goes out, and all of them share what
    becomes of it, its failure too. ``clock`` counts seconds. Raises
    BoardUnavailableError: even where the board refuses the credentials, an operator
    can put them right, and nothing may be given up for it.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        credentials: Credentials,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._clock = clock
        self._token: _Token | None = None
        self._fetching: asyncio.Task[_Token] | None = None

    @property
    def board(self) -> str:
        """The board that it is of."""
        return self._credentials.board

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
        shown = self._credentials
        with reaching(f"{shown.board}'s token endpoint"):
            async with asyncio.timeout(self._http.timeout.read):
                response = await self._http.post(
                    shown.url,
                    headers=call_headers() | {"Accept": "application/json"},
                    extensions={MAX_BYTES: _MAX_BYTES},
                    data=shown.fields if shown.is_form else None,
                    json=None if shown.is_form else shown.fields,
                )
        token = _read(response, shown)
        return _Token(token.access_token, started + token.expires_in - _EXPIRY_MARGIN)


def _read(response: httpx.Response, shown: Credentials) -> _TokenResponse:
    status, what = response.status_code, f"{shown.board}'s token endpoint"
    if passes(status):
        wait = wait_asked(response.headers)
        raise BoardUnavailableError(f"{what} answers {status}", retry_after=wait)
    if not response.is_success:
        raise BoardUnavailableError(
            f"{what} refuses us with {status}: check {shown.variables}"
        )
    try:
        return _TokenResponse.model_validate_json(response.content)
    except ValidationError:
        raise BoardUnavailableError(f"{what} sent no token") from None
