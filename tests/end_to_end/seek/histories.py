"""What a workflow's history tells of asking a board."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle

from letterbox.domain.board_news import PollInput, PollResult

AnyHandle = WorkflowHandle[Any, Any]


async def events(handle: AnyHandle) -> Sequence[HistoryEvent]:
    """Read a run's history."""
    return (await handle.fetch_history()).events


async def pauses(handle: AnyHandle) -> list[timedelta]:
    """Tell how long each of its timers was to be."""
    return [
        event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        for event in await events(handle)
        if event.HasField("timer_started_event_attributes")
    ]


async def waited(handle: AnyHandle) -> timedelta:
    """Tell how long its activities had to be tried, by the server's own clock."""
    by_id = {event.event_id: event for event in await events(handle)}
    waits = [
        event.event_time.ToDatetime()
        - by_id[
            event.activity_task_started_event_attributes.scheduled_event_id
        ].event_time.ToDatetime()
        for event in by_id.values()
        if event.HasField("activity_task_started_event_attributes")
    ]
    return sum(waits, timedelta())


async def tries(handle: AnyHandle) -> list[int]:
    """Count how often each of its activities was tried."""
    return [
        event.activity_task_started_event_attributes.attempt
        for event in await events(handle)
        if event.HasField("activity_task_started_event_attributes")
    ]


async def polled(
    client: Client, handle: WorkflowHandle[Any, str]
) -> list[tuple[PollInput, PollResult]]:
    """Read what a run of ``SeekReconcile`` asked for, and what came."""
    decode = client.data_converter.decode
    asked: list[PollInput] = []
    came: list[PollResult] = []
    for event in await events(handle):
        if event.HasField("activity_task_scheduled_event_attributes"):
            given = event.activity_task_scheduled_event_attributes.input.payloads
            asked += await decode(given, [PollInput])
        if event.HasField("activity_task_completed_event_attributes"):
            told = event.activity_task_completed_event_attributes.result.payloads
            came += await decode(told, [PollResult])
    return list(zip(asked, came, strict=True))
