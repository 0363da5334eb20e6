"""The life of one application: take it in, match it, wait, archive it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from pydantic import AwareDatetime
from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows import amending, steps, undelivered
from workflows.alarms import Alarm, Why, next_alarm
from workflows.archiving import pack, retire
from workflows.holding import Holds
from workflows.intake import Intake
from workflows.outbox import Outbox
from workflows.requests import Requests, refusal_of
from workflows.state import ApplicationState, Interrupted, refused

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import EventType, Flag, Stage
    from letterbox.domain.commands import Assignment, Carried, Erasure, Holding, Release
    from letterbox.domain.status import Status


SPINE = "owed-in-the-record"
"""
The one patch of this release. Runs that began before it keep the order of their steps
(lock over a whole intake, holds under it, the alarm within the packing), until they
wake: then they go on as a new run.
"""

_NO_ATS = "there is no ATS: set LETTERBOX_DELIVERY_URL"


@workflow.defn(name="Application")
class Application:
    """
    Carry one application from a board's delivery to its archive.

    The order of the steps must stay replayable for as long as the longest open
    application waits: what may change lives in the activities. Whoever changes the
    record holds the lock, for a step on the store and no longer; an erasure interrupts
    whatever goes on.
    """

    @workflow.init
    def __init__(self, application_id: str, carried: Carried | None = None) -> None:
        self._id = application_id
        self._is_new = workflow.patched(SPINE)
        self._outbox = Outbox(
            application_id, self._note_delivered, lambda: self._state.is_over
        )
        self._state = ApplicationState(
            application_id, is_new=self._is_new, on_recorded=self._outbox.owe
        )
        self._intake = Intake(
            application_id, self._state, self._outbox, is_new=self._is_new
        )
        self._holds = Holds(application_id, self._state)
        self._requests = Requests(self._state, is_new=self._is_new)
        self._is_settled = self._is_lost = False
        self._redelivered = self._refresh = self._note_overdue = False
        self._closed_at: datetime | None = None
        self._erasure: Erasure | None = None
        self._had_last_look = False
        self._wakes, self._is_renewed = 0, False
        if carried:
            self._take_over(carried)

    @workflow.run
    async def run(
        self,
        application_id: str,  # noqa: ARG002 see __init__
        carried: Carried | None = None,  # noqa: ARG002
    ) -> Status:
        """Live, until archived, discarded or erased."""
        beside = [asyncio.create_task(self._outbox.send())]
        beside.append(asyncio.create_task(self._note()))
        while not await self._live_or_be_erased():
            if self._is_new or self._is_renewed or not self._has_news():
                # The store knows where we stand, and what the ATS is owed.
                workflow.continue_as_new(args=[self._id, self._carried()])
        for task in beside:
            task.cancel()
        return self._state.status

    @workflow.signal(name="redelivered")
    def redelivered(self) -> None:
        """Look into the inbox again: the board has sent something."""
        self._redelivered = True

    @workflow.signal(name="position_closed")
    def position_closed(self, closed_at: AwareDatetime) -> None:
        """Learn that the ad was closed; of several moments the latest counts."""
        self._closed_at = max(closed_at, self._closed_at or closed_at)

    @workflow.signal(name="overdue")
    def overdue(self) -> None:
        """Learn that the archive is late, whatever step keeps it from being made."""
        if self._state.is_over or Flag.OVERDUE in self._state.status.flags:
            return
        self._state.be_overdue()
        self._note_overdue = True
        workflow.logger.error("archive overdue", extra={"application": self._id})
        workflow.metric_meter().create_counter(
            "letterbox_overdue", "Applications whose archive is overdue."
        ).add(1)

    @workflow.query(name="status")
    def status(self) -> Status:
        """Tell where the application stands."""
        return self._state.status

    @workflow.update(name="assign_position")
    async def assign_position(self, given: Assignment) -> Status:
        """Take a person's choice of the position; RefusedError says why not."""
        await self._settled()
        recorded = await self._requests.alone(
            amending.assign_position(self._id, given, self._requests.event_id()),
            self._refuse_if_over,
        )
        self._state.take_over(recorded)
        if recorded.deliver is None:
            self._outbox.add(EventType.MATCHED, self._state.status)
        return self._state.status

    @workflow.update(name="hold")
    async def hold(self, given: Holding) -> Status:
        """Keep the application from being deleted, archived or not; or release it."""
        if self._is_new:
            return await self._holds.hold(given)
        await self._settled()
        return await self._holds.hold_as_before(given, self._check_hold)

    @workflow.update(name="refresh")
    async def refresh(self) -> Status:
        """Ask the board again, soon; the status is that before."""
        self._refresh = True
        return self._state.status

    @workflow.update(name="erase")
    async def erase(self, given: Erasure) -> Status:
        """Remove everything but the tombstone; RefusedError where it is held."""
        await amending.refuse_if_held(self._id)
        # Somebody may have asked for a hold in the same moment. The condition may be
        # false again when this task's turn comes.
        while self._holds.is_being_asked:
            await workflow.wait_condition(lambda: not self._holds.is_being_asked)
        self._check_erasure(given)
        self._erasure = self._erasure or given
        await self._requests.erased()
        return self._state.status

    @workflow.update(name="release")
    async def release(self, given: Release) -> Status:
        """Take a document out of quarantine; RefusedError where it is not there."""
        await self._settled()
        recorded = await self._requests.alone(
            amending.release_document(self._id, given), self._refuse_if_over
        )
        self._state.take_over(recorded)
        return self._state.status

    @workflow.update(name="deliver")
    async def deliver(self) -> Status:
        """Tell the ATS what it is owed, and once more where the application stands."""
        await self._settled()
        if not self._is_new:
            if not self._outbox.is_open:
                raise refused(_NO_ATS)
            self._outbox.add_again(self._state.status, str(workflow.uuid4()))
            return self._state.status
        name = self._requests.event_id()
        told = await self._requests.alone(amending.owe_again(self._id, name))
        if not told.deliver:
            raise refused(_NO_ATS)
        self._outbox.try_again()
        if told.recorded:
            self._state.take_over(told.recorded)
        else:
            self._outbox.add_again(self._state.status, name)
        return self._state.status

    @workflow.update(name="catch_up")
    async def catch_up(self) -> Status:
        """Tell the ATS what it is owed, and nothing besides."""
        await self._settled()
        found = await undelivered.find(self._id)
        if not found.deliver:
            raise refused(_NO_ATS)
        self._outbox.add_kept(found.events)
        self._outbox.try_again()
        return self._state.status

    @assign_position.validator
    def _check_assignment(self, given: Assignment) -> None:
        del given
        self._refuse_if_over()

    @hold.validator
    def _check_hold(self, given: Holding) -> None:
        if self._erasure or self._state.status.stage in {
            Stage.ERASED,
            Stage.DISCARDED,
        }:
            raise refused(f"the application is {self._stage()}: nothing to hold")
        if not given.release and given.until and given.until <= workflow.now():
            raise refused("the hold would have ended already")

    @refresh.validator
    def _check_refresh(self) -> None:
        self._refuse_if_over()

    @erase.validator
    def _check_erasure(self, given: Erasure) -> None:
        del given
        if Flag.HELD in self._state.status.flags:
            raise refused("held: release it first, `letterbox hold ID --release`")

    async def _settled(self) -> None:
        """Wait until it is known where the application stands, or is to stand."""

        def is_known() -> bool:
            is_recorded = self._is_new and self._state.is_recorded
            is_over = self._is_lost or self._erasure is not None
            return self._is_settled or is_recorded or is_over

        await self._requests.until(
            is_known, "it is not recorded yet, since its board or a step is away"
        )
        if self._is_lost:
            raise refused("there is no such application")
        is_erased = self._state.status.stage is Stage.ERASED
        if self._erasure and not (is_erased if self._is_new else self._is_settled):
            raise refused(f"the application is {self._stage()}")

    async def _live_or_be_erased(self) -> bool:
        life = asyncio.create_task(self._live())
        await workflow.wait_condition(lambda: self._erasure is not None or life.done())
        self._is_lost = life.done() and life.exception() is not None
        await self._rest(lambda: self._erasure is not None or self._is_quiet())
        if self._erasure is None:
            return await life
        if self._is_new:
            self._state.interrupt()
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        if not await self._erase(self._erasure):
            await workflow.wait_condition(workflow.all_handlers_finished)
            return False
        await self._rest(self._is_quiet)
        return True

    async def _rest(self, is_enough: Callable[[], bool]) -> None:
        """Wait; what late repeats bring to what is over is removed meanwhile."""

        def is_late() -> bool:
            return self._state.is_over and self._redelivered

        await workflow.wait_condition(lambda: is_enough() or is_late())
        while is_late():
            self._redelivered = False
            await self._take_in()
            await workflow.wait_condition(lambda: is_enough() or is_late())

    async def _live(self) -> bool:
        """Take in, then wait and do what is due; False asks for a new run."""
        over = await self._take_in()
        while not over:
            if workflow.info().is_continue_as_new_suggested() and (
                self._is_new or (self._outbox.is_empty() and not self._has_news())
            ):
                return False
            if self._is_new and not self._state.is_due:
                # News may have moved the date by months.
                self._had_last_look = False
            alarm = next_alarm(
                self._state.status,
                workflow.now(),
                asked=self._intake.asked,
                scanned=self._intake.scanned,
            )
            is_news = await self._wait(alarm)
            if self._is_to_be_renewed():
                return False
            over = await (self._heed() if is_news else self._do(alarm))
        return True

    def _is_to_be_renewed(self) -> bool:
        """Have what an older release began go on as a new run, when it wakes."""
        if self._is_new or not self._outbox.is_empty():
            return False
        self._wakes += 1
        self._is_renewed = workflow.patched(f"{SPINE}-{self._wakes}")
        return self._is_renewed

    async def _wait(self, alarm: Alarm) -> bool:
        """Wait for news or the alarm, whichever comes first; True where it is news."""
        before = self._state.status

        def is_news() -> bool:
            return self._has_news() or self._state.status != before

        if alarm.left > timedelta(0):
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    is_news, timeout=alarm.left, timeout_summary=alarm.why.value
                )
        return is_news()

    async def _heed(self) -> bool:
        """Act upon what was told; a change of the status only moves the alarm."""
        if self._redelivered or self._refresh:
            again, self._redelivered, self._refresh = self._refresh, False, False
            return await self._take_in(again=again)
        if self._closed_at:
            closed_at, self._closed_at = self._closed_at, None
            await self._state.amend(amending.note_closing(self._id, closed_at))
        return False

    async def _note(self) -> None:
        """Say in the record what the status says ahead of it, beside all else."""
        while True:
            await workflow.wait_condition(self._is_to_be_noted)
            with suppress(Interrupted):
                if self._holds.is_to_be_noted:
                    await self._holds.note()
                else:
                    note = amending.note_flag(self._id, Flag.OVERDUE)
                    await self._state.amend(note)
                    self._note_overdue = False

    def _is_to_be_noted(self) -> bool:
        is_news = self._holds.is_to_be_noted or self._note_overdue
        is_there = self._state.is_recorded and not self._state.is_over
        return is_news and is_there and self._erasure is None

    async def _do(self, alarm: Alarm) -> bool:
        match alarm.why:
            case Why.ASK_AGAIN:
                return await self._take_in()
            case Why.SCAN_AGAIN:
                await self._intake.scan_again()
            case Why.HOLD_ENDS if self._is_new:
                await self._holds.end()
            case Why.HOLD_ENDS:
                await self._state.amend(amending.end_hold(self._id))
            case Why.ARCHIVE:
                return await self._archive()
        return False

    async def _take_in(self, *, again: bool = False, is_last: bool = False) -> bool:
        """Take over whatever lies in the inbox; True where the end was reached."""
        await self._intake.take_in(again=again, is_last=is_last)
        self._is_settled = True
        return self._state.is_over

    async def _archive(self) -> bool:
        """Archive after a last look at the board; False where news came meanwhile."""
        again, self._had_last_look = not self._had_last_look, True
        if await self._take_in(again=again, is_last=True):
            return True
        if self._has_news() or not self._state.is_due:
            return False
        await pack(self._id, self._state, is_new=self._is_new)
        if self._has_news():
            return False
        retired = await retire(self._id, self._state)
        if not retired.done:
            # Something came in, or was changed: it is looked at, and packed again.
            self._redelivered = True
            return False
        if retired.deliver or self._outbox.is_open:
            self._outbox.add_end(EventType.ARCHIVED, self._state.status)
        return True

    async def _erase(self, erasure: Erasure) -> bool:
        async with self._state.lock:
            try:
                erased = await steps.erase(self._id, erasure)
            except ActivityError as error:
                if not self._is_new:
                    raise
                self._requests.refusal = refusal_of(error)
                return False
            self._state.set_status(Status(stage=Stage.ERASED))
        self._state.go_on()
        # An archived one may not have been looked at yet.
        if erased.deliver or self._outbox.is_open:
            self._outbox.add_end(EventType.ERASED, self._state.status)
        return True

    async def _note_delivered(self, delivery_id: str, is_delivered: bool) -> None:  # noqa: FBT001
        with suppress(Interrupted):
            await self._state.amend(
                amending.note_delivered(
                    self._id, delivery_id, is_delivered=is_delivered
                )
            )

    def _take_over(self, carried: Carried) -> None:
        self._closed_at, self._refresh = carried.closed_at, carried.refresh
        if carried.note_hold:
            self._holds.be_noted()
        if carried.is_overdue:
            self._state.be_overdue()
            self._note_overdue = True

    def _carried(self) -> Carried:
        return Carried(
            closed_at=self._closed_at,
            refresh=self._refresh,
            note_hold=self._holds.is_to_be_noted,
            is_overdue=self._note_overdue,
        )

    def _is_quiet(self) -> bool:
        is_sent = self._outbox.is_empty() or (self._is_new and not self._state.is_over)
        return is_sent and workflow.all_handlers_finished()

    def _has_news(self) -> bool:
        return self._redelivered or self._refresh or self._closed_at is not None

    def _refuse_if_over(self) -> None:
        if self._erasure or self._state.is_over:
            raise refused(f"the application is {self._stage()}")

    def _stage(self) -> str:
        return "being erased" if self._erasure else self._state.status.stage
