"""A document is looked at again before its application is archived."""

from hashlib import sha256

import pytest

from activities.archiving import with_problems
from activities.inspection import Inspector
from letterbox.boards import discover
from letterbox.domain.application import Flag, View
from letterbox.domain.messages import InspectedDocument, StepInput
from letterbox.domain.reading import Text
from letterbox.domain.submission import ReceivedDocument, Role
from letterbox.records.applications import StoredApplications
from tests.factories import careerjet
from tests.record_factory import NOON, attachment, record

ID = "careerjet:1"
CV = b"%PDF-1.4 the CV of Ada Example"
NAME = f"{sha256(CV).hexdigest()}.pdf"
STEP = StepInput(application_id=ID, view=1)


def document(name: str, size: int) -> ReceivedDocument:
    """Have a document as its submission tells of it."""
    return ReceivedDocument(
        role=Role.RESUME, name=name, sha256=name.partition(".")[0], size=size
    )


@pytest.fixture(name="kept")
def _kept(applications: StoredApplications) -> StoredApplications:
    applications.put_document(ID, NAME, CV)
    return applications


def test_a_document_that_is_whole_leaves_the_record_as_it_is(
    kept: StoredApplications,
) -> None:
    """What was odd about it when it came is still so."""
    before = record(ID, attachment(NAME, "markup"))

    assert with_problems(kept, before) == before


@pytest.mark.parametrize(
    ("body", "problem"), [(None, "missing"), (b"", "damaged"), (CV[:-1], "damaged")]
)
def test_a_document_that_is_gone_or_cut_says_so_in_record_and_view(
    kept: StoredApplications, body: bytes | None, problem: str
) -> None:
    """It was whole when it came; the application goes on without it."""
    other = sha256(b"another").hexdigest() + ".pdf"
    if body is not None:
        kept.put_document(ID, other, body)
    documents = attachment(NAME), attachment(other)
    view = View(number=1, fingerprint="f", received_at=NOON, attachments=documents)
    before = record(ID, *documents).model_copy(update={"views": (view,)})

    after = with_problems(kept, before)

    assert [one.problem for one in after.attachments] == [None, problem]
    assert [one.problem for one in after.views[0].attachments] == [None, problem]
    assert after.flags == (Flag.INCOMPLETE, Flag.ODD_FILE)


def test_what_the_board_never_had_and_what_is_in_quarantine_is_not_missed(
    kept: StoredApplications,
) -> None:
    """Neither is to be among the documents."""
    infected = attachment(f"{'a' * 64}.pdf", scan="infected")
    before = record(ID, attachment(None, "unavailable"), infected)

    assert with_problems(kept, before) == before


def inspect(
    applications: StoredApplications,
    *documents: ReceivedDocument,
    texts: tuple[Text, ...] = (),
) -> InspectedDocument:
    """Inspect what a submission brought: one document, or one text."""
    submission, _ = careerjet("1", cv=None)
    reading = discover()["careerjet"].read(submission)
    (inspected,), _ = Inspector(applications).inspect_all(
        STEP,
        submission.model_copy(update={"documents": documents}),
        reading.model_copy(update={"texts": texts}),
    )
    return inspected


@pytest.mark.parametrize(
    ("size", "media_type", "problem"),
    [(len(CV), "application/pdf", None), (len(CV) - 1, None, "damaged")],
)
def test_a_document_is_read_back_to_its_last_byte(
    kept: StoredApplications, size: int, media_type: str | None, problem: str | None
) -> None:
    """Whoever wrote it said how long it is."""
    inspected = inspect(kept, document(NAME, size))

    assert inspected == InspectedDocument(
        role=Role.RESUME, name=NAME, size=size, media_type=media_type, problem=problem
    )


def test_a_document_that_is_missing_is_said_to_be(kept: StoredApplications) -> None:
    """The application goes on without it."""
    assert inspect(kept, document("0.pdf", 1)).problem == "missing"


def test_a_letter_that_came_as_text_is_kept_as_a_file(kept: StoredApplications) -> None:
    """It is downloaded like the others."""
    body = "Sehr geehrte Ädä".encode()

    inspected = inspect(kept, texts=(Text(role=Role.COVER_LETTER, text=body.decode()),))

    name = f"{sha256(body).hexdigest()}.txt"
    assert inspected == InspectedDocument(
        role=Role.COVER_LETTER, name=name, size=len(body), media_type="text/plain"
    )
    with kept.open_document(ID, name) as chunks:
        assert b"".join(chunks) == body
