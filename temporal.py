"""Everything we ask of a Temporal server: connect, prepare it, start applications."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from dotenv import dotenv_values
from temporalio.api.batch.v1 import BatchOperationSignal
from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    StartBatchOperationRequest,
)
from temporalio.client import Client
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.runtime import (
    LoggingConfig,
    LoggingFormat,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.application import Stage
from domain.errors import TemporalUnavailableError
from domain.positions import Position
from settings import Settings
from workflows import search_attributes as attributes

_RPC_TIMEOUT = timedelta(seconds=5)
_BATCH_TRIES = 240
_BATCH_PAUSE = 0.5


async def connect(
    settings: Settings, *, lazy: bool = False, runtime: Runtime | None = None
) -> Client:
    """
    Connect as Temporal's own variables say (``TEMPORAL_ADDRESS`` and its kin).

    Raises TemporalUnavailableError, unless ``lazy``: then the first call connects.
    """
    environment = {**dotenv_values(".env"), **os.environ}
    config = ClientConfig.load_client_connect_config(
        override_env_vars={name: text for name, text in environment.items() if text}
    )
    address = config.setdefault("target_host", f"127.0.0.1:{settings.temporal_port}")
    try:
        return await Client.connect(
            **config,
            data_converter=pydantic_data_converter,
            lazy=lazy,
            runtime=runtime,
        )
    except (RuntimeError, RPCError) as error:
        raise TemporalUnavailableError(
            f"no Temporal at {address}: set TEMPORAL_ADDRESS, or start one with "
            "`letterbox up`"
        ) from error


def telemetry(metrics_address: str) -> TelemetryConfig:
    """Have Temporal's client log JSON too, and serve its metrics if told where."""
    return TelemetryConfig(
        logging=LoggingConfig(
            TelemetryFilter(core_level="WARN", other_level="ERROR"),
            format=LoggingFormat.JSON,
        ),
        metrics=(
            PrometheusConfig(metrics_address, counters_total_suffix=True)
            if metrics_address
            else None
        ),
    )


async def start_application(client: Client, queue: str, application_id: str) -> None:
    """
    Start an application's workflow, or tell it that the board has sent more.

    Harmless to repeat. Raises TemporalUnavailableError; nothing is lost then, since
    the sweep comes by.
    """
    try:
        await client.start_workflow(
            "Application",
            application_id,
            id=application_id,
            task_queue=queue,
            # The store decides whether an application is over, not Temporal's memory.
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=search_attributes_of(application_id),
            static_summary=summary_of(application_id),
            rpc_timeout=_RPC_TIMEOUT,
        )
    except WorkflowAlreadyStartedError:
        await _tell_redelivered(client, application_id)
    except RPCError as error:
        raise TemporalUnavailableError(f"start failed: {error.status.name}") from None
    except RuntimeError:
        # What a lazy client raises until it has connected once.
        raise TemporalUnavailableError("start failed: not connected") from None


def search_attributes_of(application_id: str) -> TypedSearchAttributes:
    """Give what is known of an application before anything was looked at."""
    board = application_id.partition(":")[0]
    return TypedSearchAttributes(
        [
            SearchAttributePair(attributes.BOARD, board),
            SearchAttributePair(attributes.STAGE, Stage.RECEIVED),
        ]
    )


def summary_of(application_id: str) -> str:
    """Say in one line what a workflow is about."""
    board, _, board_id = application_id.partition(":")
    return f"Application from {board}, its id {board_id}"


async def _tell_redelivered(client: Client, application_id: str) -> None:
    """Signal only who is past its intake: the others look into the inbox anyway."""
    handle = client.get_workflow_handle(application_id)
    try:
        description = await handle.describe(rpc_timeout=_RPC_TIMEOUT)
        stage = description.typed_search_attributes.get(attributes.STAGE)
        due = description.typed_search_attributes.get(attributes.ARCHIVE_BY)
        # Who is past the intake has a date; what SEEK withholds has no other stage.
        if due is not None or stage != Stage.RECEIVED:
            await handle.signal("redelivered", rpc_timeout=_RPC_TIMEOUT)
    except RPCError as error:
        raise TemporalUnavailableError(f"signal failed: {error.status.name}") from None


async def signal_closed(
    client: Client,
    closed_at: datetime,
    *,
    posting: str | None = None,
    positions: Sequence[Position] = (),
) -> None:
    """
    Tell open applications, triage included, that their ad or position was closed.

    Found by the board's own id of the ad, or by our references, each with its hirer.
    One batch operation of the server's; its id makes a repeat harmless. Raises
    TemporalUnavailableError.
    """
    [payload] = await client.data_converter.encode([closed_at])
    which = _applied_to(posting, positions)
    key = sha256(f"{which} {closed_at.isoformat()}".encode()).hexdigest()[:32]
    request = StartBatchOperationRequest(
        namespace=client.namespace,
        job_id=f"position-closed-{key}",
        visibility_query=(
            f'WorkflowType = "Application" AND ExecutionStatus = "Running" AND {which}'
        ),
        reason="the position was closed",
        signal_operation=BatchOperationSignal(
            signal="position_closed", input=Payloads(payloads=[payload])
        ),
    )
    for patience in reversed(range(_BATCH_TRIES)):
        try:
            await client.workflow_service.start_batch_operation(
                request, timeout=_RPC_TIMEOUT
            )
        except RPCError as error:
            if error.status is RPCStatusCode.ALREADY_EXISTS:
                return
            # A namespace has one batch operation at a time; many ads close at once.
            if error.status is not RPCStatusCode.RESOURCE_EXHAUSTED or not patience:
                raise TemporalUnavailableError(
                    f"signal failed: {error.status.name}"
                ) from None
            await asyncio.sleep(_BATCH_PAUSE)
        except RuntimeError:
            # What a lazy client raises until it has connected once.
            raise TemporalUnavailableError("signal failed: not connected") from None
        else:
            return


def _applied_to(posting: str | None, positions: Sequence[Position]) -> str:
    ways = [_is(attributes.POSTING, posting)] if posting else []
    ways += [_is_for(position) for position in positions]
    return " OR ".join(ways).join("()")


def _is_for(position: Position) -> str:
    """Find who applied for a position; references are unique to a hirer only."""
    is_named = _is(attributes.POSITION, position.reference)
    if position.hirer is None:
        return is_named
    return f"({is_named} AND {_is(attributes.HIRER, position.hirer)})"


def _is(attribute: SearchAttributeKey[str], text: str) -> str:
    return f"{attribute.name} = {quoted(attributes.fit(text))}"


def quoted(text: str) -> str:
    """Quote a value for a visibility query."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


async def missing_search_attributes(client: Client) -> list[str]:
    """Name those that the namespace does not have."""
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace), timeout=_RPC_TIMEOUT
    )
    return [
        key.name for key in attributes.ALL if key.name not in listed.custom_attributes
    ]


async def add_search_attributes(client: Client) -> None:
    """Make those that are missing; harmless to repeat."""
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
