"""What Temporal remembers of an application: its runs, read event by event."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import EventType as Kind
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowHandle,
)

from letterbox.domain.application import Stage
from letterbox.domain.errors import TemporalUnavailableError
from letterbox.domain.history import Happening, History, Waiting, in_order
from letterbox.domain.transitions import Transition
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.queries import quoted
from letterbox.temporal.repeats import RepeatedRequests
from letterbox.temporal.rpc import none_if_absent, reaching_temporal

_RPC_TIMEOUT = timedelta(seconds=10)
# The latest are enough; the whole of a life is some thirty events, in one run.
_MAX_RUNS = 20
_MAX_EVENTS = 5000
Run = WorkflowHandle[Any, Any]

_LOCAL = "core_local_activity"


async def find_history(
    client: Client, task_queue: str, application_id: str
) -> History | None:
    """
    Return what Temporal remembers; None if it knows nothing, or nothing any more.

    Raises TemporalUnavailableError. What belongs to another installation is left out.
    """
    handle = client.get_workflow_handle(application_id)
    with reaching_temporal():
        latest = await _described(handle)
        if latest is None or latest.task_queue != task_queue:
            return None
        life = _Life(client)
        async for run_id in _runs(client, task_queue, latest):
            run = client.get_workflow_handle(application_id, run_id=run_id)
            await life.read(run.fetch_history_events(rpc_timeout=_RPC_TIMEOUT))
    known = latest.typed_search_attributes
    return History(
        id=application_id,
        stage=Stage(known.get(attributes.STAGE) or Stage.RECEIVED),
        archive_by=known.get(attributes.ARCHIVE_BY),
        items=in_order(life.items),
        waiting=tuple(life.pending(latest)),
    )


async def _described(handle: Run) -> WorkflowExecutionDescription | None:
    """Describe it; connecting, which a lazy client does now, has no timeout."""
    try:
        async with asyncio.timeout(_RPC_TIMEOUT.total_seconds()):
            return await none_if_absent(handle.describe(rpc_timeout=_RPC_TIMEOUT))
    except TimeoutError:
        raise TemporalUnavailableError("Temporal has not answered in time") from None


async def _runs(
    client: Client, task_queue: str, latest: WorkflowExecutionDescription
) -> AsyncIterator[str]:
    """List the ids of the runs, in order; the latest may not be listed yet."""
    query = f"WorkflowId = {quoted(latest.id)} AND TaskQueue = {quoted(task_queue)}"
    listed = client.list_workflows(query, limit=_MAX_RUNS, rpc_timeout=_RPC_TIMEOUT)
    runs = {run.run_id: run.start_time async for run in listed}
    runs[latest.run_id] = latest.start_time
    for run_id in sorted(runs, key=lambda one: runs[one]):
        yield run_id


class _Life:
    """Takes down what the events of several runs tell, in their order."""

    def __init__(self, client: Client) -> None:
        self._converter = client.data_converter
        self.items: list[Happening] = []
        self._events = 0
        self._asked: dict[str, dict[int, dict[str, Any]]] = {}
        self._answered: set[int] = set()
        self._steps: dict[str, tuple[str, dict[str, Any]]] = {}
        self._position: object = None
        self._is_recorded = False
        self._repeats = RepeatedRequests()

    async def read(self, events: AsyncIterator[HistoryEvent]) -> None:
        """Read one run."""
        scheduled: dict[int, tuple[str, dict[str, Any]]] = {}
        # The numbers of events begin anew with each run.
        self._asked, self._answered = {}, set()
        attempts: dict[int, int] = {}
        async for event in events:
            self._events += 1
            if self._events > _MAX_EVENTS:
                return
            at = event.event_time.ToDatetime(UTC)
            match event.event_type:
                case Kind.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED if not self.items:
                    self._add(at, Transition.RECEIVED)
                case Kind.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                    accepted = event.workflow_execution_update_accepted_event_attributes
                    sent = accepted.accepted_request.input
                    requests = self._asked.setdefault(sent.name, {})
                    requests[event.event_id] = await self._decoded(sent.args)
                case Kind.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
                    answer = event.workflow_execution_update_completed_event_attributes
                    self._answered.add(answer.accepted_event_id)
                case Kind.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                    task = event.activity_task_scheduled_event_attributes
                    step = task.activity_type.name, await self._decoded(task.input)
                    scheduled[event.event_id] = self._steps[task.activity_id] = step
                case Kind.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                    started = event.activity_task_started_event_attributes
                    attempts[started.scheduled_event_id] = started.attempt
                case Kind.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                    done = event.activity_task_completed_event_attributes
                    number = done.scheduled_event_id
                    name, args = scheduled.get(number, ("", {}))
                    result = await self._decoded(done.result)
                    self._take(at, name, args, result, attempts.get(number))
                case Kind.EVENT_TYPE_MARKER_RECORDED:
                    await self._take_marker(at, event)

    def pending(self, latest: WorkflowExecutionDescription) -> Sequence[Waiting]:
        """List the steps that are under way, and have failed before."""
        steps = []
        for task in latest.raw_description.pending_activities:
            name, args = self._steps.get(task.activity_id, ("", {}))
            if task.attempt > 1 or name == "deliver":
                failure = task.last_failure.message
                steps.append(
                    Waiting(
                        step=task.activity_type.name,
                        type=args.get("type") if name == "deliver" else None,
                        attempts=task.attempt,
                        reason=failure or None,
                    )
                )
        return steps

    async def _take_marker(self, at: datetime, event: HistoryEvent) -> None:
        """Take down a local activity: what it returned, not what it was given."""
        marker = event.marker_recorded_event_attributes
        if marker.marker_name != _LOCAL or marker.HasField("failure"):
            return
        about = await self._decoded(marker.details["data"])
        result = await self._decoded(marker.details["result"])
        self._take(at, str(about.get("activity_type")), {}, result, None)

    def _take(
        self,
        at: datetime,
        step: str,
        args: dict[str, Any],
        result: dict[str, Any],
        attempts: int | None,
    ) -> None:
        match step:
            case "fetch_application" if result.get("available", True):
                self._add(at, Transition.FETCHED, view=args.get("view"))
            # In older runs the first only matches, and its result has no stage.
            case "match_position" | "record" if "stage" in result:
                self._recorded(at, result)
            case "store_documents":
                self._repeats.learn(result.get("recorded") or {})
            case "deliver" if result.get("outcome") == "delivered":
                type_ = args.get("type")
                self._add(at, Transition.TOLD, type=type_, attempts=attempts)
            case "retire" if result.get("done"):
                self._add(at, Transition.ARCHIVED)
            case _:
                self._take_request(at, step, args, result)

    def _take_request(
        self, at: datetime, step: str, args: dict[str, Any], result: dict[str, Any]
    ) -> None:
        """Take down what somebody asked for, unless it was so before."""
        match step:
            case "assign_position":
                self._assigned(at, self._asked_of(step, args), result)
            case "write_hold" | "place_hold":
                self._held(at, self._asked_of("hold", args), result)
            case "end_hold" if "held" not in result.get("flags", ()):
                if not self._repeats.is_hold_repeated({}, result, is_held=False):
                    self._add(at, Transition.RELEASED)
            case "release_document":
                command = self._asked_of("release", args)
                if not self._repeats.is_clearing_repeated(command):
                    self._add_asked(at, Transition.CLEARED, command)
            case "erase":
                self._add_asked(at, Transition.ERASED, self._asked_of("erase", args))

    def _recorded(self, at: datetime, result: dict[str, Any]) -> None:
        if result.get("stage") == Stage.DISCARDED:
            self._add(at, Transition.DISCARDED)
            return
        is_first, self._is_recorded = not self._is_recorded, True
        self._add(at, Transition.RECORDED if is_first else Transition.REFRESHED)
        self._repeats.learn(result)
        position, triage = result.get("position"), result.get("triage")
        if position != self._position:
            self._repeats.forget_assignment()
        if position and position != self._position:
            self._add(at, Transition.MATCHED, position=position)
        elif triage and is_first:
            self._add(at, Transition.TRIAGED, reason=triage)
        self._position = position

    def _assigned(
        self, at: datetime, command: dict[str, Any], result: dict[str, Any]
    ) -> None:
        self._position = position = result.get("position")
        if not self._repeats.is_assignment_repeated(command, position):
            self._add_asked(at, Transition.ASSIGNED, command, position=position)

    def _held(
        self, at: datetime, command: dict[str, Any], result: dict[str, Any]
    ) -> None:
        is_held = result.get("is_held", "held" in result.get("flags", ()))
        if self._repeats.is_hold_repeated(command, result, is_held=is_held):
            return
        word = Transition.HELD if is_held else Transition.RELEASED
        until = command.get("until") if is_held else None
        self._add_asked(at, word, command, until=until)

    def _asked_of(self, update: str, args: dict[str, Any]) -> dict[str, Any]:
        return args.get("given") or self._only_one_asked(update)

    def _add_asked(
        self, at: datetime, event: Transition, command: dict[str, Any], **about: object
    ) -> None:
        """Take down what somebody asked for, and who it was."""
        self._add(
            at,
            event,
            by=command.get("by") or None,
            reason=command.get("reason"),
            request_id=command.get("request_id") or None,
            **about,
        )

    def _only_one_asked(self, update: str) -> dict[str, Any]:
        """
        Return what a step that does not say it was asked with; {} where it is unclear.

        A local activity's input is not in the history: of two requests at a time none
        is told rather than another's.
        """
        requests = self._asked.get(update, {})
        waiting = [
            one for number, one in requests.items() if number not in self._answered
        ]
        candidates = waiting or list(requests.values())
        return candidates[0] if len(candidates) == 1 else {}

    def _add(self, at: datetime, event: Transition, **about: object) -> None:
        self.items.append(Happening.model_validate({"at": at, "event": event, **about}))

    async def _decoded(self, payloads: Payloads) -> dict[str, Any]:
        """Read the first of them; nothing of what is no object."""
        values = await self._converter.decode(payloads.payloads)
        first = values[0] if values else None
        return first if isinstance(first, dict) else {}
