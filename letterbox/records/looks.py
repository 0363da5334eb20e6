"""Marks of documents that are being looked into: what ends a worker leaves its own."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.storage.objects import exists


@contextmanager
def looking(store: ObjectStore, application_id: str, name: str) -> Iterator[bool]:
    """
    Mark a document for as long as it is looked into; True where it may be.

    False where the mark is there already: whoever put it did not live to remove it. It
    stays then. An attempt's number would not do: it does not survive a worker.
    """
    key = keys.looking(application_id, name)
    if exists(store, key):
        yield False
        return
    store.put(key, b"")
    try:
        yield True
    finally:
        # A mark that stays is harmless unless this step is taken again.
        with suppress(StoreUnavailableError):
            store.delete(key)
