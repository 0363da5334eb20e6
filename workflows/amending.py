"""The steps that change a record, by their names and with summaries."""

from datetime import datetime

from temporalio import workflow

from workflows.steps import interruptible
from workflows.store_steps import on_store

with workflow.unsafe.imports_passed_through():
    from activities.amending import AmendActivities
    from activities.releasing import ReleaseActivities
    from letterbox.domain.application import Flag
    from letterbox.domain.commands import (
        Assigning,
        Assignment,
        Closing,
        EndingHold,
        EventOver,
        Held,
        Holding,
        NotedScan,
        NotingHold,
        PlacingHold,
        Raised,
        Release,
        Releasing,
        TellingAgain,
        ToldAgain,
    )
    from letterbox.domain.messages import Scanned
    from letterbox.domain.status import Recorded


@interruptible
async def note_scan(application_id: str, scanned: Scanned) -> Recorded:
    """Take over what a later scan told."""
    given = NotedScan(application_id=application_id, scanned=scanned)
    return await on_store(
        AmendActivities.note_scan, given, "note what the scanner told"
    )


@interruptible
async def note_closing(application_id: str, closed_at: datetime) -> Recorded:
    """Move the archive date."""
    given = Closing(
        application_id=application_id, closed_at=closed_at, now=workflow.now()
    )
    summary = "the position was closed: move the archive date"
    return await on_store(AmendActivities.note_closing, given, summary)


async def assign_position(
    application_id: str, choice: Assignment, delivery_id: str
) -> Recorded:
    """Take a person's choice of the position; its event has an id of the choice."""
    given = Assigning(
        application_id=application_id, given=choice, delivery_id=delivery_id
    )
    return await on_store(
        AmendActivities.assign_position,
        given,
        "a person chose the position",
        a_person_waits=True,
    )


async def release_document(application_id: str, asked: Release) -> Recorded:
    """Take a document out of quarantine."""
    given = Releasing(application_id=application_id, given=asked)
    return await on_store(
        ReleaseActivities.release_document,
        given,
        "a person released a document from quarantine",
        a_person_waits=True,
    )


async def place_hold(application_id: str, asked: Holding) -> Recorded:
    """Place a legal hold, or release it, as older releases did."""
    given = PlacingHold(application_id=application_id, given=asked)
    summary = "release the hold" if asked.release else "place a hold"
    return await on_store(AmendActivities.place_hold, given, summary)


async def write_hold(
    application_id: str, asked: Holding, *, was_recorded: bool
) -> Held:
    """Place a legal hold, or release it, whatever becomes of the record."""
    given = PlacingHold(
        application_id=application_id, given=asked, was_recorded=was_recorded
    )
    summary = "release the hold" if asked.release else "place a hold"
    return await on_store(
        AmendActivities.write_hold, given, summary, a_person_waits=True
    )


@interruptible
async def note_hold(application_id: str, by: str) -> Recorded:
    """Say in the record whether it is held."""
    summary = "say in the record whether it is held"
    given = NotingHold(application_id=application_id, by=by)
    return await on_store(AmendActivities.note_hold, given, summary)


@interruptible
async def end_hold(application_id: str) -> Recorded:
    """Release a hold whose time is up."""
    given = EndingHold(application_id=application_id, now=workflow.now())
    return await on_store(AmendActivities.end_hold, given, "the hold's time is up")


async def refuse_if_held(application_id: str) -> None:
    """Refuse to delete what is held."""
    await on_store(
        AmendActivities.refuse_if_held,
        application_id,
        "is it held?",
        a_person_waits=True,
    )


@interruptible
async def note_overdue(application_id: str) -> Recorded:
    """Raise the alarm, as older releases did."""
    summary = "the archive is overdue"
    return await on_store(AmendActivities.note_overdue, application_id, summary)


@interruptible
async def note_flag(application_id: str, flag: Flag) -> Recorded:
    """Raise a flag in the record."""
    given = Raised(application_id=application_id, flag=flag)
    return await on_store(AmendActivities.note_flag, given, f"raise the flag {flag}")


async def note_delivered(
    application_id: str, delivery_id: str, *, is_delivered: bool
) -> Recorded | None:
    """Owe the ATS an event no longer."""
    given = EventOver(
        application_id=application_id,
        delivery_id=delivery_id,
        is_delivered=is_delivered,
    )
    summary = "the ATS has it" if is_delivered else "the ATS wants nothing more"
    return await on_store(AmendActivities.note_delivered, given, summary)


async def owe_again(application_id: str, delivery_id: str) -> ToldAgain:
    """Owe the ATS one more event, and learn what else it is owed."""
    given = TellingAgain(application_id=application_id, delivery_id=delivery_id)
    return await on_store(
        AmendActivities.owe_again,
        given,
        "what is the ATS to be told?",
        a_person_waits=True,
    )
