"""The life of one application: take it in, match it, wait, archive it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from pydantic import AwareDatetime
from temporalio import workflow

from workflows import amending, steps
from workflows.alarms import Alarm, Why, next_alarm
from workflows.archiving import pack, retire
from workflows.intake import Intake
from workflows.outbox import Outbox
from workflows.standing import Standing, refused
from workflows.status import Status

with workflow.unsafe.imports_passed_through():
    from activities.amend_values import Assignment, Erasure, Holding, Release
    from domain.application import Flag, Stage
    from domain.delivery import EventType


@workflow.defn(name="Application")
class Application:
    """
    Carry one application from a board's delivery to its archive.

    The order of the steps must stay replayable for as long as the longest open
    application waits: what may change lives in the activities. Whoever changes the
    record holds the lock; an erasure interrupts whatever goes on.
    """

    @workflow.init
    def __init__(self, application_id: str) -> None:
        self._id = application_id
        self._standing = Standing(application_id)
        self._outbox = Outbox(application_id, self._note_delivered)
        self._intake = Intake(application_id, self._standing, self._outbox)
        self._is_settled = self._is_lost = False
        self._is_being_held = False
        self._redelivered = self._refresh = False
        self._closed_at: datetime | None = None
        self._erasure: Erasure | None = None
        self._had_last_look = False

    @workflow.run
    async def run(self, application_id: str) -> Status:  # noqa: ARG002 see __init__
        """Live, until archived, discarded or erased."""
        sending = asyncio.create_task(self._outbox.send())
        while not await self._live_or_be_erased():
            if not self._has_news():
                # Signals have grown the history; the store knows where we stand.
                workflow.continue_as_new(self._id)
        sending.cancel()
        return self._standing.status

    @workflow.signal(name="redelivered")
    def redelivered(self) -> None:
        """Look into the inbox again: the board has sent something."""
        self._redelivered = True

    @workflow.signal(name="position_closed")
    def position_closed(self, closed_at: AwareDatetime) -> None:
        """Learn that the ad was closed; of several moments the latest counts."""
        self._closed_at = max(closed_at, self._closed_at or closed_at)

    @workflow.query(name="status")
    def status(self) -> Status:
        """Tell where the application stands."""
        return self._standing.status

    @workflow.update(name="assign_position")
    async def assign_position(self, given: Assignment) -> Status:
        """Take a person's choice of the position; RefusedError says why not."""
        await self._settled()
        async with self._standing.lock:
            self._refuse_if_over()
            self._standing.become(
                Status.of(await amending.assign_position(self._id, given))
            )
        self._outbox.add(EventType.MATCHED, self._standing.status)
        return self._standing.status

    @workflow.update(name="hold")
    async def hold(self, given: Holding) -> Status:
        """Keep the application from being deleted, archived or not; or release it."""
        await self._settled()
        async with self._standing.lock:
            self._check_hold(given)
            self._is_being_held = True
            try:
                held = await amending.place_hold(self._id, given)
                self._standing.become(Status.of(held))
            finally:
                self._is_being_held = False
        return self._standing.status

    @workflow.update(name="refresh")
    async def refresh(self) -> Status:
        """Ask the board again, soon; the status is that before."""
        self._refresh = True
        return self._standing.status

    @workflow.update(name="erase")
    async def erase(self, given: Erasure) -> Status:
        """Remove everything but the tombstone; RefusedError where it is held."""
        await amending.refuse_if_held(self._id)
        # Somebody may have asked for a hold in the same moment. The condition may be
        # false again when this task's turn comes.
        while self._is_being_held:
            await workflow.wait_condition(lambda: not self._is_being_held)
        self._check_erasure(given)
        self._erasure = self._erasure or given
        await workflow.wait_condition(
            lambda: self._standing.status.stage is Stage.ERASED
        )
        return self._standing.status

    @workflow.update(name="release")
    async def release(self, given: Release) -> Status:
        """Take a document out of quarantine; RefusedError where it is not there."""
        await self._settled()
        async with self._standing.lock:
            self._refuse_if_over()
            self._standing.become(
                Status.of(await amending.release_document(self._id, given))
            )
        self._outbox.add(EventType.UPDATED, self._standing.status)
        return self._standing.status

    @workflow.update(name="deliver")
    async def deliver(self) -> Status:
        """Tell the ATS once more, under a new delivery id."""
        await self._settled()
        if not self._outbox.is_open:
            raise refused("there is no ATS: set LETTERBOX_DELIVERY_URL")
        self._outbox.add_again(self._standing.status)
        return self._standing.status

    @assign_position.validator
    def _check_assignment(self, given: Assignment) -> None:
        del given
        self._refuse_if_over()

    @hold.validator
    def _check_hold(self, given: Holding) -> None:
        if self._erasure or self._standing.status.stage in {
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
        if Flag.HELD in self._standing.status.flags:
            raise refused("held: release it first, `letterbox hold ID --release`")

    async def _settled(self) -> None:
        """Wait until it is known where the application stands, or is to stand."""
        await workflow.wait_condition(
            lambda: self._is_settled or self._is_lost or self._erasure is not None
        )
        if self._is_lost:
            raise refused("there is no such application")
        if not self._is_settled:
            raise refused(f"the application is {self._stage()}")

    async def _live_or_be_erased(self) -> bool:
        life = asyncio.create_task(self._live())
        await workflow.wait_condition(lambda: self._erasure is not None or life.done())
        self._is_lost = life.done() and life.exception() is not None
        await self._rest(lambda: self._erasure is not None or self._is_quiet())
        if self._erasure is None:
            return await life
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        await self._erase(self._erasure)
        await self._rest(self._is_quiet)
        return True

    async def _rest(self, is_enough: Callable[[], bool]) -> None:
        """Wait; what late repeats bring to what is over is removed meanwhile."""

        def is_late() -> bool:
            return self._standing.is_over and self._redelivered

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
                self._outbox.is_empty() and not self._has_news()
            ):
                return False
            alarm = next_alarm(
                self._standing.status,
                workflow.now(),
                asked=self._intake.asked,
                scanned=self._intake.scanned,
            )
            over = await (self._heed() if await self._wait(alarm) else self._do(alarm))
        return True

    async def _wait(self, alarm: Alarm) -> bool:
        """Wait for news or the alarm, whichever comes first; True where it is news."""
        before = self._standing.status

        def is_news() -> bool:
            return self._has_news() or self._standing.status != before

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
            await self._standing.amend(amending.note_closing(self._id, closed_at))
        return False

    async def _do(self, alarm: Alarm) -> bool:
        match alarm.why:
            case Why.ASK_AGAIN:
                return await self._take_in()
            case Why.SCAN_AGAIN:
                await self._intake.scan_again()
            case Why.HOLD_ENDS:
                await self._standing.amend(amending.end_hold(self._id))
            case Why.ARCHIVE:
                return await self._archive()
        return False

    async def _take_in(self, *, again: bool = False, is_last: bool = False) -> bool:
        """Take over whatever lies in the inbox; True where the end was reached."""
        await self._intake.take_in(again=again, is_last=is_last)
        self._is_settled = True
        return self._standing.is_over

    async def _archive(self) -> bool:
        """Archive after a last look at the board; False where news came meanwhile."""
        again, self._had_last_look = not self._had_last_look, True
        if await self._take_in(again=again, is_last=True):
            return True
        if self._has_news() or not self._standing.is_due:
            return False
        await pack(self._id, self._standing)
        if self._has_news():
            return False
        if not await retire(self._id, self._standing):
            # Something came in, or was changed: it is looked at, and packed again.
            self._redelivered = True
            return False
        self._outbox.add(EventType.ARCHIVED, self._standing.status)
        return True

    async def _erase(self, erasure: Erasure) -> None:
        async with self._standing.lock:
            erased = await steps.erase(self._id, erasure)
            self._standing.become(Status(stage=Stage.ERASED))
        # An archived one may not have been looked at yet.
        self._outbox.is_open |= erased.deliver
        self._outbox.add(EventType.ERASED, self._standing.status)

    async def _note_delivered(self) -> None:
        await self._standing.amend(amending.note_delivered(self._id))

    def _is_quiet(self) -> bool:
        return self._outbox.is_empty() and workflow.all_handlers_finished()

    def _has_news(self) -> bool:
        return self._redelivered or self._refresh or self._closed_at is not None

    def _refuse_if_over(self) -> None:
        if self._erasure or self._standing.is_over:
            raise refused(f"the application is {self._stage()}")

    def _stage(self) -> str:
        return "being erased" if self._erasure else self._standing.status.stage
