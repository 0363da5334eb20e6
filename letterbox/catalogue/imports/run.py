"""Bring the catalogue in line with a feed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import Literal, TypeVar

from letterbox.catalogue.changes import document, mark
from letterbox.catalogue.feeds.findings import Findings
from letterbox.catalogue.feeds.read import Feed
from letterbox.catalogue.imports.lease import ImportLease
from letterbox.catalogue.imports.removals import (
    Removals,
    WaitingRemovals,
    removals,
)
from letterbox.catalogue.imports.report import (
    SAMPLES,
    ImportOrder,
    ImportReport,
    update_status,
)
from letterbox.catalogue.imports.spool import FeedSpool, identity_of
from letterbox.catalogue.imports.writer import Change, FeedWriter, unstamped
from letterbox.catalogue.lookup import load, load_status
from letterbox.domain import keys
from letterbox.domain.catalogue_status import FeedStatus, ImportTrouble
from letterbox.domain.errors import DamagedError, ImportBusyError, LetterboxError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position
from letterbox.parallel import in_parallel
from letterbox.storage.objects import listed_keys

# A store answers in milliseconds, most of them spent waiting.
_WORKERS = 16

Stage = Literal["reading", "comparing", "writing", "removing"]
Progress = Callable[[Stage, int, int | None], None]
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
        self._are_samples = False
        self._is_noted = False

    def run(self, feed: Feed, order: ImportOrder) -> ImportReport:
        """
        Write what the feed names, then remove what it no longer names, if it may.

        A damaged job costs the others nothing. Nothing is written where no job can be
        read (MalformedError), and while another import runs (ImportBusyError).
        """
        self._is_noted = False
        if order.dry_run:
            feeds = load_status(self._store).feeds
            self._note_before(feeds.get(order.hirer or "", FeedStatus()))
            return self._run(feed, order)
        with self._lease.held():
            self._began = self._now()
            if order.partial:
                return self._run(feed, order)
            self._note_before(update_status(self._store, order.hirer, self._begin))
            try:
                report = self._run(feed, order)
            except LetterboxError as error:
                self.fail(order, error)
                raise
            update_status(
                self._store, order.hirer, lambda feed: self._finish(feed, order, report)
            )
        return report

    def _note_before(self, before: FeedStatus) -> None:
        self._whole_before = before.whole_at
        self._are_samples = before.source == SAMPLES

    def fail(self, order: ImportOrder, error: LetterboxError) -> None:
        """Note that an import came to nothing; harmless where the store is away."""
        if order.partial or order.dry_run or self._is_noted:
            return
        if isinstance(error, ImportBusyError):
            return
        self._is_noted = True
        reason = f"{type(error).__name__}: {error}"
        # With the store away there is nothing to note it in; what is stale is no more
        # believed in the end.
        with suppress(LetterboxError):
            update_status(
                self._store,
                order.hirer,
                lambda feed: feed.in_trouble(ImportTrouble.FAILED, self._now(), reason),
            )

    def _begin(self, feed: FeedStatus) -> FeedStatus:
        return feed.model_copy(update={"begun_at": self._began})

    def _finish(
        self, feed: FeedStatus, order: ImportOrder, report: ImportReport
    ) -> FeedStatus | None:
        changes = {
            "source": order.source,
            "positions": report.positions,
            "every_seconds": order.every.total_seconds() if order.every else None,
            "begun_at": None,
            "ended_at": self._now(),
            "waiting": report.removals_waiting,
            "skipped": report.skipped,
            "mended": report.mended,
        }
        if report.trouble:
            feed = feed.in_trouble(report.trouble, self._now(), report.words())
            return feed.model_copy(update=changes)
        if not report.positions:
            return None  # A feed without positions says nothing of any.
        return FeedStatus.model_validate(changes | {"whole_at": self._began})

    def _run(self, feed: Feed, order: ImportOrder) -> ImportReport:
        with TemporaryFile() as file, ThreadPoolExecutor(_WORKERS) as pool:
            spool = FeedSpool(file)
            spool.fill(
                feed, order.hirer, lambda done: self._progress("reading", done, None)
            )
            return self._apply(pool, spool, feed, order)

    def _apply(
        self, pool: Executor, spool: FeedSpool, feed: Feed, order: ImportOrder
    ) -> ImportReport:
        findings = feed.findings
        order = replace(order, cut_off=order.cut_off or findings.cut_off)
        known = self._known(pool, _scope(spool, order))
        waiting = WaitingRemovals(self._store, order.hirer)
        leaving = removals(
            spool, known, order, waiting, findings, are_samples=self._are_samples
        )
        writer = FeedWriter(
            self._store,
            self._lease,
            began=self._began,
            whole_before=self._whole_before,
            dry_run=order.dry_run,
        )

        def take_over(position: Position) -> Change:
            return writer.take_over(position, known, leaving)

        changes = Counter(self._each(pool, "writing", take_over, spool, len(spool)))
        absent = [*leaving.absent]
        if not (order.partial or order.cut_off or findings.skipped):
            absent += unstamped(spool, known)
        if order.dry_run:
            for position in leaving.absent:
                findings.note("would be removed", reference=position.reference)
        else:
            self._lease.check()
        changes.update(self._each(pool, "removing", writer.remove, absent, len(absent)))
        if leaving.counts is not None and not order.dry_run:
            waiting.save(leaving.counts)
        for reference in sorted(leaving.waiting):
            findings.note("waits to be removed", reference=reference)
        # A feed that never named anything makes no job unknown.
        if not (order.partial or order.dry_run) and (len(spool) or known):
            mark(self._store, self._now(), positions=len(spool), source=order.source)
        return _report(spool, order, leaving, findings, changes)

    def _known(self, pool: Executor, scope: set[str | None]) -> dict[bytes, bytes]:
        """Read the documents of the hirers in scope; as bytes, they are small."""
        names = {keys.position_name(hirer) for hirer in scope}
        listed = [
            key
            for key in listed_keys(self._store, keys.POSITIONS)
            if keys.without_variant(key.rpartition("/")[2]) in names
        ]
        positions = self._each(pool, "comparing", self._load, listed, len(listed))
        return {
            identity_of(position): document(position)
            for position in positions
            if position
        }

    def _load(self, key: str) -> Position | None:
        try:
            return load(self._store, key)
        except DamagedError:
            return None  # The feed says it anew, or nobody does.

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


def _scope(spool: FeedSpool, order: ImportOrder) -> set[str | None]:
    named = {order.hirer} if order.hirer else set()
    return spool.hirers | named or {None}


def _report(
    spool: FeedSpool,
    order: ImportOrder,
    leaving: Removals,
    findings: Findings,
    changes: Counter[Change],
) -> ImportReport:
    return ImportReport(
        source=order.source,
        positions=len(spool),
        added=changes["added"],
        changed=changes["changed"],
        unchanged=changes["unchanged"],
        removed=changes["removed"],
        repeated=spool.repeated,
        mended=findings.mended,
        skipped=findings.skipped,
        doubtful=findings.doubtful,
        removals_waiting=len(leaving.waiting),
        cut_off=order.cut_off,
        unused=dict(findings.unused.most_common()),
        faults=tuple(findings.faults),
        notes=(*findings.unlisted(), *findings.notes),
    )
