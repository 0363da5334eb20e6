"""Bring the catalogue in line with a feed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import Literal, TypeVar

from letterbox.catalogue.changes import TRIES, document, look_up, mark, write
from letterbox.catalogue.feeds.read import Feed
from letterbox.catalogue.imports import status
from letterbox.catalogue.imports.lease import ImportLease
from letterbox.catalogue.imports.removals import Removals, removals
from letterbox.catalogue.imports.report import ImportOrder, ImportReport
from letterbox.catalogue.imports.spool import FeedSpool, identity_of
from letterbox.catalogue.lookup import load
from letterbox.domain import keys
from letterbox.domain.catalogue_status import FeedStatus, Trouble
from letterbox.domain.errors import (
    DamagedError,
    ImportBusyError,
    LetterboxError,
    StoreUnavailableError,
)
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position, PositionStatus, updated
from letterbox.parallel import in_parallel

__all__ = ["CatalogueImport", "ImportOrder", "ImportReport"]

# A store answers in milliseconds, most of them spent waiting.
_WORKERS = 16
# Longer than a feed hiccups, should no import come in between.
_AWAY = timedelta(days=1)

Stage = Literal["reading", "comparing", "writing", "removing"]
Progress = Callable[[Stage, int, int | None], None]
Change = Literal["added", "changed", "unchanged", "removed", "waiting"]
Item = TypeVar("Item")
Result = TypeVar("Result")


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
        self._lease = ImportLease(store)
        self._began = now()
        self._whole_before: datetime | None = None
        self._is_noted = False

    def run(self, feed: Feed, order: ImportOrder) -> ImportReport:
        """
        Write what the feed tells, then remove what it no longer tells, if it may.

        A spoilt job costs the others nothing. Nothing is written where no job can be
        read (MalformedError), and while another import runs (ImportBusyError).
        """
        self._is_noted = False
        with self._lease.held():
            self._began = self._now()
            if order.partial:
                return self._run(feed, order)
            before = status.note(self._store, order.hirer, self._begin)
            self._whole_before = before.whole_at
            try:
                report = self._run(feed, order)
            except LetterboxError as error:
                self.fail(order, error)
                raise
            self._finish(order, report)
        return report

    def fail(self, order: ImportOrder, error: LetterboxError) -> None:
        """Note that an import came to nothing; harmless where the store is away."""
        if order.partial or self._is_noted or isinstance(error, ImportBusyError):
            return
        self._is_noted = True
        reason = f"{type(error).__name__}: {error}"
        # With the store away there is nothing to note it in; what is stale is no more
        # believed in the end.
        with suppress(LetterboxError):
            status.note(
                self._store,
                order.hirer,
                lambda feed: feed.in_trouble(Trouble.FAILED, self._now(), reason),
            )

    def _begin(self, feed: FeedStatus) -> FeedStatus:
        return feed.model_copy(update={"begun_at": self._began})

    def _finish(self, order: ImportOrder, report: ImportReport) -> None:
        words = report.words()
        every = order.every.total_seconds() if order.every else None

        def finish(feed: FeedStatus) -> FeedStatus | None:
            told = {
                "source": order.source,
                "positions": report.positions,
                "every_seconds": every,
                "begun_at": None,
                "ended_at": self._now(),
                "waiting": report.removals_waiting,
                "skipped": report.skipped,
                "mended": report.mended,
            }
            if report.trouble:
                feed = feed.in_trouble(report.trouble, self._now(), words)
                return feed.model_copy(update=told)
            if not report.positions:
                return None  # A feed without positions says nothing of any.
            return FeedStatus.model_validate(told | {"whole_at": self._began})

        status.note(self._store, order.hirer, finish)

    def _run(self, feed: Feed, order: ImportOrder) -> ImportReport:
        with TemporaryFile() as file, ThreadPoolExecutor(_WORKERS) as pool:
            told = FeedSpool(file)
            told.fill(
                feed, order.hirer, lambda done: self._progress("reading", done, None)
            )
            return self._bring_in(pool, told, feed, order)

    def _bring_in(
        self, pool: Executor, told: FeedSpool, feed: Feed, order: ImportOrder
    ) -> ImportReport:
        found = feed.findings
        order = replace(order, cut_off=order.cut_off or found.cut_off)
        known = self._known(pool, _scope(told, order))
        waiting = status.WaitingRemovals(self._store, order.hirer)
        leaving = removals(told, known, order, waiting, found)

        def take_over(position: Position) -> Change:
            return self._take_over(position, known, leaving)

        changes = Counter(self._each(pool, "writing", take_over, told, len(told)))
        away = [*leaving.absent]
        if not (order.partial or order.cut_off or found.skipped):
            away += self._unstamped(told, known)
        self._lease.check()
        changes.update(self._each(pool, "removing", self._remove, away, len(away)))
        if leaving.counts is not None:
            waiting.keep(leaving.counts)
        for reference in sorted(leaving.waiting):
            found.note("waits to be removed", reference=reference)
        # A feed that never told anything makes no job unknown.
        if not order.partial and (len(told) or known):
            mark(self._store, self._now(), positions=len(told), source=order.source)
        return ImportReport(
            source=order.source,
            positions=len(told),
            added=changes["added"],
            changed=changes["changed"],
            unchanged=changes["unchanged"],
            removed=changes["removed"],
            repeated=told.repeated,
            mended=found.mended,
            skipped=found.skipped,
            doubtful=found.doubtful,
            removals_waiting=len(leaving.waiting),
            cut_off=order.cut_off,
            faults=tuple(found.faults),
            notes=(*found.unlisted(), *found.notes),
        )

    def _known(self, pool: Executor, scope: set[str | None]) -> dict[bytes, bytes]:
        """Read the documents of the hirers in scope; as bytes, they are small."""
        names = {keys.position_name(hirer) for hirer in scope}
        listed = [
            stored.key
            for stored in self._store.list(keys.POSITIONS)
            if keys.without_variant(stored.key.rpartition("/")[2]) in names
        ]
        found = self._each(pool, "comparing", self._load, listed, len(listed))
        return {identity_of(one): document(one) for one in found if one}

    def _load(self, key: str) -> Position | None:
        try:
            return load(self._store, key)
        except DamagedError:
            return None  # The feed says it anew, or nobody does.

    def _take_over(
        self, told: Position, known: Mapping[bytes, bytes], leaving: Removals
    ) -> Change:
        identity = identity_of(told)
        if body := known.get(identity):
            before = Position.model_validate_json(body)
            if (
                told.status is PositionStatus.REMOVED
                and before.status is not PositionStatus.REMOVED
                and identity not in leaving.named
            ):
                return "waiting"
            if self._updated(before, told) == before:
                return "unchanged"
        self._lease.check()
        for _ in range(TRIES):
            # A person may have closed it since it was compared, or does so now.
            held = look_up(self._store, told.reference, told.hirer)
            after = self._updated(held.position, told)
            if after == held.position:
                return "unchanged"
            if write(self._store, after, held):
                return "changed" if held.version else "added"
        raise StoreUnavailableError("a position is changed again and again")

    def _updated(self, before: Position | None, told: Position) -> Position:
        """Take over what the feed tells; who comes back after long is another."""
        if (
            before
            and before.status is PositionStatus.REMOVED
            and before.absent_since
            and (
                status.is_new_posting(before.absent_since, self._whole_before)
                or self._began - before.absent_since > _AWAY
            )
        ):
            before = None
        return updated(before, told)

    def _unstamped(
        self, told: FeedSpool, known: Mapping[bytes, bytes]
    ) -> Iterator[Position]:
        """Give what was closed by hand and removed before that was noted."""
        for identity, body in known.items():
            if identity not in told:
                position = Position.model_validate_json(body)
                if _is_unstamped(position):
                    yield position

    def _remove(self, position: Position) -> Change:
        for _ in range(TRIES):
            held = look_up(self._store, position.reference, position.hirer)
            before = held.position
            if before is None:
                return "unchanged"
            is_removed = before.status is PositionStatus.REMOVED
            if is_removed and not _is_unstamped(before):
                return "unchanged"
            if write(self._store, before.absent(self._began), held):
                return "unchanged" if is_removed else "removed"
        raise StoreUnavailableError("a position is changed again and again")

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


def _is_unstamped(position: Position) -> bool:
    return (
        position.status is PositionStatus.REMOVED
        and position.closed_by_hand
        and position.absent_since is None
    )


def _scope(told: FeedSpool, order: ImportOrder) -> set[str | None]:
    named = {order.hirer} if order.hirer else set()
    return told.hirers | named or {None}
