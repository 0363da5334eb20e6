"""Connects to Temporal, and starts the workflow of an application."""

import os
from datetime import timedelta
from typing import Any

from dotenv import dotenv_values
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.envconfig import ClientConfig, ClientConnectConfig
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
from letterbox.temporal.converter import DATA_CONVERTER
from letterbox.temporal.rpc import reaching_temporal

_RPC_TIMEOUT = timedelta(seconds=5)
# Its client would say of each poller that Temporal is away, ten times a minute.
_LOGGED = ",".join(
    [
        TelemetryFilter(core_level="WARN", other_level="ERROR").formatted(),
        "temporalio_client=ERROR",
    ]
)
# They run beside all else: a workflow that waits for them looks into its inbox.
_BACKGROUND_ACTIVITIES = {"deliver", "send_status"}


async def connect(
    settings: Settings, *, lazy: bool = False, runtime: Runtime | None = None
) -> Client:
    """
    Connect as Temporal's own variables say (``TEMPORAL_ADDRESS`` and its kin).

    Raises TemporalUnavailableError, unless ``lazy``: then the first call connects; and
    SettingsError where the address is none.
    """
    config = _connect_config()
    address = config.setdefault("target_host", f"127.0.0.1:{settings.temporal_port}")
    if "://" in address:
        raise SettingsError("TEMPORAL_ADDRESS: must be host:port, without a scheme")
    if ":" not in address.rpartition("]")[2]:
        raise SettingsError(
            "TEMPORAL_ADDRESS: the port is missing: must be host:port, such as "
            f"{address}:7233"
        )
    try:
        return await Client.connect(
            **config, data_converter=DATA_CONVERTER, lazy=lazy, runtime=runtime
        )
    except (RuntimeError, RPCError) as error:
        raise TemporalUnavailableError(
            f"no Temporal at {address}: set TEMPORAL_ADDRESS, or start one with "
            "`letterbox up`"
        ) from error
    except ValueError as error:
        raise SettingsError(f"TEMPORAL_ADDRESS: {error}") from None


def _connect_config() -> ClientConnectConfig:
    """Read Temporal's own variables, those of ``.env`` too, and its file."""
    environment = {**dotenv_values(".env", encoding="utf-8-sig"), **os.environ}
    try:
        return ClientConfig.load_client_connect_config(
            override_env_vars={name: text for name, text in environment.items() if text}
        )
    except (RuntimeError, ValueError) as error:
        raise SettingsError(f"Temporal's own settings (TEMPORAL_*): {error}") from None


def telemetry(metrics_address: str) -> TelemetryConfig:
    """Return the client's telemetry: logs as JSON, metrics where an address is set."""
    return TelemetryConfig(
        logging=LoggingConfig(
            _LOGGED,
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
    the sweep starts it later. ``request_id`` is that of the board's request, for the
    memo. Raises RefusedError where the workflow of that id is another installation's.
    """
    try:
        with reaching_temporal():
            await client.start_workflow(
                "Application",
                application_id,
                task_queue=queue,
                **start_options(application_id),
                memo={"request_id": request_id} if request_id else None,
                rpc_timeout=_RPC_TIMEOUT,
            )
    except WorkflowAlreadyStartedError:
        if tell:
            await _signal_redelivered(client, queue, application_id)


def search_attributes_of(application_id: str) -> TypedSearchAttributes:
    """Return what is known of an application by its id alone."""
    board = application_id.partition(":")[0]
    return TypedSearchAttributes(
        [
            SearchAttributePair(attributes.BOARD, board),
            SearchAttributePair(attributes.STAGE, Stage.RECEIVED),
        ]
    )


def start_options(application_id: str) -> dict[str, Any]:
    """Return what every start of an application's workflow is asked for with."""
    board, _, board_id = application_id.partition(":")
    return {
        "id": application_id,
        # The store decides whether an application has ended, not Temporal.
        "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        "search_attributes": search_attributes_of(application_id),
        "static_summary": f"Application from {board}, its id {board_id}",
    }


async def _signal_redelivered(client: Client, queue: str, application_id: str) -> None:
    """
    Signal a workflow, unless it looks into its inbox anyway or cannot.

    At its intake it looks anyway; and while a step hangs or fails, each signal would
    only make the history longer: the sweep signals again.
    """
    handle = client.get_workflow_handle(application_id)
    with reaching_temporal():
        description = await handle.describe(rpc_timeout=_RPC_TIMEOUT)
        refuse_if_anothers(description, queue)
        if _is_past_intake(description) and not _is_busy(description):
            await handle.signal("redelivered", rpc_timeout=_RPC_TIMEOUT)


def refuse_if_anothers(description: WorkflowExecution, queue: str) -> None:
    """
    Leave a running workflow alone whose task queue is not ours (RefusedError).

    Two installations in one namespace may have the same ids: a copy of the store, or
    one account at a board for both. What is asked of one must not reach the other.
    """
    is_open = description.status is WorkflowExecutionStatus.RUNNING
    if is_open and description.task_queue != queue:
        raise RefusedError(
            f"its workflow runs in the task queue {description.task_queue!r}, not in "
            f"{queue!r}: try again with LETTERBOX_TASK_QUEUE={description.task_queue}"
        )


def _is_past_intake(description: WorkflowExecutionDescription) -> bool:
    """Return whether it is recorded: what SEEK withholds has a date and no stage."""
    known = description.typed_search_attributes
    has_date = known.get(attributes.ARCHIVE_BY) is not None
    return has_date or known.get(attributes.STAGE) != Stage.RECEIVED


def _is_busy(description: WorkflowExecutionDescription) -> bool:
    """Return whether a step is under way, or the workflow's own task fails."""
    described = description.raw_description
    steps = {pending.activity_type.name for pending in described.pending_activities}
    return bool(steps - _BACKGROUND_ACTIVITIES) or (
        described.pending_workflow_task.attempt > 1
    )
