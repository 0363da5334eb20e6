"""All steps of an application's life: activity, summary, and how it is called."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from workflows.calls import awaited, interruptible, local, regular
from workflows.options import (
    ARCHIVE,
    ASK_BOARD,
    DELIVER,
    ERASE,
    LAST_ASK,
    REPORT,
    SCAN,
)

with workflow.unsafe.imports_passed_through():
    from activities.amending import AmendActivities
    from activities.archiving import ArchiveActivities
    from activities.delivering import DeliveryActivities
    from activities.fetching import FetchActivities
    from activities.intake import ApplicationActivities
    from activities.releasing import ReleaseActivities
    from activities.removing import EraseActivities
    from activities.reporting import StatusActivities
    from activities.scanning import ScanActivities
    from activities.undelivered import UndeliveredActivities
    from letterbox.domain.commands import PlaceHoldInput
    from letterbox.domain.messages import ScanInput, ScanResult
    from letterbox.temporal.task_queues import ATS, SCANNER, STATUSES


# From the inbox to the record.
store_documents = local(
    ApplicationActivities.store_documents,
    "take over what came in, check and recognise the documents",
)
fetch_application, fetch_application_last = (
    regular(
        FetchActivities.fetch_application,
        "ask the board for the application and its documents",
        options,
    )
    for options in (ASK_BOARD, LAST_ASK)
)
match_position = local(
    ApplicationActivities.match_position,
    "find the position, write the record, clear the inbox",
)
_scan_documents = regular(
    ScanActivities.scan_documents,
    "scan the documents for viruses",
    SCAN,
    queue=SCANNER,
    is_interruptible=False,
)


@interruptible
async def scan_documents(args: ScanInput) -> ScanResult:
    """Scan documents; those that a day was not enough for are unscanned."""
    try:
        return await _scan_documents(args)
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return ScanResult(unscanned=args.names)


# Changes of the record.
note_scan = local(AmendActivities.note_scan, "note the result of the scan")
note_closing = local(
    AmendActivities.note_closing,
    "move the archive date: the position was closed",
)
note_hold = local(AmendActivities.note_hold, "say in the record whether it is held")
note_flag = local(AmendActivities.note_flag, lambda args: f"raise the flag {args.flag}")
end_hold = local(AmendActivities.end_hold, "the hold's time is up")


_DELIVERED = {True: "the ATS has it", False: "the ATS wants no more events"}

# An erasure lets it end: what the ATS has been told is owed no longer.
note_delivered = local(
    AmendActivities.note_delivered,
    lambda args: _DELIVERED[args.is_delivered],
    is_interruptible=False,
)


# What people ask for.
def _summary_of_hold(args: PlaceHoldInput) -> str:
    return "release the hold" if args.given.release else "place a hold"


assign_position = awaited(
    AmendActivities.assign_position, "a person chose the position"
)
release_document = awaited(
    ReleaseActivities.release_document,
    "a person released a document from quarantine",
)
write_hold = awaited(AmendActivities.write_hold, _summary_of_hold)
refuse_if_held = awaited(AmendActivities.refuse_if_held, "is it held?")
owe_again = awaited(AmendActivities.owe_again, "what must be sent to the ATS?")

# What runs of older releases ask for.
place_hold = local(AmendActivities.place_hold, _summary_of_hold)
note_overdue = local(AmendActivities.note_overdue, "the archive is overdue")

# The end.
pack = regular(
    ArchiveActivities.pack, "write the archive, read it back, verify it", ARCHIVE
)
retire = regular(ArchiveActivities.retire, "remove the open copy", ARCHIVE)
erase = regular(
    EraseActivities.erase,
    "remove everything but the tombstone",
    ERASE,
    is_interruptible=False,
)

# What the ATS is told.
deliver = regular(
    DeliveryActivities.deliver,
    lambda order: f"tell the ATS: {order.type}",
    DELIVER,
    queue=ATS,
)
keep_undelivered = local(
    UndeliveredActivities.keep_undelivered, "keep what the ATS is owed"
)
find_undelivered = awaited(
    UndeliveredActivities.find_undelivered, "what is the ATS still owed?"
)
forget_undelivered = local(
    UndeliveredActivities.forget_undelivered, "the ATS has what was kept"
)

# What the board is told.
note_status = awaited(StatusActivities.note_status, "note where the candidate stands")
send_status = regular(
    StatusActivities.send_status,
    "tell the board where the candidate stands",
    REPORT,
    queue=STATUSES,
)
note_reporting = local(
    StatusActivities.note_reporting, lambda args: f"the board: {args.reporting}"
)
