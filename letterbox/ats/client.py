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

from letterbox.boards.client.http import NETWORK_ERRORS, certificates
from letterbox.domain.errors import (
    ReceiverGoneError,
    ReceiverUnavailableError,
    SettingsError,
)
from letterbox.domain.events import Event, TrialEvent
from letterbox.network_reasons import reason_of
from letterbox.retry_after import wait_asked

# Short where thousands may wait behind an ATS that hangs; Temporal tries again.
_TIMEOUT = 10.0
_CONNECT_TIMEOUT = 3.0
_PREFIX = "whsec_"
_MIN_BYTES = 24
_SHORT_RESPONSE = 64 * 1024
_RESPONSE_TIMEOUT = 1.0


class Deliveries:
    """
    Post events to one address, signed with every secret.

    While secrets are rotated an ATS may know the old one or the new one.
    """

    def __init__(
        self, http: httpx.AsyncClient, url: str, signers: Sequence[Webhook]
    ) -> None:
        self._http = http
        self.url = url
        self._signers = signers

    async def send(self, delivery_id: str, event: Event, now: datetime) -> None:
        """
        Deliver an event; any 2xx says that the ATS has it.

        ``now`` is the time of this attempt, in UTC: an old one looks like a replay.
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

    async def send_test(self, delivery_id: str, now: datetime) -> int:
        """
        Send an event that says that it is a test; return the status of the answer.

        Signed as all others; raises ReceiverUnavailableError where there is none.
        """
        body = TrialEvent(timestamp=now).model_dump_json()
        response = await self._post(body, self._headers(delivery_id, body, now))
        return response.status_code

    def _headers(self, delivery_id: str, body: str, now: datetime) -> dict[str, str]:
        signatures = [signer.sign(delivery_id, now, body) for signer in self._signers]
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
                    "POST", self.url, content=body.encode(), headers=headers
                ) as response,
            ):
                await _finish(response)
                return response
        except NETWORK_ERRORS as error:
            raise ReceiverUnavailableError(f"the ATS: {reason_of(error)}") from None


async def _finish(response: httpx.Response) -> None:
    """
    Read a short response to its end, so that its connection can be used again.

    The status is all that counts; what goes wrong from here on does not.
    """
    with suppress(*NETWORK_ERRORS):
        async with asyncio.timeout(_RESPONSE_TIMEOUT):
            async for _ in response.aiter_raw():
                if response.num_bytes_downloaded > _SHORT_RESPONSE:
                    return


@asynccontextmanager
async def open_deliveries(
    url: str, secrets: Sequence[str], *, max_seconds: float = _TIMEOUT
) -> AsyncIterator[Deliveries]:
    """
    Keep connections to the ATS for as long as the block lasts.

    ``max_seconds`` is for a whole delivery. Raises SettingsError.
    """
    signers = [_signer(secret) for secret in secrets]
    try:
        has_host = bool(httpx.URL(url).host)
    except httpx.InvalidURL:
        has_host = False
    if not has_host:
        raise SettingsError("LETTERBOX_DELIVERY_URL: is not a valid URL")
    async with httpx.AsyncClient(
        timeout=httpx.Timeout(max_seconds, connect=min(max_seconds, _CONNECT_TIMEOUT)),
        follow_redirects=False,
        headers={"User-Agent": f"letterbox/{version('letterbox')}"},
        verify=certificates(),
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
            "LETTERBOX_DELIVERY_SECRET: must be base64 of at least 24 bytes, after"
            f" {_PREFIX} or without it"
        )
    return Webhook(key)
