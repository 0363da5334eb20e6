"""What has happened to an application, as the store and Temporal tell it together."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from temporalio.client import Client

from letterbox.domain.errors import (
    DamagedError,
    LetterboxError,
    NotFoundError,
    StoreUnavailableError,
    TemporalUnavailableError,
)
from letterbox.domain.history import History, combined
from letterbox.domain.ports import ObjectStore
from letterbox.records.history import StoredHistory
from letterbox.resources import Records
from letterbox.temporal.history import find_history

_WITHOUT_TEMPORAL = "Temporal does not answer: this is what the store knows"
_WITHOUT_STORE = "the store does not answer: this is what Temporal knows"
_CONCURRENCY = 16


class Histories:
    """Asks both; one of them is enough. ``in_thread`` runs what reads the store."""

    def __init__(
        self,
        store: ObjectStore,
        records: Records,
        client: Client,
        task_queue: str,
        *,
        in_thread: Callable[..., Awaitable[Any]] = asyncio.to_thread,
    ) -> None:
        self._client = client
        self._in_thread = in_thread
        self._task_queue = task_queue
        self._stored = StoredHistory(
            store,
            applications=records.applications,
            archives=records.archives,
            holds=records.holds,
        )

    async def find(self, application_id: str) -> History:
        """
        Return what is known; its notes name what could not be read.

        Raises NotFoundError, and StoreUnavailableError where neither answers.
        """
        stored, seen = await asyncio.gather(
            self._from_store(application_id), self._from_temporal(application_id)
        )
        if isinstance(stored, LetterboxError) and isinstance(seen, LetterboxError):
            raise stored
        notes: tuple[str, ...] = ()
        if isinstance(stored, LetterboxError):
            stored, notes = None, (f"{_WITHOUT_STORE} ({stored})",)
        elif isinstance(seen, LetterboxError):
            seen, notes = None, (f"{_WITHOUT_TEMPORAL} ({seen})",)
        elif stored is None:
            # Temporal may remember a workflow that was started for nothing.
            raise NotFoundError("no such application")
        history = combined(stored, None if isinstance(seen, LetterboxError) else seen)
        if history is None:
            raise NotFoundError("no such application")
        return history.model_copy(update={"notes": (*history.notes, *notes)})

    async def find_all(
        self, application_ids: Iterable[str]
    ) -> dict[str, History | None]:
        """
        Return what is known of each; None of what nothing can be said.

        Raises StoreUnavailableError, where neither answers.
        """
        places = asyncio.Semaphore(_CONCURRENCY)

        async def find(application_id: str) -> History | None:
            async with places:
                try:
                    return await self.find(application_id)
                except (DamagedError, NotFoundError):
                    return None

        ids = list(application_ids)
        return dict(zip(ids, await asyncio.gather(*map(find, ids)), strict=True))

    async def _from_store(
        self, application_id: str
    ) -> History | StoreUnavailableError | None:
        try:
            found: History | None = await self._in_thread(
                self._stored.find, application_id
            )
        except StoreUnavailableError as error:
            return error
        return found

    async def _from_temporal(
        self, application_id: str
    ) -> History | TemporalUnavailableError | None:
        try:
            return await find_history(self._client, self._task_queue, application_id)
        except TemporalUnavailableError as error:
            return error
