"""The steps that change a record, by their names, with summaries and options."""

from datetime import datetime

from temporalio import workflow

from workflows.interruptible import interruptible
from workflows.options import OWN_STORE

with workflow.unsafe.imports_passed_through():
    from activities.amend_values import (
        Assigning,
        Assignment,
        Closing,
        Holding,
        NotedScan,
        PlacingHold,
        Release,
        Releasing,
    )
    from activities.amending import AmendActivities
    from activities.releasing import ReleaseActivities
    from activities.scan_values import Scanned
    from activities.values import Recorded


@interruptible
async def note_scan(application_id: str, scanned: Scanned) -> Recorded:
    """Take over what a later scan told."""
    return await workflow.execute_local_activity_method(
        AmendActivities.note_scan,
        NotedScan(application_id=application_id, scanned=scanned),
        summary="note what the scanner told",
        **OWN_STORE,
    )


@interruptible
async def note_closing(application_id: str, closed_at: datetime) -> Recorded:
    """Move the archive date."""
    return await workflow.execute_local_activity_method(
        AmendActivities.note_closing,
        Closing(application_id=application_id, closed_at=closed_at, now=workflow.now()),
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


async def release_document(application_id: str, given: Release) -> Recorded:
    """Take a document out of quarantine."""
    return await workflow.execute_local_activity_method(
        ReleaseActivities.release_document,
        Releasing(application_id=application_id, given=given),
        summary="a person released a document from quarantine",
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


@interruptible
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


@interruptible
async def note_overdue(application_id: str) -> Recorded:
    """Raise the alarm."""
    return await workflow.execute_local_activity_method(
        AmendActivities.note_overdue,
        application_id,
        summary="the archive is overdue",
        **OWN_STORE,
    )


async def note_delivered(application_id: str) -> Recorded | None:
    """Say in the record that the ATS has it."""
    return await workflow.execute_local_activity_method(
        AmendActivities.note_delivered,
        application_id,
        summary="the ATS has it",
        **OWN_STORE,
    )
