"""The sweep: start every application that could not be started at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice

import structlog
from pydantic import ValidationError
from temporalio import activity

from activities.heartbeats import beating
from activities.schedule_values import Sweep, Swept
from domain import keys
from domain.errors import LetterboxError
from domain.ids import from_key_part
from domain.inbox import Delivery
from domain.ports import ObjectStore

# A sweep shares the machine with the answers: few at a time.
_AT_A_TIME = 8


log = structlog.get_logger()


class InboxActivities:
    """Walk the inbox; ``start`` starts an application, or tells it to look again."""

    def __init__(
        self, *, store: ObjectStore, start: Callable[[str], Awaitable[object]]
    ) -> None:
        self._store = store
        self._start = start

    @activity.defn(name="sweep_inbox")
    async def sweep(self, given: Sweep) -> Swept:
        """Start all that lay in the inbox for longer than given; repeat at will."""
        before = datetime.now(UTC) - timedelta(seconds=given.older_than_seconds)
        waiting = self._waiting(before)
        swept = Swept()
        async with beating():
            while batch := await asyncio.to_thread(_take, waiting):
                outcomes = await asyncio.gather(*(self._try(one) for one in batch))
                swept = Swept(
                    started=swept.started + sum(outcomes),
                    left=swept.left + len(outcomes) - sum(outcomes),
                )
        return swept

    async def _try(self, application_id: str) -> bool:
        try:
            await self._start(application_id)
        except LetterboxError:
            # It stays in the inbox, and the next sweep finds it there.
            return False
        return True

    def _waiting(self, before: datetime) -> Iterator[str]:
        old = (
            stored
            for stored in self._store.list(keys.INBOX)
            if stored.modified < before
        )
        for part, deliveries in groupby(old, lambda stored: stored.key.split("/")[1]):
            application_id = from_key_part(part) or self._named_in(next(deliveries).key)
            # A file manager's leavings have no board.
            if application_id and ":" in application_id:
                yield application_id

    def _named_in(self, key: str) -> str | None:
        """Read the id that was too long for a key; None where it cannot be read."""
        try:
            return Delivery.model_validate_json(self._store.get(key)).application_id
        except FileNotFoundError:
            return None  # Taken over meanwhile.
        except ValidationError:
            log.exception("unreadable inbox record", folder=key.rpartition("/")[0])
            return None


def _take(waiting: Iterator[str]) -> list[str]:
    return list(islice(waiting, _AT_A_TIME))
