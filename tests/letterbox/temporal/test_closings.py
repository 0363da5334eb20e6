"""News that an ad was closed keeps to the applications of one installation."""

from datetime import UTC, datetime
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from letterbox.domain.positions import Position, PositionStatus
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.closings import signal_closed
from tests.support import eventually

CLOSED_AT = datetime(2026, 3, 1, tzinfo=UTC)
AnyHandle = WorkflowHandle[object, object]


async def started(client: Client, task_queue: str, reference: str) -> AnyHandle:
    """Have an open application for a position; no worker takes it up."""
    return await client.start_workflow(
        "Application",
        "careerjet:1",
        id=f"careerjet:{uuid4()}",
        task_queue=task_queue,
        search_attributes=TypedSearchAttributes(
            [SearchAttributePair(attributes.POSITION, reference)]
        ),
    )


async def signals(handle: AnyHandle) -> int:
    """Count what an application was told."""
    history = await handle.fetch_history()
    return sum(
        event.HasField("workflow_execution_signaled_event_attributes")
        for event in history.events
    )


async def test_a_close_is_told_to_the_applications_of_its_own_task_queue_only(
    temporal_client: Client,
) -> None:
    """Two installations share a namespace, and a reference."""
    reference, ours, theirs = (str(uuid4()) for _ in range(3))
    told = [await started(temporal_client, ours, reference) for _ in range(2)]
    others = [
        await started(temporal_client, theirs, reference),
        await started(temporal_client, ours, str(uuid4())),
    ]

    async def are_visible() -> bool:
        query = f'LetterboxPosition = "{reference}"'
        return (await temporal_client.count_workflows(query)).count == 3

    await eventually(are_visible)
    closed = Position(
        reference=reference,
        title="Letter carrier",
        status=PositionStatus.CLOSED,
        closed_at=CLOSED_AT,
    )
    await signal_closed(temporal_client, ours, closed)

    async def are_told() -> bool:
        return [await signals(one) for one in told] == [1, 1]

    await eventually(are_told)
    assert [await signals(one) for one in others] == [0, 0]
    for one in (*told, *others):
        await one.terminate("a test")
