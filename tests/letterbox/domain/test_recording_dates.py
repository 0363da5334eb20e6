"""When a record is to be archived, and what a second view changes in it."""

from datetime import datetime, timedelta

import pytest

from letterbox.domain.application import (
    Application,
    EventType,
    Flag,
    Handled,
    Hold,
    Owed,
    PositionOpening,
    Release,
    Stage,
    Told,
)
from letterbox.domain.matching import References
from letterbox.domain.messages import (
    InspectedDocument,
    MatchedPosition,
    RecordInput,
    ScanResult,
    StepInput,
    StoredDocuments,
)
from letterbox.domain.positions import ReferenceKind
from letterbox.domain.reading import Reading
from letterbox.domain.recording import Recorder
from letterbox.domain.region import RegionFinding
from letterbox.domain.retention import is_kept_enough, overdue_after
from letterbox.domain.standing import CandidateStatus, Reporting, StatusChange
from letterbox.domain.submission import ReceivedDocument, Role, Submission
from tests.record_factory import NOON, attachment, record

ID = "seek:1"
RECORDER = Recorder(retention=timedelta(days=180), margin=timedelta(days=14))
DAY = timedelta(days=1)
NAME = "ab.pdf"


def submission(filename: str | None = "cv.pdf") -> Submission:
    """Make a submission with one document."""
    document = ReceivedDocument(
        role=Role.RESUME,
        sha256="ab",
        size=1,
        name=NAME,
        filename=filename,
        declared_type="application/pdf",
    )
    return Submission(
        board="seek",
        board_id="1",
        application_id=ID,
        fingerprint="fingerprint-2",
        received_at=NOON + DAY,
        documents=(document,),
        said={},
    )


def recording(*, whole: bool = True, scanned: ScanResult | None = None) -> RecordInput:
    """Make what the steps before ``record`` found."""
    document = InspectedDocument(
        role=Role.RESUME, name=NAME, size=1, media_type="application/pdf"
    )
    return RecordInput(
        step=StepInput(application_id=ID, view=2),
        stored=StoredDocuments(documents=(document,)),
        whole=whole,
        scanned=scanned,
    )


def reading(applied_at: datetime = NOON) -> Reading:
    """Make what a submission means."""
    other = record(ID)
    return Reading(
        source=other.source,
        candidate=other.candidate,
        references=References(),
        applied_at=applied_at,
    )


def flagged(*flags: Flag) -> Application:
    """Make a record with these flags."""
    return record(ID).model_copy(update={"flags": flags})


def test_a_close_moves_the_archive_date_later() -> None:
    """The window runs from the close."""
    closed = NOON + 30 * DAY

    changed = RECORDER.with_closing(record(ID), closed, closed + DAY)

    assert changed.archive_by == closed + 166 * DAY
    assert changed.window_end == closed + 180 * DAY


def test_a_close_that_is_only_planned_counts_as_one_of_now() -> None:
    """A date in the future is a plan."""
    now = NOON + 30 * DAY

    changed = RECORDER.with_closing(record(ID), now + 365 * DAY, now)

    assert changed.window_end == now + 180 * DAY


def test_a_close_before_the_application_never_moves_a_date_earlier() -> None:
    """News of a close only ever moves it later."""
    changed = RECORDER.with_closing(record(ID), NOON - 30 * DAY, NOON)

    assert changed == record(ID)


@pytest.mark.parametrize("whole", [True, False])
def test_a_view_that_shows_less_is_added_and_the_board_asked_again_for_parts(
    *, whole: bool
) -> None:
    """The flag says what is lacking; the others stay."""
    before = flagged(Flag.ODD_FILE, Flag.UNAVAILABLE)

    changed = RECORDER.with_reduced_view(
        before, submission(), recording(whole=whole), Flag.REDACTED
    )

    again = set() if whole else {Flag.UNAVAILABLE}
    assert set(changed.flags) == {Flag.ODD_FILE, Flag.REDACTED} | again
    assert [view.number for view in changed.views] == [1, 2]
    assert changed.views[1].fingerprint == "fingerprint-2"
    assert changed.views[1].received_at == NOON + DAY
    assert changed.candidate == before.candidate


@pytest.mark.parametrize(
    ("scanned", "flags"),
    [
        (None, set()),
        (ScanResult(), set()),
        (ScanResult(infected=(NAME,)), {Flag.INFECTED}),
        (ScanResult(infected=("of-another-view.pdf",)), {Flag.INFECTED}),
        (ScanResult(unscanned=(NAME,)), {Flag.UNSCANNED}),
        (ScanResult(too_large=(NAME,)), {Flag.UNSCANNED}),
    ],
)
def test_a_conflicting_view_is_listed_with_its_documents_and_flagged(
    scanned: ScanResult | None, flags: set[Flag]
) -> None:
    """What a scanner objects to is seen in the record's flags."""
    changed = RECORDER.with_conflict(
        flagged(Flag.ODD_FILE), submission(), recording(scanned=scanned)
    )

    assert set(changed.flags) == {Flag.ODD_FILE, Flag.CONFLICT} | flags
    [listed] = changed.views[1].attachments
    assert (listed.role, listed.name, listed.sha256) == (Role.RESUME, NAME, "ab")
    assert (listed.filename, listed.declared_type) == ("cv.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("filename", "expected"), [("cv.pdf", "cv.pdf"), ("..", NAME), (None, None)]
)
def test_a_file_name_that_is_not_safe_is_replaced_by_the_documents_own(
    filename: str | None, expected: str | None
) -> None:
    """What came without a name has none."""
    changed = RECORDER.with_conflict(record(ID), submission(filename), recording())

    assert changed.views[1].attachments[0].filename == expected


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_lost_submission_makes_a_record_incomplete(*, is_asked: bool) -> None:
    """A board that can be asked is asked again."""
    changed = RECORDER.with_loss(flagged(Flag.ODD_FILE), is_asked=is_asked)

    again = {Flag.UNAVAILABLE} if is_asked else set()
    assert set(changed.flags) == {Flag.ODD_FILE, Flag.INCOMPLETE} | again


def test_a_flag_is_raised_and_lowered_and_changes_nothing_else() -> None:
    """Flags are sorted, and each is there once."""
    raised = flagged(Flag.UNAVAILABLE).with_flag(Flag.ODD_FILE, Flag.UNAVAILABLE)

    assert raised == flagged(Flag.ODD_FILE, Flag.UNAVAILABLE)
    assert raised.with_flag(Flag.ODD_FILE, is_up=False) == flagged(Flag.UNAVAILABLE)


@pytest.mark.parametrize(
    ("retention", "margin", "expected"),
    [
        (timedelta(days=180), timedelta(days=14), timedelta(days=7)),
        (timedelta(days=180), timedelta(minutes=1), timedelta(minutes=10)),
        (timedelta(minutes=3), timedelta(seconds=2), timedelta(minutes=1)),
    ],
)
def test_an_archive_is_overdue_after_half_of_the_margin_or_ten_minutes(
    retention: timedelta, margin: timedelta, expected: timedelta
) -> None:
    """Or after a third of a window that is itself as short as that."""
    assert overdue_after(retention, margin) == expected


@pytest.mark.parametrize(("days", "is_enough"), [(29, False), (30, True)])
def test_an_archive_is_kept_from_when_it_was_due_or_came_in_if_that_was_later(
    days: int, *, is_enough: bool
) -> None:
    """Exactly as long is long enough."""
    now, early = NOON + days * DAY, NOON - 300 * DAY

    assert is_kept_enough(NOON, early, keep=30 * DAY, now=now) is is_enough
    assert is_kept_enough(early, NOON, keep=30 * DAY, now=now) is is_enough


def test_a_newer_view_keeps_what_people_and_the_store_have_added() -> None:
    """A hold, who did what, the markers, and what others are told or owed."""
    hold = Hold(reason="case 12", placed_at=NOON)
    done = Handled(action="held", by="bo", at=NOON)
    event = Owed(
        type=EventType.RECORDED, delivery_id="1", happened_at=NOON, stage=Stage.MATCHED
    )
    told = Told(type=EventType.RECORDED, happened_at=NOON, told_at=NOON)
    change = StatusChange(
        id="1",
        status=CandidateStatus.HIRED,
        changed_at=NOON,
        reporting=Reporting.OWED,
    )
    added = {
        "hold": hold,
        "handled": (done,),
        "markers": ("m",),
        "owed": (event,),
        "told": (told,),
        "status_changes": (change,),
    }
    before = record(ID).model_copy(update=added)

    after = RECORDER.with_newer_view(before, submission(), reading(), recording())

    assert {name: getattr(after, name) for name in added} == added
    assert [view.number for view in after.views] == [1, 2]
    assert (after.shown_view, after.received_at) == (2, NOON)


@pytest.mark.parametrize("is_placed", [True, False])
def test_a_newer_view_keeps_the_position_that_was_found(*, is_placed: bool) -> None:
    """Where none was found, what the newer view says counts."""
    before = record(ID, position=None if is_placed else PositionOpening(triage="x"))
    matched = MatchedPosition(reference="R-2", hirer="Rail")
    found = recording().model_copy(update={"matched": matched})

    after = RECORDER.with_newer_view(
        before.model_copy(update={"stage": Stage.DELIVERED}),
        submission(),
        reading(),
        found,
    )

    assert after.position.reference == ("R-1" if is_placed else "R-2")
    assert after.stage is (Stage.DELIVERED if is_placed else Stage.MATCHED)


@pytest.mark.parametrize("days", [-100, 100])
def test_a_newer_view_only_ever_moves_the_dates_later(days: int) -> None:
    """Whatever it says of when the candidate has applied."""
    after = RECORDER.with_newer_view(
        record(ID), submission(), reading(NOON + days * DAY), recording()
    )

    later = max(NOON, NOON + days * DAY)
    assert after.window_end == later + 180 * DAY
    assert after.archive_by == later + 166 * DAY


def test_a_newer_view_loses_no_document_and_no_release() -> None:
    """What the board does not show any more is still ours."""
    release = Release(reason="a test file", by="bo", released_at=NOON)
    vouched = attachment(NAME).model_copy(update={"released": release})
    before = record(ID, vouched, attachment("cd.pdf"), attachment(None))

    after = RECORDER.with_newer_view(before, submission(), reading(), recording())

    assert [one.name for one in after.attachments] == [NAME, "cd.pdf"]
    assert [one.released for one in after.attachments] == [release, None]


def test_flags_of_the_view_go_with_it_and_those_of_a_person_stay() -> None:
    """The newer view is whole: nothing is to be asked for again."""
    of_the_view = Flag.INCOMPLETE, Flag.ODD_FILE, Flag.UNAVAILABLE
    before = flagged(*of_the_view, Flag.CONFLICT, Flag.HELD)

    after = RECORDER.with_newer_view(before, submission(), reading(), recording())

    assert after.flags == (Flag.CONFLICT, Flag.HELD)


@pytest.mark.parametrize(
    ("problem", "changes", "flags"),
    [
        (None, {}, set()),
        (None, {"whole": False}, {Flag.UNAVAILABLE}),
        (None, {"available": False}, {Flag.UNAVAILABLE}),
        ("missing", {}, {Flag.INCOMPLETE}),
        ("unavailable", {}, {Flag.INCOMPLETE, Flag.UNAVAILABLE}),
        ("macros", {}, {Flag.ODD_FILE}),
    ],
)
def test_a_first_record_is_flagged_by_what_is_lacking_or_odd(
    problem: str | None, changes: dict[str, bool], flags: set[Flag]
) -> None:
    """What is odd about a document does not make an application incomplete."""
    document = recording().stored.documents[0].model_copy(update={"problem": problem})
    stored = StoredDocuments(documents=(document,))
    found = recording().model_copy(update={"stored": stored, **changes})

    made = RECORDER.first(submission(), reading(), found)

    assert set(made.flags) == flags
    assert made.stage is (Stage.TRIAGE if found.available else Stage.RECEIVED)


def test_a_first_record_has_what_the_steps_before_have_found() -> None:
    """The region by the address, the position by the catalogue."""
    region = RegionFinding(reason="country-accepted", elsewhere=False)
    matched = MatchedPosition(
        reference="R-2",
        hirer="Rail",
        title="Driver",
        matched_by=ReferenceKind.OTHER,
    )
    received = submission().model_copy(update={"region": region})
    found = recording().model_copy(update={"matched": matched})

    made = RECORDER.first(received, reading(), found)

    assert made.region == region
    assert made.position == PositionOpening(
        reference="R-2", hirer="Rail", title="Driver", matched_by=ReferenceKind.OTHER
    )
    assert (made.stage, made.received_at) == (Stage.MATCHED, NOON + DAY)
    assert [view.number for view in made.views] == [2]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_who_is_surely_elsewhere_is_flagged(*, elsewhere: bool) -> None:
    """Where the settings do not have them refused."""
    region = RegionFinding(reason="x", elsewhere=elsewhere)
    received = submission().model_copy(update={"region": region})

    made = RECORDER.first(received, reading(), recording())

    assert (Flag.REGION in made.flags) is elsewhere


def test_why_no_position_was_found_is_in_the_record() -> None:
    """A person goes by it, and chooses one."""
    found = recording().model_copy(
        update={"matched": MatchedPosition(triage="ambiguous")}
    )

    made = RECORDER.first(submission(), reading(), found)

    assert made.position == PositionOpening(triage="ambiguous")
    assert made.stage is Stage.TRIAGE
