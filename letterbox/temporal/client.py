"""What everybody asks of Temporal: to connect, to start an application."""

import os
from datetime import timedelta

from dotenv import dotenv_values
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionStatus,
)
from temporalio.common import (
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
from temporalio.service import RPCError

from letterbox.domain.application import Stage
from letterbox.domain.errors import (
    RefusedError,
    SettingsError,
    TemporalUnavailableError,
)
from letterbox.settings import Settings
from letterbox.temporal import search_attributes as attributes

_RPC_TIMEOUT = timedelta(seconds=5)
# What it waits for says nothing of whether it would look into its inbox.
_BESIDE_ALL_ELSE = "deliver"


async def connect(
    settings: Settings, *, lazy: bool = False, runtime: Runtime | None = None
) -> Client:
    """
    Connect as Temporal's own variables say (``TEMPORAL_ADDRESS`` and its kin).

    Raises TemporalUnavailableError, unless ``lazy``: then the first call connects; and
    SettingsError where the address is none.
    """
    environment = {**dotenv_values(".env", encoding="utf-8-sig"), **os.environ}
    config = ClientConfig.load_client_connect_config(
        override_env_vars={name: text for name, text in environment.items() if text}
    )
    address = config.setdefault("target_host", f"127.0.0.1:{settings.temporal_port}")
    if "://" in address:
        raise SettingsError("TEMPORAL_ADDRESS: must be host:port without a scheme")
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


async def start_application(
    client: Client,
    queue: str,
    application_id: str,
    request_id: str | None = None,
    *,
    tell: bool = True,
) -> None:
    """
    Start an application's workflow, or tell it that the board has sent more.

    Without ``tell``, one that runs already is left alone.

    Harmless to repeat. Raises TemporalUnavailableError; nothing is lost then, since
    the sweep comes by. ``request_id`` is that of the board's request, for the memo.
    Raises RefusedError where the workflow of that id is another installation's.
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
            memo={"request_id": request_id} if request_id else None,
            rpc_timeout=_RPC_TIMEOUT,
        )
    except WorkflowAlreadyStartedError:
        if tell:
            await _tell_redelivered(client, queue, application_id)
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


async def _tell_redelivered(client: Client, queue: str, application_id: str) -> None:
    """
    Signal only who would look into the inbox for it.

    Who is at its intake looks anyway; and while a step hangs or fails, each signal
    would only make the history longer: the sweep comes by again.
    """
    handle = client.get_workflow_handle(application_id)
    try:
        description = await handle.describe(rpc_timeout=_RPC_TIMEOUT)
        refuse_if_anothers(description, queue)
        stage = description.typed_search_attributes.get(attributes.STAGE)
        due = description.typed_search_attributes.get(attributes.ARCHIVE_BY)
        # Who is past the intake has a date; what SEEK withholds has no other stage.
        is_past_intake = due is not None or stage != Stage.RECEIVED
        if is_past_intake and not _is_busy(description.raw_description):
            await handle.signal("redelivered", rpc_timeout=_RPC_TIMEOUT)
    except RPCError as error:
        raise TemporalUnavailableError(f"signal failed: {error.status.name}") from None


def refuse_if_anothers(description: WorkflowExecution, queue: str) -> None:
    """
    Leave a running workflow alone whose task queue is not ours (RefusedError).

    Two installations in one namespace may have the same ids: a copy of the store, or
    one account at a board for both. What is asked of one must not reach the other.
    """
    is_open = description.status is WorkflowExecutionStatus.RUNNING
    if is_open and description.task_queue != queue:
        raise RefusedError(
            f"its workflow is of the task queue {description.task_queue!r}, and this "
            f"is {queue!r}: ask with LETTERBOX_TASK_QUEUE={description.task_queue}"
        )


def _is_busy(described: DescribeWorkflowExecutionResponse) -> bool:
    """Tell whether a step is under way, or the workflow's own task fails."""
    steps = {one.activity_type.name for one in described.pending_activities}
    return bool(steps - {_BESIDE_ALL_ELSE}) or (
        described.pending_workflow_task.attempt > 1
    )


def open_applications(task_queue: str) -> str:
    """Query for the open applications of one installation: a namespace may have two."""
    return (
        'WorkflowType = "Application" AND ExecutionStatus = "Running"'
        f" AND TaskQueue = {quoted(task_queue)}"
    )


def quoted(text: str) -> str:
    """Quote a value for a visibility query."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
