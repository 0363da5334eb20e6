"""The workflow of an application: its signals, updates and query."""

import asyncio
from datetime import timedelta

from pydantic import AwareDatetime
from temporalio import workflow

from workflows import steps
from workflows.fullness import notice_fullness
from workflows.lifecycle import SPINE, TWO_STEPS, Lifecycle
from workflows.requests import refused
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import EventType, Flag, Stage
    from letterbox.domain.commands import (
        AssignInput,
        Assignment,
        Carried,
        EraseRequest,
        HoldRequest,
        NoteStatusInput,
        NoteStatusResult,
        OweAgainInput,
        ReleaseInput,
        ReleaseRequest,
        StatusReport,
    )
    from letterbox.domain.status import Status


# The clocks of others.
_SKEW = timedelta(minutes=5)
_NO_ATS = "there is no ATS: set LETTERBOX_DELIVERY_URL"


@workflow.defn(name="Application")
class ApplicationWorkflow:
    """
    Carry one application from a board's submission to its archive.

    The stages, and what leads from one to the next::

        received ──> triage ──assign_position──> matched ──the ATS has it──> delivered
           │  │        │                          ^ │                          │
           │  └────────┼──a position matches──────┘ │                          │
           │           └────────────┬───────────────┴──────────────────────────┘
           │                        │ archive_by
           v                        v
        discarded               archived

        erased: from every stage, by ``erase``, unless a hold is in force

    While it is open it waits for signals (``redelivered``, ``position_closed``,
    ``overdue``, an update ``refresh``) or for the next alarm: ask the board again,
    scan again, the hold ends, archive.

    The order of the steps must stay replayable for as long as the longest open
    application waits: what may change lives in the activities. Whoever changes the
    record holds the lock, for a step on the store and no longer; an erasure interrupts
    whatever goes on.
    """

    @workflow.init
    def __init__(self, application_id: str, carried: Carried | None = None) -> None:
        self._id = application_id
        # Of a run that has the later patch the earlier one is not asked: it costs two
        # events.
        in_two_steps = workflow.patched(TWO_STEPS)
        is_new = in_two_steps or workflow.patched(SPINE)
        self._state = ApplicationState(
            application_id, is_new=is_new, in_two_steps=in_two_steps
        )
        self._life = Lifecycle(self._state)
        self._record = self._life.record
        self._outbox = self._life.outbox
        self._holds = self._life.holds
        self._requests = self._life.requests
        if carried:
            self._take_over(carried)

    @workflow.run
    async def run(
        self,
        application_id: str,  # noqa: ARG002 see __init__
        carried: Carried | None = None,  # noqa: ARG002
    ) -> Status:
        """Live, until archived, discarded or erased."""
        beside = [
            asyncio.create_task(self._outbox.send()),
            asyncio.create_task(self._life.note_in_record()),
            asyncio.create_task(notice_fullness(self._state)),
            asyncio.create_task(self._life.reports.send()),
        ]
        while not await self._life.run_until_erased():
            if self._life.goes_on_as_new:
                note_hold = self._holds.is_to_be_noted
                workflow.continue_as_new(
                    args=[self._id, self._state.carried(note_hold=note_hold)]
                )
        for task in beside:
            task.cancel()
        return self._state.status

    @workflow.signal(name="redelivered")
    def redelivered(self) -> None:
        """Look into the inbox again: the board has sent something."""
        self._state.redelivered = True

    @workflow.signal(name="ask_again")
    def ask_again(self) -> None:
        """Ask the board again, soon: it may show more by now."""
        self._state.refresh = self._state.refresh or not self._state.is_ended

    @workflow.signal(name="position_closed")
    def position_closed(self, closed_at: AwareDatetime) -> None:
        """Learn that the ad was closed; of several moments the latest counts."""
        self._state.closed_at = max(closed_at, self._state.closed_at or closed_at)

    @workflow.signal(name="overdue")
    def overdue(self) -> None:
        """Learn that the archive is late, whatever step keeps it from being made."""
        if self._state.is_ended or Flag.OVERDUE in self._state.status.flags:
            return
        self._record.set_overdue()
        workflow.logger.error("archive overdue", extra={"application": self._id})
        workflow.metric_meter().create_counter(
            "letterbox_overdue", "Applications whose archive is overdue."
        ).add(1)

    @workflow.query(name="status")
    def status(self) -> Status:
        """Return where the application stands."""
        return self._state.status

    @workflow.update(name="assign_position")
    async def assign_position(self, command: Assignment) -> Status:
        """Take a person's choice of the position; RefusedError says why not."""
        await self._requests.until_known()
        args = AssignInput(
            application_id=self._id,
            given=command,
            delivery_id=self._requests.event_id(),
        )
        recorded = await self._requests.change(steps.assign_position(args))
        if recorded.deliver is None:
            self._outbox.add(EventType.MATCHED, self._state.status)
        return self._state.status

    @workflow.update(name="hold")
    async def hold(self, command: HoldRequest) -> Status:
        """Keep the application from being deleted, archived or not; or release it."""
        if self._state.is_new:
            return await self._holds.hold(command)
        await self._requests.until_known()
        return await self._holds.hold_as_before(command, self._check_hold)

    @workflow.update(name="refresh")
    async def refresh(self) -> Status:
        """Ask the board again, soon; the status is that before."""
        self._state.refresh = True
        return self._state.status

    @workflow.update(name="erase")
    async def erase(self, command: EraseRequest) -> Status:
        """Remove everything but the tombstone; RefusedError where it is held."""
        await steps.refuse_if_held(self._id)
        # Somebody may have asked for a hold in the same moment. The condition may be
        # false again when this task's turn comes.
        while self._holds.is_requested:
            await workflow.wait_condition(lambda: not self._holds.is_requested)
        self._check_erasure(command)
        self._state.erasure = self._state.erasure or command
        await self._requests.until_erased()
        return self._state.status

    @workflow.update(name="release")
    async def release(self, command: ReleaseRequest) -> Status:
        """Take a document out of quarantine; RefusedError where it is not there."""
        await self._requests.until_known()
        args = ReleaseInput(application_id=self._id, given=command)
        await self._requests.change(steps.release_document(args))
        return self._state.status

    @workflow.update(name="report_status")
    async def report_status(self, report: StatusReport) -> NoteStatusResult:
        """Note where the candidate stands; the board is told as soon as it can be."""
        await self._requests.until_known()
        args = NoteStatusInput(application_id=self._id, given=report)
        noted = await self._requests.alone(
            steps.note_status(args), self._requests.refuse_if_ended
        )
        self._record.take_over(noted.recorded)
        return noted

    @workflow.update(name="deliver")
    async def deliver(self) -> Status:
        """Deliver what the ATS is owed, and where the application stands now."""
        await self._requests.until_known()
        if not self._state.is_new:
            if not self._outbox.is_open:
                raise refused(_NO_ATS)
            self._outbox.add_again(self._state.status, str(workflow.uuid4()))
            return self._state.status
        event_id = self._requests.event_id()
        args = OweAgainInput(application_id=self._id, delivery_id=event_id)
        owed = await self._requests.alone(steps.owe_again(args))
        if not owed.deliver:
            raise refused(_NO_ATS)
        self._outbox.try_again()
        if owed.recorded:
            self._record.take_over(owed.recorded)
        else:
            self._outbox.add_again(self._state.status, event_id)
        return self._state.status

    @workflow.update(name="catch_up")
    async def catch_up(self) -> Status:
        """Deliver what the ATS is owed, and nothing besides."""
        await self._requests.until_known()
        undelivered = await steps.find_undelivered(self._id)
        if not undelivered.deliver:
            raise refused(_NO_ATS)
        self._outbox.add_kept(undelivered.events)
        self._outbox.try_again()
        return self._state.status

    @assign_position.validator
    def _check_assignment(self, command: Assignment) -> None:
        del command
        self._requests.refuse_if_ended()

    @report_status.validator
    def _check_report(self, report: StatusReport) -> None:
        self._requests.refuse_if_ended()
        if report.changed_at > workflow.now() + _SKEW:
            raise refused("the status has changed in the future: check the clock")

    @hold.validator
    def _check_hold(self, command: HoldRequest) -> None:
        state = self._state
        if state.erasure or state.status.stage in {Stage.ERASED, Stage.DISCARDED}:
            raise refused(
                f"the application is {state.stage_name}: there is nothing to hold"
            )
        if not command.release and command.until and command.until <= workflow.now():
            raise refused("the end of the hold is in the past")

    @refresh.validator
    def _check_refresh(self) -> None:
        self._requests.refuse_if_ended()

    @erase.validator
    def _check_erasure(self, command: EraseRequest) -> None:
        del command
        if Flag.HELD in self._state.status.flags:
            raise refused("held: release it first, `letterbox hold ID --release`")

    def _take_over(self, carried: Carried) -> None:
        self._state.closed_at = carried.closed_at
        self._state.refresh = carried.refresh
        if carried.note_hold:
            self._holds.be_noted()
        if carried.is_overdue:
            self._record.set_overdue()
