"""The steps of an application's life by their names, with summaries and options."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from workflows.options import (
    ARCHIVE,
    ASK_BOARD,
    DELIVER,
    ERASE,
    LAST_ASK,
    SCAN,
)
from workflows.store_steps import on_store

with workflow.unsafe.imports_passed_through():
    from activities.archiving import ArchiveActivities
    from activities.delivering import DeliveryActivities
    from activities.fetching import FetchActivities
    from activities.intake import ApplicationActivities
    from activities.removing import EraseActivities
    from activities.scanning import ScanActivities
    from letterbox.domain.commands import Erased, Erasing, Erasure
    from letterbox.domain.messages import (
        Collected,
        Collecting,
        Delivered,
        DeliveryOrder,
        Fetched,
        MatchedPosition,
        Recording,
        Retired,
        Scanned,
        Scanning,
        Step,
        StoredDocuments,
    )
    from letterbox.domain.status import Recorded
    from letterbox.temporal.task_queues import ATS, SCANNER, own


Given = ParamSpec("Given")
Result = TypeVar("Result")


def interruptible(
    step: Callable[Given, Awaitable[Result]],
) -> Callable[Given, Coroutine[Any, Any, Result]]:
    """
    Have a step heed that its task was cancelled.

    The SDK lets an activity that ends well in spite of a cancellation swallow it.
    """

    @wraps(step)
    async def heeding(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        result = await step(*args, **kwargs)
        task = asyncio.current_task()
        if task and task.cancelling():
            raise asyncio.CancelledError
        return result

    return heeding


@interruptible
async def collect(application_id: str, *, again: bool, was_recorded: bool) -> Collected:
    """Find what the board delivered, or what is to be asked for again."""
    given = Collecting(
        application_id=application_id, again=again, was_recorded=was_recorded
    )
    return await on_store(
        ApplicationActivities.collect,
        given,
        "find what the board delivered",
    )


@interruptible
async def fetch_application(step: Step, *, is_last: bool) -> Fetched:
    """Ask the board for the application."""
    return await workflow.execute_activity_method(
        FetchActivities.fetch_application,
        step,
        summary="ask the board for the application",
        **(LAST_ASK if is_last else ASK_BOARD),
    )


@interruptible
async def fetch_documents(step: Step, *, is_last: bool) -> StoredDocuments:
    """Fetch the documents from the board."""
    return await workflow.execute_activity_method(
        FetchActivities.fetch_documents,
        step,
        summary="fetch the documents from the board",
        **(LAST_ASK if is_last else ASK_BOARD),
    )


@interruptible
async def store_documents(step: Step) -> StoredDocuments:
    """Check and recognise the documents that came with the delivery."""
    return await on_store(
        ApplicationActivities.store_documents,
        step,
        "check and recognise the documents",
    )


@interruptible
async def scan_documents(application_id: str, names: tuple[str, ...]) -> Scanned:
    """Have documents looked at for viruses; unscanned is what a day did not suffice."""
    try:
        return await workflow.execute_activity_method(
            ScanActivities.scan_documents,
            Scanning(application_id=application_id, names=names),
            summary="scan the documents for viruses",
            task_queue=own(SCANNER),
            **SCAN,
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return Scanned(unscanned=names)


@interruptible
async def match_position(step: Step) -> MatchedPosition:
    """Find the position."""
    return await on_store(
        ApplicationActivities.match_position,
        step,
        "find the position",
    )


@interruptible
async def record(recording: Recording) -> Recorded:
    """Write the record, clear the inbox."""
    return await on_store(
        ApplicationActivities.record,
        recording,
        "write the record, clear the inbox",
    )


@interruptible
async def pack(application_id: str) -> Recorded:
    """Write the archive and verify it."""
    return await workflow.execute_activity_method(
        ArchiveActivities.pack,
        application_id,
        summary="write the archive, read it back, verify it",
        **ARCHIVE,
    )


@interruptible
async def retire(application_id: str) -> Retired:
    """Remove the hot copy of what is archived."""
    return await workflow.execute_activity_method(
        ArchiveActivities.retire,
        application_id,
        summary="remove the hot copy",
        **ARCHIVE,
    )


async def erase(application_id: str, given: Erasure) -> Erased:
    """Remove all there is of the application."""
    return await workflow.execute_activity_method(
        EraseActivities.erase,
        Erasing(application_id=application_id, given=given),
        summary="remove everything but the tombstone",
        **ERASE,
    )


async def deliver(order: DeliveryOrder) -> Delivered:
    """Tell the ATS."""
    return await workflow.execute_activity_method(
        DeliveryActivities.deliver,
        order,
        summary=f"tell the ATS: {order.type}",
        task_queue=own(ATS),
        **DELIVER,
    )
