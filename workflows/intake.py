"""From the inbox to the record: collect, fetch, store, scan, match, record."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from workflows import amending, steps
from workflows.alarms import Tries
from workflows.outbox import Outbox
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import EventType, Flag
    from letterbox.domain.messages import (
        Collected,
        Fetched,
        MatchedPosition,
        Recording,
        Scanned,
        Step,
        StoredDocuments,
    )
    from letterbox.domain.status import Recorded, Status


class Intake:
    """Takes submissions of one application over; remembers what was done in vain."""

    def __init__(
        self,
        application_id: str,
        state: ApplicationState,
        outbox: Outbox,
        *,
        is_new: bool,
    ) -> None:
        self._id = application_id
        self._state = state
        self._outbox = outbox
        self._is_new = is_new
        self.asked = Tries(workflow.now())
        self.scanned = Tries(workflow.now())

    async def take_in(self, *, again: bool = False, is_last: bool = False) -> None:
        """
        Take over whatever lies in the inbox, or ask the board ``again``.

        The board is asked with less patience for the last time, before archiving.
        """
        async with self._old_lock():
            while True:
                collected = await steps.collect(
                    self._id, again=again, was_recorded=self._state.is_recorded
                )
                if not self._is_new:
                    self._outbox.is_open = collected.deliver
                if collected.ended:
                    self._state.set_status(Status(stage=collected.ended))
                    break
                await self._take_up(collected, is_last=is_last)
                if self._state.is_over or not collected.more:
                    break
                if self._is_new and workflow.info().is_continue_as_new_suggested():
                    break
                again = False

    async def scan_again(self) -> None:
        """Have those documents looked at for which the scanner was away."""
        before = self._state.status
        scanned = await steps.scan_documents(self._id, before.unscanned)
        self.scanned = self.scanned.another(
            workflow.now(), failed_attempts=bool(scanned.unscanned)
        )
        await self._state.amend(amending.note_scan(self._id, scanned))
        if self._state.status != before and not self._is_new:
            self._outbox.add(EventType.UPDATED, self._state.status)

    async def _take_up(self, collected: Collected, *, is_last: bool) -> None:
        known = collected.recorded
        if known and (self._is_new or not collected.fresh):
            # Before the board is asked: it may hang, and people ask meanwhile.
            self._state.take_over(known)
        if collected.lost_source:
            await self._go_without_source()
        if collected.fresh:
            recorded = await self._take_over(collected, is_last=is_last)
            self._state.take_over(recorded)
            self._announce(known, recorded)

    async def _go_without_source(self) -> None:
        """Leave the board unasked: there is no notice any more to ask it by."""
        self.asked = self.asked.another(workflow.now(), failed_attempts=True)
        if Flag.INCOMPLETE in self._state.status.flags:
            return
        note = amending.note_flag(self._id, Flag.INCOMPLETE)
        if self._is_new:
            await self._state.amend(note)
        else:
            self._state.take_over(await note)

    def _announce(self, before: Recorded | None, recorded: Recorded) -> None:
        """Tell the ATS of what a step by an older release has recorded."""
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
        return nullcontext() if self._is_new else _held(self._state.lock)

    async def _take_over(self, collected: Collected, *, is_last: bool) -> Recorded:
        """Make a submission part of the record; every step may run twice."""
        step = Step(
            application_id=self._id, view=collected.view, repeated=collected.repeated
        )
        fetched = await self._fetch(step, is_last=is_last) if collected.fetch else None
        stored = await self._store(step, fetched, is_last=is_last)
        is_whole = stored.whole and (fetched is None or fetched.whole)
        scanned = await self._scan(stored) if collected.scan else None
        recording = Recording(
            step=step,
            stored=stored,
            scanned=scanned,
            matched=await self._match(step, collected),
            available=fetched.available if fetched else True,
            whole=is_whole,
        )
        recorded = await self._record(recording)
        now = workflow.now()
        self.scanned = Tries(now)
        if fetched:
            is_told = fetched.available and is_whole
            self.asked = self.asked.another(
                now, failed_attempts=not is_told, news_at=fetched.news_at
            )
        return recorded

    async def _record(self, recording: Recording) -> Recorded:
        if self._is_new:
            return await self._state.alone(steps.record(recording))
        return await steps.record(recording)

    async def _fetch(self, step: Step, *, is_last: bool) -> Fetched:
        try:
            return await steps.fetch_application(step, is_last=is_last)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # Not to be had for a day: recorded as far as it is known.
            return Fetched(available=False)

    async def _store(
        self, step: Step, fetched: Fetched | None, *, is_last: bool
    ) -> StoredDocuments:
        if fetched is None:
            return await steps.store_documents(step)
        if not fetched.available:
            return StoredDocuments()
        try:
            return await steps.fetch_documents(step, is_last=is_last)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # What we hold stays; the board is asked for the others again.
            return StoredDocuments(whole=False)

    async def _scan(self, stored: StoredDocuments) -> Scanned:
        # The missing too: an earlier run may have put them in quarantine.
        names = tuple(one.name for one in stored.documents if one.name)
        return await steps.scan_documents(self._id, names) if names else Scanned()

    async def _match(self, step: Step, collected: Collected) -> MatchedPosition | None:
        """Leave the position alone where a second, whole submission came."""
        if collected.recorded and not collected.fetch:
            return None
        return await steps.match_position(step)


@asynccontextmanager
async def _held(lock: asyncio.Lock) -> AsyncIterator[None]:
    async with lock:
        yield
