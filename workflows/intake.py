"""From the inbox to the record: store the documents, fetch, scan, match."""

from contextlib import AbstractAsyncContextManager, nullcontext

from temporalio import workflow

from workflows import older, steps
from workflows.alarms import Attempts
from workflows.calls import unless_away
from workflows.outbox import Outbox
from workflows.record_access import RecordAccess
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import EventType, Flag
    from letterbox.domain.commands import NoteFlagInput, NoteScanInput
    from letterbox.domain.messages import (
        FetchApplicationResult,
        FetchInput,
        RecordInput,
        ScanInput,
        ScanResult,
        StepInput,
        StoreInput,
        StoreResult,
    )
    from letterbox.domain.status import Recorded, Status


class Intake:
    """Takes submissions of one application over, and counts what has failed."""

    def __init__(
        self, state: ApplicationState, record: RecordAccess, outbox: Outbox
    ) -> None:
        self._id = state.application_id
        self._state = state
        self._record = record
        self._outbox = outbox
        self._in_two_steps = state.in_two_steps

    async def take_in(self, *, again: bool = False, is_last: bool = False) -> None:
        """
        Take over whatever lies in the inbox, or ask the board ``again``.

        The last time, before archiving, the board is asked for an hour, not for a day.
        """
        async with self._old_lock():
            while True:
                store = steps.store_documents if self._in_two_steps else older.collect
                collected = await store(
                    StoreInput(
                        application_id=self._id,
                        again=again,
                        was_recorded=self._state.is_recorded,
                    )
                )
                if not self._state.is_new:
                    self._outbox.is_open = collected.deliver
                if collected.ended:
                    self._record.set_status(Status(stage=collected.ended))
                    break
                await self._take_up(collected, is_last=is_last)
                if self._state.is_ended or not collected.more:
                    break
                if (
                    self._state.is_new
                    and workflow.info().is_continue_as_new_suggested()
                ):
                    break
                again = False

    async def scan_again(self) -> None:
        """Scan the documents for which the scanner was away."""
        before = self._state.status
        scanned = await self._scan(before.unscanned)
        self._state.scanning = self._state.scanning.another(
            workflow.now(), failed=bool(scanned.unscanned)
        )
        await self._record.amend(
            steps.note_scan(NoteScanInput(application_id=self._id, scanned=scanned))
        )
        if self._state.status != before and not self._state.is_new:
            self._outbox.add(EventType.UPDATED, self._state.status)

    async def _take_up(self, collected: StoreResult, *, is_last: bool) -> None:
        known = collected.recorded
        if known and (self._state.is_new or not collected.fresh):
            # Before the board is asked: it may hang, and people ask meanwhile.
            self._record.take_over(known)
        if collected.lost_source:
            await self._go_without_source()
        if collected.fresh:
            recorded = await self._take_over(collected, is_last=is_last)
            self._record.take_over(recorded)
            self._announce(known, recorded)

    async def _go_without_source(self) -> None:
        """Leave the board unasked: there is no notice any more to ask it by."""
        self._state.asking = self._state.asking.another(workflow.now(), failed=True)
        if Flag.INCOMPLETE in self._state.status.flags:
            return
        step = steps.note_flag(
            NoteFlagInput(application_id=self._id, flag=Flag.INCOMPLETE)
        )
        if self._state.is_new:
            await self._record.amend(step)
        else:
            self._record.take_over(await step)

    def _announce(self, before: Recorded | None, recorded: Recorded) -> None:
        """Put in line what a step by an older release has recorded."""
        if recorded.deliver is not None:
            return
        if before is None:
            self._outbox.add(EventType.RECORDED, self._state.status)
        elif before.status != self._state.status:
            self._outbox.add(EventType.UPDATED, self._state.status)
        if self._state.status.position and not (before and before.position):
            self._outbox.add(EventType.MATCHED, self._state.status)

    def _old_lock(self) -> AbstractAsyncContextManager[None]:
        # Runs that older releases began hold the lock over all of it, boards included.
        return nullcontext() if self._state.is_new else self._record.lock

    async def _take_over(self, collected: StoreResult, *, is_last: bool) -> Recorded:
        """Make a submission part of the record; every step may run twice."""
        step = StepInput(
            application_id=self._id, view=collected.view, repeated=collected.repeated
        )
        fetched = await self._fetch(step, is_last=is_last) if collected.fetch else None
        stored = fetched.stored if fetched else collected.stored
        if not self._in_two_steps:
            stored = await older.documents(step, fetched, is_last=is_last)
        is_whole = stored.whole and (fetched is None or fetched.whole)
        scanned = None
        if collected.scan:
            # The missing too: an earlier run may have put them in quarantine.
            names = tuple(one.name for one in stored.documents if one.name)
            scanned = await self._scan(names) if names else ScanResult()
        recording = RecordInput(
            step=step,
            stored=stored,
            scanned=scanned,
            available=fetched.available if fetched else True,
            whole=is_whole,
        )
        recorded = await self._match(recording, collected)
        now = workflow.now()
        self._state.scanning = Attempts(now)
        if fetched:
            is_complete = fetched.available and is_whole
            self._state.asking = self._state.asking.another(
                now, failed=not is_complete, news_at=fetched.news_at
            )
        return recorded

    async def _fetch(self, step: StepInput, *, is_last: bool) -> FetchApplicationResult:
        if not self._in_two_steps:
            ask = older.fetch_application_last if is_last else older.fetch_application
            # Recorded as far as it is known where the board is away for a day.
            return await unless_away(ask(step), FetchApplicationResult(available=False))
        fetch = steps.fetch_application_last if is_last else steps.fetch_application
        # The same; the store knows whether it is documents alone that have not come.
        unfinished = FetchApplicationResult(whole=False)
        return await unless_away(fetch(FetchInput(step=step)), unfinished)

    async def _scan(self, names: tuple[str, ...]) -> ScanResult:
        return await steps.scan_documents(
            ScanInput(application_id=self._id, names=names)
        )

    async def _match(self, args: RecordInput, collected: StoreResult) -> Recorded:
        if self._in_two_steps:
            return await self._record.alone(steps.match_position(args))
        writing = older.record(await older.with_position(args, collected))
        if self._state.is_new:
            return await self._record.alone(writing)
        return await writing
