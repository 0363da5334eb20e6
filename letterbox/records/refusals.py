"""How often each board was refused, and why: by hour, of each process of the API."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore
from letterbox.domain.refusals import Refusal
from letterbox.storage.objects import listed_keys

_KEPT = timedelta(days=31)


class _Counted(BaseModel):
    model_config = ConfigDict(frozen=True)

    board: str
    answer: str
    hour: int
    count: int


class _Day(BaseModel):
    model_config = ConfigDict(frozen=True)

    refusals: tuple[_Counted, ...] = ()


class StoredRefusals:
    """
    Keeps the counts of one day and one process as one object. Blocking.

    Nobody else writes it: what a process has not written when it dies is lost.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def write(self, writer: str, day: date, counts: Mapping[Refusal, int]) -> None:
        """Write what a process has counted on a day so far."""
        counted = tuple(
            _Counted(
                board=one.board, answer=one.answer, hour=one.hour.hour, count=number
            )
            for one, number in sorted(counts.items())
        )
        body = _Day(refusals=counted).model_dump_json().encode()
        self._store.put(keys.refusals(day, writer), body)

    def read(self, day: date) -> Counter[Refusal]:
        """Add up what all processes have counted on a day."""
        total = Counter[Refusal]()
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for key in listed_keys(self._store, keys.refusals_of(day)):
            for one in self._read(key).refusals:
                hour = midnight + timedelta(hours=one.hour)
                total[Refusal(one.board, one.answer, hour)] += one.count
        return total

    def remove_old(self, today: date) -> None:
        """Remove what nobody looks at any more."""
        oldest = keys.refusals_of(today - _KEPT)
        for key in self._before(oldest):
            self._store.delete(key)

    def _before(self, oldest: str) -> Iterator[str]:
        for key in listed_keys(self._store, keys.REFUSALS):
            if key >= oldest:
                return
            yield key

    def _read(self, key: str) -> _Day:
        try:
            return _Day.model_validate_json(self._store.get(key))
        except (FileNotFoundError, ValidationError):
            return _Day()
