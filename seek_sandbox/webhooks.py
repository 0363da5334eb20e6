"""Webhooks as SEEK sends them: signed, at least once, with patience."""

import asyncio
import hmac
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from uuid import uuid4

import httpx

from seek_sandbox.events import Event, WebhookRequest
from seek_sandbox.options import SandboxOptions
from seek_sandbox.times import now

_CONCURRENCY = 8
_USER_AGENT = "letterbox-seek-sandbox"
# What SEEK writes down where no answer came; 502 is the sandbox's own choice.
_TIMED_OUT, _INVALID, _UNREACHABLE = 504, 400, 502


def sign(body: bytes, secret: str) -> str:
    """Sign raw bytes as SEEK does: HMAC SHA-512, in lower-case hex."""
    return hmac.new(secret.encode(), body, "sha512").hexdigest()


@dataclass(slots=True)
class Subscription:
    """One that was made by mutation, beside those that the sandbox begins with."""

    id: str
    event_type: str
    url: str
    secret: str
    hirer_id: str | None = None
    per_request: int | None = None


class Postman:
    """Delivers events, and keeps a record of each request."""

    def __init__(self, options: SandboxOptions) -> None:
        self.url = options.webhook_url
        self.requests: list[WebhookRequest] = []
        self.created: dict[str, Subscription] = {}
        self._secrets: dict[str, str] = {}
        self._options = options
        self._slots = asyncio.Semaphore(_CONCURRENCY)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def working(self) -> bool:
        """Return whether there are an address and a secret to sign with."""
        return bool(self.url and self._options.webhook_secret)

    def sign_with(self, subscription_id: str, secret: str) -> None:
        """Sign with another secret from now on; SEEK may take half an hour."""
        self._secrets[subscription_id] = secret

    def _target(self, subscription_id: str) -> tuple[str, str]:
        """Return where a subscription leads, and what it is signed with."""
        made = self.created.get(subscription_id)
        url = made.url if made else self.url
        secret = made.secret if made else self._options.webhook_secret
        return url, self._secrets.get(subscription_id, secret)

    def deliver(
        self, events: Sequence[Event], per_request: int | None = None
    ) -> Sequence[asyncio.Task[None]]:
        """Start the delivery; one request carries events of one subscription."""
        events = [
            event
            for event in events
            if self.working or event.subscription_id in self.created
        ]
        size = per_request or self._options.events_per_request
        tasks = []
        for _, group in groupby(events, lambda event: event.subscription_id):
            for batch in _batches(group, size):
                for event in batch:
                    if not event.delivered:
                        event.delivery = "pending"
                tasks.append(asyncio.create_task(self._deliver(batch)))
        self._tasks.update(tasks)
        for task in tasks:
            task.add_done_callback(self._tasks.discard)
        return tasks

    async def stop(self) -> None:
        """End every delivery under way, and close the connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if "_http" in self.__dict__:
            await self._http.aclose()

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        # Made when needed: certificates take longer to load than all the rest. A
        # request has one time limit as a whole, and a proxy is not asked.
        return httpx.AsyncClient(timeout=None, trust_env=False)  # noqa: S113 see above

    async def _deliver(self, batch: Sequence[Event]) -> None:
        pause = self._options.webhook_pause
        for attempt in range(1, self._options.webhook_attempts + 1):
            async with self._slots:
                accepted = await self._send(batch, attempt)
            if accepted or attempt == self._options.webhook_attempts:
                break
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._options.webhook_longest_pause)
        for event in batch:
            if accepted or not event.delivered:
                event.delivery = "accepted" if accepted else "refused"

    async def _send(self, batch: Sequence[Event], attempt: int) -> bool:
        request_id = str(uuid4())
        url, secret = self._target(batch[0].subscription_id)
        body = json.dumps(
            {
                "events": [event.webhook_json() for event in batch],
                "subscriptionId": batch[0].subscription_id,
                "url": url,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        headers = {
            "Content-Type": "application/json",
            "Seek-Signature": sign(body, secret),
            "User-Agent": _USER_AGENT,
            "X-Request-Id": request_id,
        }
        begun, clock = now(), time.monotonic()
        status, code = await self._post(url, body, headers)
        request = WebhookRequest(
            request_id=request_id,
            created_at=begun,
            attempt=attempt,
            status=status,
            code=code,
            latency_ms=None
            if code == "InvalidUrl"
            else int((time.monotonic() - clock) * 1000),
            event_ids=[event.event_id for event in batch],
        )
        self.requests.append(request)
        for event in batch:
            event.requests.append(request)
        return code == "Success"

    async def _post(
        self, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, str]:
        """Post, and tell the status and the code that SEEK would record."""
        try:
            async with asyncio.timeout(self._options.webhook_timeout):
                answer = await self._http.post(url, content=body, headers=headers)
        except TimeoutError:
            return _TIMED_OUT, "RequestTimeout"
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            return _INVALID, "InvalidUrl"
        except httpx.HTTPError:
            return _UNREACHABLE, "BadResponse"
        return answer.status_code, "Success" if answer.is_success else "BadResponse"


def _batches(events: Iterable[Event], size: int) -> Iterable[Sequence[Event]]:
    batch: list[Event] = []
    for event in events:
        batch.append(event)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
