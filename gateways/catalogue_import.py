"""Bring the catalogue in line with a feed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from tempfile import TemporaryFile
from typing import Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict

from domain import keys
from domain.errors import RefusedError
from domain.ports import ObjectStore
from domain.positions import Position, PositionStatus, updated
from gateways.catalogue import load
from gateways.catalogue_writer import document, key_of, mark, write
from gateways.feed_spool import FeedSpool
from gateways.feeds import Feed
from gateways.parallel import in_parallel

# A store answers in milliseconds, most of them spent waiting.
_WORKERS = 16

Stage = Literal["reading", "comparing", "writing", "removing"]
Progress = Callable[[Stage, int, int | None], None]
Change = Literal["added", "changed", "unchanged", "removed"]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """
    What a feed is, and how far it may reach.

    ``hirer`` is whose the positions are that name none; ``partial`` says that what
    is absent is not gone; ``force`` lets it remove more than half. ``source`` is kept.
    """

    source: str
    hirer: str | None = None
    partial: bool = False
    force: bool = False


class ImportReport(BaseModel):
    """What an import did; ``repeated`` counts what a feed told more than once."""

    model_config = ConfigDict(frozen=True)

    source: str
    positions: int
    added: int
    changed: int
    unchanged: int
    removed: int
    repeated: int


class CatalogueImport:
    """
    Imports feeds. An import that was interrupted is finished by running it again.

    What is absent is looked for among the positions of the hirers that occur in the
    feed and of the order's. Where there are none of these, among those of no hirer.
    """

    def __init__(
        self,
        store: ObjectStore,
        progress: Progress = lambda _stage, _done, _total: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._progress = progress
        self._now = now

    def run(self, feed: Feed, order: ImportOrder) -> ImportReport:
        """
        Write what the feed tells, then remove what it no longer tells.

        Nothing is written where the feed is broken (MalformedError) or would remove
        more than half (RefusedError).
        """
        with TemporaryFile() as file, ThreadPoolExecutor(_WORKERS) as pool:
            told = FeedSpool(file)
            told.fill(
                feed, order.hirer, lambda done: self._progress("reading", done, None)
            )
            known = self._known(pool, _scope(told, order))
            gone = _gone(told, known, order)
            take_over = partial(self._take_over, known)
            changes = Counter(self._each(pool, "writing", take_over, told, len(told)))
            changes.update(self._each(pool, "removing", self._remove, gone, len(gone)))
        report = ImportReport(
            source=order.source,
            positions=len(told),
            repeated=told.repeated,
            **{change: changes[change] for change in get_args(Change)},
        )
        # A feed that never told anything makes no job unknown.
        if len(told) or known:
            mark(self._store, self._now(), positions=len(told), source=order.source)
        return report

    def _known(self, pool: Executor, scope: set[str | None]) -> dict[str, bytes]:
        """Read the documents of the hirers in scope; as bytes, they are small."""
        names = {keys.position_name(hirer) for hirer in scope}
        listed = [
            stored.key
            for stored in self._store.list(keys.POSITIONS)
            if stored.key.rpartition("/")[2] in names
        ]
        load_one = partial(load, self._store)
        found = self._each(pool, "comparing", load_one, listed, len(listed))
        return {key_of(one): document(one) for one in found if one}

    def _take_over(self, known: dict[str, bytes], told: Position) -> Change:
        key = key_of(told)
        if key in known:
            before: Position | None = Position.model_validate_json(known[key])
            if updated(before, told) == before:
                return "unchanged"
        # A person may have closed it since it was compared.
        before = load(self._store, key)
        write(self._store, updated(before, told), before)
        return "changed" if before else "added"

    def _remove(self, key: str) -> Change:
        if before := load(self._store, key):
            write(self._store, before.removed(), before)
        return "removed"

    def _each(
        self,
        pool: Executor,
        stage: Stage,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        total: int,
    ) -> Iterator[Result]:
        results = in_parallel(pool, function, items, ahead=4 * _WORKERS)
        for done, result in enumerate(results, 1):
            self._progress(stage, done, total)
            yield result


def _scope(told: FeedSpool, order: ImportOrder) -> set[str | None]:
    named = {order.hirer} if order.hirer else set()
    return told.hirers | named or {None}


def _gone(
    told: FeedSpool, known: dict[str, bytes], order: ImportOrder
) -> Sequence[str]:
    """Tell what is absent and was not removed before."""
    present = [
        key
        for key, body in known.items()
        if Position.model_validate_json(body).status is not PositionStatus.REMOVED
    ]
    absent = [key for key in present if key not in told and not order.partial]
    leaving = len(absent) + sum(map(told.removes, present))
    if leaving * 2 > len(present) and not order.force:
        raise RefusedError(
            f"this would remove {leaving} of {len(present)} positions, and the feed "
            "may be broken; if it is right, say --force"
        )
    return absent
