"""How many applications a second a worker brings to their long wait."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from bench.rig import Rig, fresh_rig
from bench.shapes import Shape

MATCHED = 'LetterboxStage="matched"'
_CONCURRENCY = 16
_LOOK_EVERY = 0.5
_DONE_WITHIN = 120
_TASK_STARTED = EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
_TIMER_STARTED = EventType.EVENT_TYPE_TIMER_STARTED
_ACTIVITIES = (
    # Local activities leave markers.
    EventType.EVENT_TYPE_MARKER_RECORDED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
)


@dataclass(frozen=True, slots=True)
class Completed:
    """What came of a number of workflows, all started before the worker was."""

    rate: float
    """Reached their long wait, a second."""
    events: int
    """In the longest history, up to the timer."""
    activities: int


def complete(shape: Shape, number: int) -> Completed:
    """Start so many, then the worker, and read the times from the histories."""
    uuids = [str(uuid4()) for _ in range(number)]
    with fresh_rig() as rig:
        store = rig.store
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda uuid: shape.prepare(store, uuid), uuids))
        rig.engine()
        asyncio.run(_start(rig, shape, uuids))
        rig.run(shape.worker)
        return asyncio.run(_completed(rig, number))


async def _start(rig: Rig, shape: Shape, uuids: Sequence[str]) -> None:
    client = await rig.connect()
    few = asyncio.Semaphore(_CONCURRENCY)

    async def start(uuid: str) -> None:
        async with few:
            await shape.start(client, uuid)

    await asyncio.gather(*map(start, uuids))


async def _completed(rig: Rig, number: int) -> Completed:
    client = await rig.connect()
    await until_matched(client, number)
    histories = [
        (await client.get_workflow_handle(one.id).fetch_history()).events
        async for one in client.list_workflows(MATCHED)
    ]
    began = min(_when(events, _TASK_STARTED) for events in histories)
    ended = max(_when(events, _TIMER_STARTED) for events in histories)
    longest = max(histories, key=len)
    return Completed(
        rate=number / (ended - began).total_seconds(),
        events=len(longest),
        activities=sum(event.event_type in _ACTIVITIES for event in longest),
    )


async def until_matched(
    client: Client, number: int, within: float = _DONE_WITHIN
) -> None:
    """Wait until so many have come to their long wait."""
    async with asyncio.timeout(within):
        while (await client.count_workflows(MATCHED)).count < number:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY)


def _when(events: Sequence[HistoryEvent], kind: EventType.ValueType) -> datetime:
    first = next(event for event in events if event.event_type == kind)
    return first.event_time.ToDatetime(UTC)
