"""Writes that come after an erasure: taken back by one check at the end of a step."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from letterbox.archive import endings
from letterbox.domain.ports import ObjectStore

_WRITTEN: ContextVar[tuple[str, list[str]] | None] = ContextVar(
    "_WRITTEN", default=None
)


@contextmanager
def checking_once(store: ObjectStore, application_id: str) -> Iterator[None]:
    """
    Take back what the block wrote, if its application was removed meanwhile.

    At its end, however it ends (EndedError). What a process leaves that dies before
    that, its step removes when it is taken again: it looks first.
    """
    written: list[str] = []
    before = _WRITTEN.set((application_id, written))
    try:
        yield
    finally:
        _WRITTEN.reset(before)
        if written:
            endings.take_back_if_removed(store, application_id, *written)


def check_written(store: ObjectStore, application_id: str, key: str) -> None:
    """Take back what was just written, if it was removed, or leave it to the block."""
    deferred = _WRITTEN.get()
    if deferred and deferred[0] == application_id:
        deferred[1].append(key)
    else:
        endings.take_back_if_removed(store, application_id, key)
