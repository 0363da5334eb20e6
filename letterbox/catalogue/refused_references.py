"""Which references boards asked for in vain: bounded, best effort, in the store."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from threading import Lock

from pydantic import BaseModel, ConfigDict

from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore
from letterbox.storage.objects import read_or

# They come from strangers, though signed: the latest are kept, and their beginnings.
_MAX_REFERENCES = 500
_MAX_LENGTH = 200
_MAX_ATTEMPTS = 10


class Refused(BaseModel):
    """One reference, how often it was answered "no such job", and when."""

    model_config = ConfigDict(frozen=True)

    board: str
    reference: str
    times: int
    since: datetime
    last: datetime

    def and_then(self, later: "Refused") -> "Refused":
        """Return both counts together, with the later time."""
        times = self.times + later.times
        return later.model_copy(update={"times": times, "since": self.since})


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True)

    refused: tuple[Refused, ...] = ()


class RefusedReferenceCounter:
    """
    Counts in memory, for any thread; ``flush`` writes what was counted.

    What is not written when a process dies is lost.
    """

    def __init__(
        self,
        store: ObjectStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._now = now
        self._counted: dict[tuple[str, str], Refused] = {}
        self._lock = Lock()

    def note(self, board: str, reference: str) -> None:
        """Count one; never waits for the store."""
        now = self._now()
        refused = Refused(
            board=board, reference=reference[:_MAX_LENGTH], times=1, since=now, last=now
        )
        with self._lock:
            _add(self._counted, refused)

    def flush(self) -> None:
        """Write what was counted since the last call (StoreUnavailableError)."""
        with self._lock:
            counted, self._counted = self._counted, {}
        for board in {board for board, _ in counted}:
            ours = {key: refused for key, refused in counted.items() if key[0] == board}
            self._write(board, ours)

    def _write(self, board: str, counted: Mapping[tuple[str, str], Refused]) -> None:
        key = keys.refused_references(board)
        for _ in range(_MAX_ATTEMPTS):
            page, version = read_or(self._store, key, _Page())
            merged = {(known.board, known.reference): known for known in page.refused}
            for refused in sorted(counted.values(), key=lambda refused: refused.last):
                _add(merged, refused)
            body = _Page(refused=tuple(merged.values())).model_dump_json()
            if self._store.replace(key, body.encode(), version):
                return


def load_refused(store: ObjectStore) -> Iterator[Refused]:
    """Read all of it, of each board the latest first."""
    for listed in store.list(keys.REFUSED_REFERENCES):
        page, _ = read_or(store, listed.key, _Page())
        yield from sorted(page.refused, key=lambda refused: refused.last, reverse=True)


def _add(known: dict[tuple[str, str], Refused], refused: Refused) -> None:
    key = refused.board, refused.reference
    before = known.pop(key, None)
    known[key] = before.and_then(refused) if before else refused
    while len(known) > _MAX_REFERENCES:
        del known[next(iter(known))]
