"""Writes the journal: one object for each thing that somebody saw or did."""

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any

from letterbox.domain.journal import JournalEntry, day_of, digest
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.ports import ObjectStore

_CHAIN_BYTES = 8


class Journal:
    """
    Writes entries, from any number of threads; each is durable once it is written.

    A chain is written by one thread at a time, so there are as many as are needed at
    once. One whose write has failed is left: nobody knows whether it has that entry.
    """

    def __init__(
        self,
        store: ObjectStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._now = now
        self._idle: list[_Chain] = []
        self._lock = Lock()

    def write(
        self, what: JournalAction, *, operator: str, by: str, **about: Any
    ) -> str:
        """Write an entry, and return its key (StoreUnavailableError). Blocking."""
        with self._lock:
            chain = self._idle.pop() if self._idle else _Chain()
        fields = {"what": what, "operator": operator, "by": by, **about}
        key = chain.append(self._store, self._now(), fields)
        with self._lock:
            self._idle.append(chain)
        return key


class _Chain:
    def __init__(self) -> None:
        self._id = secrets.token_hex(_CHAIN_BYTES)
        self._number = 0
        self._previous: str | None = None
        self._day: date | None = None
        self._at = datetime.min.replace(tzinfo=UTC)

    def append(self, store: ObjectStore, now: datetime, fields: dict[str, Any]) -> str:
        # The clock may be set back: no entry is before the one before it.
        at = max(now, self._at)
        entry = JournalEntry(
            **fields,
            at=at,
            chain=self._id,
            number=self._number + 1,
            previous=self._previous,
            previous_day=self._day,
        )
        body = entry.body()
        store.put(entry.key, body)
        self._number, self._at = entry.number, at
        self._previous, self._day = digest(body), day_of(at)
        return entry.key
