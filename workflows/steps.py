"""Every step of an application by its name, with its summary and its options."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from temporalio import workflow

from workflows.options import (
    ARCHIVE,
    ASK_BOARD,
    DELIVER,
    ERASE,
    LAST_ASK,
    OWN_STORE,
    SCAN,
)

with workflow.unsafe.imports_passed_through():
    from activities.amending import AmendActivities
    from activities.applications import ApplicationActivities
    from activities.archiving import ArchiveActivities
    from activities.delivering import DeliveryActivities
    from activities.delivery_values import Delivered, DeliveryOrder
    from activities.erasing import EraseActivities
    from activities.fetching import FetchActivities
    from activities.scan_values import Scanned, Scanning
    from activities.scanning import ScanActivities
    from activities.values import (
        Assigning,
        Assignment,
        Closing,
        Collected,
        Collecting,
        Erased,
        Erasing,
        Erasure,
        Fetched,
        Holding,
        MatchedPosition,
        NotedScan,
        PlacingHold,
        Recorded,
        Recording,
        Retired,
        Step,
        StoredDocuments,
    )


Given = ParamSpec("Given")
Result = TypeVar("Result")


def _interruptible(
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


@_interruptible
async def collect(application_id: str, *, again: bool) -> Collected:
    """Find what the board delivered, or what is to be asked for again."""
    return await workflow.execute_local_activity_method(
        ApplicationActivities.collect,
        Collecting(application_id=application_id, again=again),
        summary="find what the board delivered",
        **OWN_STORE,
    )


@_interruptible
async def fetch_application(step: Step, *, is_last: bool) -> Fetched:
    """Ask the board for the application."""
    return await workflow.execute_activity_method(
        FetchActivities.fetch_application,
        step,
        summary="ask the board for the application",
        **(LAST_ASK if is_last else ASK_BOARD),
    )


@_interruptible
async def fetch_documents(step: Step, *, is_last: bool) -> StoredDocuments:
    """Fetch the documents from the board."""
    return await workflow.execute_activity_method(
        FetchActivities.fetch_documents,
        step,
        summary="fetch the documents from the board",
        **(LAST_ASK if is_last else ASK_BOARD),
    )


@_interruptible
async def store_documents(step: Step) -> StoredDocuments:
    """Check and recognise the documents that came with the delivery."""
    return await workflow.execute_local_activity_method(
        ApplicationActivities.store_documents,
        step,
        summary="check and recognise the documents",
        **OWN_STORE,
    )


@_interruptible
async def scan_documents(application_id: str, names: tuple[str, ...]) -> Scanned:
    """Have documents looked at for viruses."""
    return await workflow.execute_activity_method(
        ScanActivities.scan_documents,
        Scanning(application_id=application_id, names=names),
        summary="scan the documents for viruses",
        **SCAN,
    )


@_interruptible
async def note_scan(application_id: str, scanned: Scanned) -> Recorded:
    """Take over what a later scan told."""
    return await workflow.execute_local_activity_method(
        AmendActivities.note_scan,
        NotedScan(application_id=application_id, scanned=scanned),
        summary="note what the scanner told",
        **OWN_STORE,
    )


@_interruptible
async def match_position(step: Step) -> MatchedPosition:
    """Find the position."""
    return await workflow.execute_local_activity_method(
        ApplicationActivities.match_position,
        step,
        summary="find the position",
        **OWN_STORE,
    )


@_interruptible
async def record(recording: Recording) -> Recorded:
    """Write the record, clear the inbox."""
    return await workflow.execute_local_activity_method(
        ApplicationActivities.record,
        recording,
        summary="write the record, clear the inbox",
        **OWN_STORE,
    )


@_interruptible
async def note_closing(application_id: str, closed_at: datetime) -> Recorded:
    """Move the archive date."""
    return await workflow.execute_local_activity_method(
        AmendActivities.note_closing,
        Closing(application_id=application_id, closed_at=closed_at),
        summary="the position was closed: move the archive date",
        **OWN_STORE,
    )


async def assign_position(application_id: str, given: Assignment) -> Recorded:
    """Take a person's choice of the position."""
    return await workflow.execute_local_activity_method(
        AmendActivities.assign_position,
        Assigning(application_id=application_id, given=given),
        summary="a person chose the position",
        **OWN_STORE,
    )


async def place_hold(application_id: str, given: Holding) -> Recorded:
    """Place a legal hold, or release it."""
    return await workflow.execute_local_activity_method(
        AmendActivities.place_hold,
        PlacingHold(application_id=application_id, given=given),
        summary="release the hold" if given.release else "place a hold",
        **OWN_STORE,
    )


@_interruptible
async def end_hold(application_id: str) -> Recorded:
    """Release a hold whose time is up."""
    return await workflow.execute_local_activity_method(
        AmendActivities.end_hold,
        application_id,
        summary="the hold's time is up",
        **OWN_STORE,
    )


async def refuse_if_held(application_id: str) -> None:
    """Refuse to delete what is held."""
    await workflow.execute_local_activity_method(
        AmendActivities.refuse_if_held,
        application_id,
        summary="is it held?",
        **OWN_STORE,
    )


@_interruptible
async def pack(application_id: str) -> Recorded:
    """Write the archive and verify it."""
    return await workflow.execute_activity_method(
        ArchiveActivities.pack,
        application_id,
        summary="write the archive, read it back, verify it",
        **ARCHIVE,
    )


@_interruptible
async def retire(application_id: str) -> Retired:
    """Remove the hot copy of what is archived."""
    return await workflow.execute_activity_method(
        ArchiveActivities.retire,
        application_id,
        summary="remove the hot copy",
        **ARCHIVE,
    )


@_interruptible
async def note_overdue(application_id: str) -> Recorded:
    """Raise the alarm."""
    return await workflow.execute_local_activity_method(
        AmendActivities.note_overdue,
        application_id,
        summary="the archive is overdue",
        **OWN_STORE,
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
        **DELIVER,
    )


async def note_delivered(application_id: str) -> Recorded | None:
    """Say in the record that the ATS has it."""
    return await workflow.execute_local_activity_method(
        AmendActivities.note_delivered,
        application_id,
        summary="the ATS has it",
        **OWN_STORE,
    )
