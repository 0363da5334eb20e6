"""Writes that come after an erasure: taken back by one check at the end of a step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from letterbox.archive import endings
from letterbox.domain.ports import ObjectStore

# A step takes milliseconds. Where more goes by, its process may have stood still.
_UNCHECKED_SECONDS = 2.0


class _Block:
    """What a block has written of its application, and when that was checked last."""

    def __init__(
        self, store: ObjectStore, application_id: str, clock: Callable[[], float]
    ) -> None:
        self.application_id = application_id
        self._store = store
        self._clock = clock
        self._written: list[str] = []
        self._checked_at = clock()

    def add(self, key: str) -> None:
        """
        Note what was written, and check at once where the block takes long.

        Who stood still past an erasure and goes on may die before the end, and nobody
        takes the step of an erased application again.
        """
        self._written.append(key)
        if self._clock() - self._checked_at > _UNCHECKED_SECONDS:
            self.check()

    def check(self) -> None:
        """Take back all that was written, if it was removed meanwhile (EndedError)."""
        self._checked_at = self._clock()
        if self._written:
            endings.take_back_if_removed(
                self._store, self.application_id, *self._written
            )


_BLOCK: ContextVar[_Block | None] = ContextVar("_BLOCK", default=None)


@contextmanager
def checking_once(
    store: ObjectStore, application_id: str, clock: Callable[[], float] = monotonic
) -> Iterator[None]:
    """
    Take back what the block wrote, if its application was removed meanwhile.

    At its end, however it ends, and now and then where it takes long (EndedError).
    What a process leaves that dies before that, its step removes when it is taken
    again: it checks first. Where it is not, an audit finds it.
    """
    block = _Block(store, application_id, clock)
    before = _BLOCK.set(block)
    try:
        yield
    finally:
        _BLOCK.reset(before)
        block.check()


def check_written(store: ObjectStore, application_id: str, key: str) -> None:
    """Take back what was just written, if it was removed, or leave it to the block."""
    block = _BLOCK.get()
    if block and block.application_id == application_id:
        block.add(key)
    else:
        endings.take_back_if_removed(store, application_id, key)
