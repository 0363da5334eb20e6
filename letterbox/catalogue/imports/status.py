"""Keeps in the store what became of imports."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from pydantic import ValidationError

from letterbox.domain import keys
from letterbox.domain.catalogue_status import CatalogueStatus, FeedStatus
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore

_TRIES = 20


def feed_name(hirer: str | None) -> str:
    """Name a feed: feeds of several hirers are told apart by ``--hirer``."""
    return hirer or ""


def note(
    store: ObjectStore,
    hirer: str | None,
    change: Callable[[FeedStatus], FeedStatus | None],
) -> FeedStatus:
    """Change what is known of one feed, and tell what it was; None forgets it."""
    name = feed_name(hirer)
    for _ in range(_TRIES):
        status, version = _read(store)
        before = status.feeds.get(name, FeedStatus())
        feeds = {key: feed for key, feed in status.feeds.items() if key != name}
        if (after := change(before)) is not None:
            feeds[name] = after
        body = CatalogueStatus(feeds=feeds).model_dump_json(exclude_defaults=True)
        if store.replace(keys.CATALOGUE_STATUS, body.encode(), version):
            return before
    raise StoreUnavailableError("the catalogue's status is changed again and again")


def _read(store: ObjectStore) -> tuple[CatalogueStatus, str | None]:
    try:
        body, version = store.get_version(keys.CATALOGUE_STATUS)
    except FileNotFoundError:
        return CatalogueStatus(), None
    try:
        return CatalogueStatus.model_validate_json(body), version
    except ValidationError:
        # Then nothing is known, and nobody is refused, until the next whole import.
        return CatalogueStatus(), version


class WaitingRemovals:
    """
    What whole feeds no longer name, and in how many in a row.

    Only imports write it, one at a time.
    """

    def __init__(self, store: ObjectStore, hirer: str | None) -> None:
        self._store = store
        self._key = keys.waiting_removals(hirer)

    def counted(self, absent: Iterable[str]) -> dict[str, int]:
        """Count once more those that are absent again, and the new ones."""
        before = self.known()
        return {name: before.get(name, 0) + 1 for name in absent}

    def known(self) -> Mapping[str, int]:
        """Read what was counted; nothing where that cannot be understood."""
        try:
            told = json.loads(self._store.get(self._key))
        except (FileNotFoundError, ValueError):
            return {}
        counts = told if isinstance(told, dict) else {}
        return {key: n for key, n in counts.items() if isinstance(n, int)}

    def keep(self, counts: Mapping[str, int]) -> None:
        """Remember what waits."""
        if counts:
            self._store.put(self._key, json.dumps(counts).encode())
        elif self.known():
            self._store.delete(self._key)


def is_new_posting(
    absent_since: datetime | None, whole_before: datetime | None
) -> bool:
    """
    Tell whether what comes back was away for longer than a feed's hiccup.

    Then a whole import has come and gone without it after the one that removed it.
    """
    return bool(absent_since and whole_before and whole_before > absent_since)
