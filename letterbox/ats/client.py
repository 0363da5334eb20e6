"""
Deliveries to the hirer's ATS, as Standard Webhooks.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from http import HTTPStatus
from importlib.metadata import version

import httpx
from standardwebhooks import Webhook

from letterbox.domain.errors import (
    ReceiverGoneError,
    ReceiverUnavailableError,
    SettingsError,
)
from letterbox.domain.events import Event
from letterbox.retry_after import wait_asked

# Short where thousands may wait behind an ATS that hangs; Temporal tries again.
_TIMEOUT = 10.0
_TIMEOUT_OF_CONNECTING = 3.0
_PREFIX = "whsec_"
_MIN_BYTES = 24
_SHORT_ANSWER = 64 * 1024
_SHORT_WHILE = 1.0


class Deliveries:
    """
    Post events to one address, signed with every secret.

    While secrets are rotated an ATS may know the old one or the new one.
    """

    def __init__(
        self, http: httpx.AsyncClient, url: str, signers: Sequence[Webhook]
    ) -> None:
        self._http = http
        self._url = url
        self._signers = signers

    @property
    def url(self) -> str:
        """Where they go."""
        return self._url

    async def send(self, delivery_id: str, event: Event, now: datetime) -> None:
        """
        Deliver an event; any 2xx says that the ATS has it.

        ``now`` is the time of this attempt, in UTC: an old one is taken for a replay.
        Raises ReceiverGoneError for 410 and ReceiverUnavailableError for all else: an
        ATS that is being set up, or put back, may answer anything for a while.
        """
        body = event.model_dump_json()
        response = await self._post(body, self._headers(delivery_id, body, now))
        status = response.status_code
        wait = wait_asked(response.headers)
        if status == HTTPStatus.GONE:
            raise ReceiverGoneError("the ATS answers 410", retry_after=wait)
        if not response.is_success:
            raise ReceiverUnavailableError(
                f"the ATS answers {status}", retry_after=wait
            )

    def _headers(self, delivery_id: str, body: str, now: datetime) -> dict[str, str]:
        signatures = [one.sign(delivery_id, now, body) for one in self._signers]
        return {
            "Content-Type": "application/json",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    async def _post(self, body: str, headers: dict[str, str]) -> httpx.Response:
        # None of their texts: they may quote the address, in which a secret may be.
        try:
            async with (
                asyncio.timeout(self._http.timeout.read),
                self._http.stream(
                    "POST", self._url, content=body.encode(), headers=headers
                ) as response,
            ):
                await _finish(response)
                return response
        except (httpx.HTTPError, TimeoutError) as error:
            name = type(error).__name__
            raise ReceiverUnavailableError(f"the ATS: {name}") from None


async def _finish(response: httpx.Response) -> None:
    """
    Read a short answer to its end, unseen: its connection can be used again.

    The status has said all; what goes wrong from here on does not count.
    """
    with suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(_SHORT_WHILE):
            async for _ in response.aiter_raw():
                if response.num_bytes_downloaded > _SHORT_ANSWER:
                    return


@asynccontextmanager
async def open_deliveries(
    url: str, secrets: Sequence[str], *, patience: float = _TIMEOUT
) -> AsyncIterator[Deliveries]:
    """
    Keep connections to the ATS for as long as the block lasts.

    ``patience``, in seconds, is for a whole delivery. Raises SettingsError.
    """
    signers = [_signer(secret) for secret in secrets]
    try:
        has_host = bool(httpx.URL(url).host)
    except httpx.InvalidURL:
        has_host = False
    if not has_host:
        raise SettingsError("LETTERBOX_DELIVERY_URL: is not an address")
    async with httpx.AsyncClient(
        timeout=httpx.Timeout(patience, connect=min(patience, _TIMEOUT_OF_CONNECTING)),
        follow_redirects=False,
        headers={"User-Agent": f"letterbox/{version('letterbox')}"},
    ) as http:
        yield Deliveries(http, url, signers)


def _signer(secret: str) -> Webhook:
    # By hand: the library overlooks what is not base64, and signs with the rest.
    encoded = secret.removeprefix(_PREFIX)
    try:
        key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        key = b""
    if len(key) < _MIN_BYTES:
        raise SettingsError(
            "LETTERBOX_DELIVERY_SECRET: must be base64 of 24 bytes or more, after"
            f" {_PREFIX} or without it"
        )
    return Webhook(key)
