"""A namespace of Temporal: its search attributes, and the workers that poll."""

from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from letterbox.temporal import search_attributes as attributes

_RPC_TIMEOUT = timedelta(seconds=5)


def missing(name: str) -> str:
    """Return what to do about a namespace that does not exist."""
    command = f"temporal operator namespace create --namespace {name} --retention 30d"
    return f"there is no namespace {name}: `{command}` makes it"


async def missing_search_attributes(client: Client) -> list[str]:
    """Return the names that the namespace does not have."""
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace), timeout=_RPC_TIMEOUT
    )
    return [
        key.name for key in attributes.ALL if key.name not in listed.custom_attributes
    ]


async def add_search_attributes(client: Client) -> None:
    """Add the search attributes that are missing; harmless to repeat."""
    missing = set(await missing_search_attributes(client))
    types = {
        key.name: IndexedValueType.ValueType(key.indexed_value_type)
        for key in attributes.ALL
        if key.name in missing
    }
    if types:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=client.namespace, search_attributes=types
            ),
            timeout=_RPC_TIMEOUT,
        )


async def count_pollers(client: Client, queue: str) -> int:
    """Count the workers that poll a task queue, as of the last minutes."""
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        ),
        timeout=_RPC_TIMEOUT,
    )
    return len(described.pollers)
