"""Checks Temporal: whether it is reachable and prepared, and workers poll it."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeWorkerDeploymentRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from letterbox.checks import CheckResult, ok, warning, wrong
from letterbox.domain.durations import format_duration
from letterbox.settings import Settings
from letterbox.temporal import namespace
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.client import connect
from letterbox.temporal.queries import quoted
from letterbox.temporal.rpc import none_if_absent
from letterbox.temporal.task_queues import FEEDS, SCANNER, STATUSES, beside
from letterbox_cli.doctor import scheduled
from letterbox_cli.doctor.checking import TIMEOUT, all_of, safely

_RPC_TIMEOUT = timedelta(seconds=TIMEOUT)
_MIN_RETENTION = timedelta(days=1)
_PROBLEMS = "TemporalReportedProblems IS NOT NULL"


async def look(settings: Settings) -> list[CheckResult]:
    """Connect, and check the namespace; then all that is in it, at once."""
    async with asyncio.timeout(TIMEOUT):
        client = await connect(settings)
    results = await safely("temporal", _namespace(client))
    if not all(result.fine for result in results):
        return [*results]
    looks = [
        safely("search attributes", _attributes(client)),
        safely("workers", _workers(client, settings)),
        safely("workflow tasks", _problems(client, settings)),
        scheduled.look(client, settings),
    ]
    if settings.deployment_name:
        looks.insert(2, safely("worker version", _version(client, settings)))
    return [*results, *await all_of(*looks)]


async def _namespace(client: Client) -> list[CheckResult]:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    call = client.workflow_service.describe_namespace(request, timeout=_RPC_TIMEOUT)
    response = await none_if_absent(call)
    if response is None:
        return [wrong("temporal", namespace.missing(client.namespace))]
    kept = response.config.workflow_execution_retention_ttl.ToTimedelta()
    message = (
        f"namespace {client.namespace} answers, and keeps closed workflows for "
        f"{format_duration(kept)}"
    )
    if kept < _MIN_RETENTION:
        message += ": too short to investigate problems"
        return [warning("temporal", message)]
    return [ok("temporal", message)]


async def _attributes(client: Client) -> list[CheckResult]:
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace), timeout=_RPC_TIMEOUT
    )
    existing = listed.custom_attributes
    missing = [key.name for key in attributes.ALL if key.name not in existing]
    mistyped = [
        key.name
        for key in attributes.ALL
        if existing.get(key.name, kind := _kind(key)) != kind
    ]
    results = []
    if missing:
        message = f"{', '.join(missing)} missing: run `letterbox init`"
        results.append(wrong("search attributes", message))
    if mistyped:
        message = (
            f"{', '.join(mistyped)} of the wrong type: remove them, "
            "then run `letterbox init`"
        )
        results.append(wrong("search attributes", message))
    return results or [ok("search attributes", "all of them exist")]


def _kind(key: SearchAttributeKey[Any]) -> IndexedValueType.ValueType:
    return IndexedValueType.ValueType(key.indexed_value_type)


async def _workers(client: Client, settings: Settings) -> list[CheckResult]:
    count = await namespace.count_pollers(client, settings.task_queue)
    if not count:
        message = (
            f"none is polling the task queue {settings.task_queue}: start "
            "`letterbox worker`"
        )
        return [wrong("workers", message)]
    number = f"{count} workers are" if count > 1 else "1 worker is"
    message = f"{number} polling the task queue {settings.task_queue}"
    return [ok("workers", message), *await _side_queues(client, settings)]


async def _side_queues(client: Client, settings: Settings) -> list[CheckResult]:
    """Check that somebody takes what workers do beside; an older release may not."""
    queues = [beside(settings.task_queue, name) for name in (SCANNER, FEEDS, STATUSES)]
    unserved = [
        queue
        for queue in queues
        if not await namespace.count_pollers(client, queue, namespace.ACTIVITIES)
    ]
    if not unserved:
        return []
    message = (
        f"none is polling {', '.join(unserved)}: what is scheduled there waits. Are "
        "the workers of an older release? Start workers of this one"
    )
    return [warning("workers", message)]


async def _version(client: Client, settings: Settings) -> list[CheckResult]:
    """Check that the deployment has a current version; without one none gets work."""
    name = settings.deployment_name
    request = DescribeWorkerDeploymentRequest(
        namespace=client.namespace, deployment_name=name
    )
    response = await none_if_absent(
        client.workflow_service.describe_worker_deployment(
            request, timeout=_RPC_TIMEOUT
        )
    )
    if response is None:
        return [
            wrong("worker version", f"no worker of deployment {name} has ever polled")
        ]
    routing = response.worker_deployment_info.routing_config
    current = routing.current_deployment_version.build_id
    if not current:
        message = (
            f"deployment {name} has no current version, so its workers get no work: "
            "`temporal worker deployment set-current-version`"
        )
        return [wrong("worker version", message)]
    return [
        ok("worker version", f"{current} is the current version of deployment {name}")
    ]


async def _problems(client: Client, settings: Settings) -> list[CheckResult]:
    query = (
        f'{_PROBLEMS} AND ExecutionStatus = "Running" '
        f"AND TaskQueue = {quoted(settings.task_queue)}"
    )
    try:
        counted = await client.count_workflows(query, rpc_timeout=_RPC_TIMEOUT)
    except RPCError as error:
        # Servers before 1.30 do not know the attribute.
        if error.status is not RPCStatusCode.INVALID_ARGUMENT:
            raise
        return [ok("workflow tasks", "this server does not report which fail")]
    if counted.count:
        message = (
            f"workflows are stuck because their tasks fail: {counted.count}; filter by "
            f"{_PROBLEMS} in the UI; `letterbox replay` shows whether the code is why"
        )
        return [wrong("workflow tasks", message)]
    return [ok("workflow tasks", "no failures reported")]
