"""Arrivals as they come, from Temporal's list and the inbox."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from pydantic import BaseModel
from temporalio.client import Client

from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox.domain.errors import (
    DamagedError,
    StoreUnavailableError,
    TemporalUnavailableError,
)
from letterbox.domain.ids import from_key_part
from letterbox.domain.listing import Filter, Item
from letterbox.domain.ports import Applications, ObjectStore
from letterbox.records.inbox import part_of
from letterbox.temporal.visibility import list_applications

# Of one look; a flood is told as far as that.
_MAX_APPLICATIONS = 200
# A list may be behind, and a workflow starts after its application was accepted.
_OVERLAP = timedelta(minutes=1)


class Arrival(BaseModel):
    """An application, where it stands, and why a person must look at it."""

    at: datetime
    id: str
    board: str
    stage: Stage
    position: str | None = None
    reason: str | None = None


@dataclass
class Arrivals:
    """
    Tells of each application that arrives, and again when its stage has changed.

    ``on_trouble`` is told, once each time, of what could not be asked.
    """

    client: Client
    task_queue: str
    store: ObjectStore
    applications: Applications
    on_trouble: Callable[[str], None]
    _known: dict[str, tuple[Stage, str | None]] = field(default_factory=dict)
    _troubles: set[str] = field(default_factory=set)

    async def since(self, moment: datetime) -> AsyncIterator[Arrival]:
        """Look once, and tell what has arrived since then and was not told yet."""
        for arrival in await self._listed(moment - _OVERLAP):
            if arrival.at >= moment and self._is_news(arrival):
                yield arrival
        for arrival in await self._waiting(moment):
            if arrival.id not in self._known and self._is_news(arrival):
                yield arrival

    def _is_news(self, arrival: Arrival) -> bool:
        stands = arrival.stage, arrival.reason
        is_news = self._known.get(arrival.id) != stands
        self._known[arrival.id] = stands
        return is_news

    async def _listed(self, moment: datetime) -> list[Arrival]:
        filters = Filter(received_after=moment)
        try:
            items, _ = await list_applications(
                self.client, self.task_queue, filters, _MAX_APPLICATIONS, None
            )
        except TemporalUnavailableError as error:
            self._note("Temporal", f"{error}: only the inbox is watched")
            return []
        self._troubles.discard("Temporal")
        found = [
            Arrival(
                at=item.received_at or moment,
                id=item.id,
                board=item.board,
                stage=item.stage,
                position=item.position,
                reason=await self._reason_of(item),
            )
            for item in items
        ]
        return sorted(found, key=lambda one: one.at)

    async def _reason_of(self, item: Item) -> str | None:
        """Read it once: Temporal's list does not have it."""
        if item.stage is not Stage.TRIAGE:
            return None
        stage, reason = self._known.get(item.id, (None, None))
        is_read = stage is Stage.TRIAGE and reason is not None
        return reason if is_read else await asyncio.to_thread(self._reason, item.id)

    def _reason(self, application_id: str) -> str | None:
        try:
            record = self.applications.find(application_id)
        except (DamagedError, StoreUnavailableError):
            return None
        return record.position.triage if record else None

    async def _waiting(self, moment: datetime) -> list[Arrival]:
        try:
            found = await asyncio.to_thread(lambda: list(self._inbox(moment)))
        except StoreUnavailableError as error:
            self._note("store", f"the store does not answer ({error})")
            return []
        self._troubles.discard("store")
        return sorted(found, key=lambda one: one.at)

    def _inbox(self, moment: datetime) -> Iterator[Arrival]:
        for stored in islice(self.store.list(keys.INBOX), _MAX_APPLICATIONS):
            application_id = from_key_part(part_of(stored.key))
            # What has no board is nothing that was accepted.
            is_one = application_id is not None and ":" in application_id
            if application_id and is_one and stored.modified >= moment:
                yield Arrival(
                    at=stored.modified.astimezone(UTC),
                    id=application_id,
                    board=application_id.partition(":")[0],
                    stage=Stage.RECEIVED,
                )

    def _note(self, subject: str, trouble: str) -> None:
        if subject not in self._troubles:
            self._troubles.add(subject)
            self.on_trouble(trouble)
