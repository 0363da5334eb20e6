"""What changes an application, and what there is before: for ``cut_short``."""

import asyncio
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue
from temporalio.testing import ActivityEnvironment

from activities.amending import AmendActivities
from activities.archiving import ArchiveActivities
from activities.removing import Ending, EraseActivities
from activities.reporting import StatusActivities
from letterbox.archive.expiry import ArchiveExpiry
from letterbox.boards.reports import StandingReport
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain.application import Application, Release
from letterbox.domain.commands import (
    AssignInput,
    Assignment,
    EraseInput,
    EraseRequest,
    HoldRequest,
    NoteHoldInput,
    NoteReportingInput,
    NoteStatusInput,
    PlaceHoldInput,
    SendStatusInput,
    StatusReport,
)
from letterbox.domain.messages import (
    FetchInput,
    RecordInput,
    StepInput,
    StoreInput,
    StoreResult,
)
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position
from letterbox.domain.recording import Recorder
from letterbox.domain.standing import CandidateStatus
from letterbox.records.applications import StoredApplications
from letterbox.records.quarantine import StoredQuarantine
from letterbox.resources import Records, open_records
from letterbox.settings import Settings
from tests.activities import addressed
from tests.activities.board import Board, asking
from tests.activities.conftest import over
from tests.activities.noticed import SEEK, notice, take_in
from tests.factories import careerjet
from tests.older_inbox import Accept, accept_as_before, accept_today
from tests.record_factory import record

ID = "careerjet:12345678"
SETTINGS = Settings(digest_key=("a key for tests",))
MARK = b"Ada Example"
CV = b"%PDF-1.4 " + MARK
LARGE_CV = CV + bytes(600_000)
NOW = datetime.now(UTC)
ADDRESSES = ("ada@example.com", "ada@new.example")
DEMOGRAPHICS: JsonValue = {"race": f"what {MARK.decode()} is"}
STATUS = StatusReport(id="change-1", status=CandidateStatus.HIRED, changed_at=NOW)


def records_of(store: ObjectStore) -> Records:
    """Open what reads and writes applications."""
    return open_records(SETTINGS, store)


def record_of(store: ObjectStore, name: str = ID) -> Application:
    """Read the record, which must be there."""
    record = records_of(store).applications.find(name)
    assert record
    return record


def accept(store: ObjectStore) -> None:
    """Do what the API does before it answers; the board sends again."""
    _accept(store)


def accept_older(store: ObjectStore) -> None:
    """Have one lie there as an earlier release accepted it."""
    _accept(store, accepting=accept_as_before)


def _accept(
    store: ObjectStore,
    *,
    cv: bytes = CV,
    email: str = ADDRESSES[0],
    received_at: datetime = NOW,
    accepting: Accept = accept_today,
) -> None:
    """Have one accepted that also tells what its candidate is."""
    delivery, contents = careerjet(
        "12345678", cv=cv, email=email, received_at=received_at
    )
    delivery = delivery.model_copy(update={"demographics": DEMOGRAPHICS})
    accepting(store, delivery, contents)


def accept_large(store: ObjectStore) -> None:
    """Do the same with a CV that is written to a file as it comes."""
    _accept(store, cv=LARGE_CV)


def accept_another(store: ObjectStore) -> None:
    """Have one recorded, and another of its name, with another address, accepted."""
    make_application(store)
    later = NOW + timedelta(minutes=1)
    _accept(store, cv=CV + b" again", email=ADDRESSES[1], received_at=later)


def take_over(store: ObjectStore) -> None:
    """Do what the workflow does with what lies in the inbox."""
    steps = over(store, SETTINGS)
    collected = steps.store_documents(StoreInput(application_id=ID))
    if not collected.fresh:
        return
    step = StepInput(application_id=ID, view=collected.view)
    steps.match_position(
        RecordInput(
            step=step,
            stored=collected.stored,
        )
    )


def fetch(store: ObjectStore) -> None:
    """Do what the workflow does with a notice, the board's documents included."""
    steps = over(store, SETTINGS)
    collected = steps.store_documents(StoreInput(application_id=SEEK))
    if not collected.fresh:
        return
    step = StepInput(application_id=SEEK, view=collected.view)
    asked = asking(records_of(store).applications, Board()).fetch_application
    fetched = asyncio.run(ActivityEnvironment().run(asked, FetchInput(step=step)))
    steps.match_position(RecordInput(step=step, stored=fetched.stored))


def accept_addressed(store: ObjectStore) -> None:
    """Have an application accepted whose documents lie at addresses."""
    records_of(store).applications.accept(addressed.posted(), {})


def download(store: ObjectStore) -> None:
    """Do what the workflow does with it: record it, then fetch its documents."""
    applications = records_of(store).applications
    addressed.take_in(over(store, SETTINGS), applications, Board())


def collect(store: ObjectStore) -> StoreResult:
    """Take the first of its steps."""
    return over(store, SETTINGS).collect(StoreInput(application_id=ID))


def refresh(store: ObjectStore) -> None:
    """Ask the board again, and take over what it says."""
    again = notice().model_copy(update={"received_at": NOW})
    applications = StoredApplications(store)
    if len(record_of(store, SEEK).views) > 1:
        applications.clear(again)
        return
    applications.accept(again, {})
    take_in(over(store, SETTINGS), applications)


def amending(store: ObjectStore) -> AmendActivities:
    """Open what changes a record."""
    records = records_of(store)
    return AmendActivities(
        applications=records.applications,
        catalogue=StoredCatalogue(store),
        holds=records.holds,
        recorder=Recorder(retention=timedelta(days=180), margin=timedelta(days=14)),
    )


def assign(store: ObjectStore) -> None:
    """Choose a position, as a person does."""
    given = Assignment(reference="DEV-17")
    order = AssignInput(application_id=ID, given=given, delivery_id="event-1")
    amending(store).assign_position(order)


class Told:
    """A board that is told where its candidates stand, and takes it."""

    async def send_status(self, report: StandingReport) -> None:
        """Take it."""


def reporting(store: ObjectStore) -> StatusActivities:
    """Open what notes statuses and tells the board."""
    applications = records_of(store).applications
    return StatusActivities(applications=applications, senders={"careerjet": Told()})


def note_status(store: ObjectStore) -> None:
    """Write down where the candidate stands."""
    noting = NoteStatusInput(application_id=ID, given=STATUS)
    reporting(store).note_status(noting)


def report_status(store: ObjectStore) -> None:
    """Tell the board, and write down that it has it."""
    steps = reporting(store)
    sending = SendStatusInput(application_id=ID, change_id=STATUS.id)
    sent = asyncio.run(ActivityEnvironment().run(steps.send_status, sending))
    if sent.reporting:
        done = NoteReportingInput(**sending.model_dump(), reporting=sent.reporting)
        steps.note_reporting(done)


def hold(store: ObjectStore, *, release: bool = False) -> None:
    """Place a hold, and say so in the record."""
    given = HoldRequest(reason="case 4711", release=release)
    amending(store).write_hold(PlaceHoldInput(application_id=ID, given=given))
    amending(store).note_hold(NoteHoldInput(application_id=ID))


def release_hold(store: ObjectStore) -> None:
    """Hold no longer."""
    hold(store, release=True)


def quarantine(store: ObjectStore) -> None:
    """Put a document away."""
    StoredQuarantine(store).move(ID, cv_of(store))


def release(store: ObjectStore) -> None:
    """Put it back."""
    told = Release(reason="a false alarm", by="jane", released_at=NOW)
    StoredQuarantine(store).release(ID, cv_of(store), told)


def archive(store: ObjectStore) -> None:
    """Do what the workflow does when archiving is due."""
    records = records_of(store)
    steps = ArchiveActivities(
        applications=records.applications,
        archives=records.archives,
        removal=records.removal,
    )
    asyncio.run(ActivityEnvironment().run(steps.pack, ID))
    asyncio.run(ActivityEnvironment().run(steps.retire, ID))


def expire(store: ObjectStore) -> None:
    """End the keeping of an archive."""
    records = records_of(store)
    expiry = ArchiveExpiry(store, candidates=records.candidates, holds=records.holds)
    expiry.expire(timedelta(days=1), NOW + timedelta(days=400))


def erase(store: ObjectStore, name: str = ID) -> None:
    """Do what the workflow does when erasure is asked for."""
    steps = EraseActivities(removal=records_of(store).removal, own_ids=lambda _: None)
    order = EraseInput(application_id=name, given=EraseRequest(reason="request 17"))
    asyncio.run(ActivityEnvironment().run(steps.erase, order))


def discard(store: ObjectStore) -> None:
    """Remove an application for an ad that is not ours, before it is recorded."""
    records = records_of(store)
    Ending(records.applications, records.removal).discard(record(ID))


def late(store: ObjectStore) -> None:
    """Remove what a late repeat has brought."""
    assert collect(store).ended


def make_nothing(store: ObjectStore) -> None:
    """Begin with an empty store."""
    del store


def make_application(store: ObjectStore) -> None:
    """Have one application recorded, with its markers, source and documents."""
    accept(store)
    take_over(store)


def make_noticed(store: ObjectStore) -> None:
    """Have one recorded that its board can be asked about again."""
    applications = StoredApplications(store)
    applications.accept(notice(), {})
    take_in(over(store, SETTINGS), applications)


def make_told(store: ObjectStore) -> None:
    """Have a notice of one, and nothing else."""
    StoredApplications(store).accept(notice(), {})


def make_position(store: ObjectStore) -> None:
    """Have one, and a position to choose."""
    make_application(store)
    CatalogueWriter(store).put(Position(reference="DEV-17"))


def make_noted(store: ObjectStore) -> None:
    """Have one with a status that its board is owed."""
    make_application(store)
    note_status(store)


def make_held(store: ObjectStore) -> None:
    """Have one that is held."""
    make_application(store)
    hold(store)


def make_quarantined(store: ObjectStore) -> None:
    """Have one with a document in quarantine."""
    make_application(store)
    quarantine(store)


def make_archived(store: ObjectStore) -> None:
    """Have one that was archived."""
    make_application(store)
    archive(store)


def make_archived_and_repeated(store: ObjectStore) -> None:
    """Have one that was archived, and comes again."""
    make_archived(store)
    accept(store)


def make_collected(store: ObjectStore) -> None:
    """Have one whose first step is taken."""
    accept(store)
    collect(store)


def cv_of(store: ObjectStore) -> str:
    """Name the document with a name of the candidate's."""
    [cv] = [one.name for one in record_of(store).attachments if one.filename]
    assert cv
    return cv
