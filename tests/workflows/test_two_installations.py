"""Two installations in one namespace that have the same application id."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from temporalio.client import Client

from letterbox.domain.commands import Assignment, EraseRequest, HoldRequest
from letterbox.domain.errors import RefusedError
from letterbox.domain.status import Status
from letterbox.temporal.client import start_application
from letterbox.temporal.updates import Updates

REQUESTS: dict[str, Callable[[Updates, str], Awaitable[Status]]] = {
    "hold": lambda at, one: at.hold(one, HoldRequest(reason="a lawsuit")),
    "erase": lambda at, one: at.erase(
        one, EraseRequest(reason="a request", by="a test")
    ),
    "assign": lambda at, one: at.assign(one, Assignment(reference="DEV-17")),
    "refresh": lambda at, one: at.refresh(one),
    "deliver": lambda at, one: at.deliver(one),
}


async def started(client: Client, queue: str) -> str:
    """Have an application run on a task queue; nobody need be at work there."""
    application_id = f"careerjet:{uuid4()}"
    await start_application(client, queue, application_id)
    return application_id


async def events(client: Client, application_id: str) -> int:
    """Count the events of its history."""
    handle = client.get_workflow_handle(application_id)
    return len((await handle.fetch_history()).events)


@pytest.mark.parametrize("request_of", REQUESTS.values(), ids=REQUESTS)
async def test_what_is_asked_of_one_does_not_reach_the_other(
    temporal_client: Client, request_of: Callable[[Updates, str], Awaitable[Status]]
) -> None:
    """A copy of the store, restored for a drill, must not erase what is at work."""
    theirs = f"production-{uuid4()}"
    one = await started(temporal_client, theirs)
    before = await events(temporal_client, one)

    with pytest.raises(RefusedError) as raised:
        await request_of(Updates(temporal_client, f"drill-{uuid4()}"), one)

    assert f"LETTERBOX_TASK_QUEUE={theirs}" in str(raised.value)
    assert await events(temporal_client, one) == before


async def test_a_start_says_that_the_workflow_is_anothers(
    temporal_client: Client,
) -> None:
    """The delivery stays in the inbox, where the sweep and the audit tell of it."""
    one = await started(temporal_client, f"production-{uuid4()}")
    before = await events(temporal_client, one)

    with pytest.raises(RefusedError):
        await start_application(temporal_client, f"drill-{uuid4()}", one)

    assert await events(temporal_client, one) == before
