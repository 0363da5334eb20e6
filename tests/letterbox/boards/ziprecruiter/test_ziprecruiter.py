"""What is ZipRecruiter's alone; what all boards that post do is in test_posts.py."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from letterbox.boards.posting.verifiers import sign
from letterbox.boards.ziprecruiter import BOARD
from letterbox.boards.ziprecruiter.signature import moment_of
from letterbox.domain.answers import AnswerKind
from letterbox.domain.errors import SignatureError
from letterbox.domain.submission import Role
from tests.letterbox.boards.posts import NOW, ZIPRECRUITER, verified

# Computed by the rule: no official vector is public.
SECRET, BODY = b"super-secret", b'{"response_id":"abc"}'
VECTORS = [
    ("2026-04-01T12:00:00.000Z", "ZcUTEfGERdePvQIMIILl/UkzJJQbSEAu1LKOZOO9Dks="),
    ("1775044800", "s1JQVSdw48q9zq+JZpBF29PkkpHqeuSxUhEynLXY5ik="),
]


def headers(timestamp: str, signature: str) -> dict[str, str]:
    """Write down the headers of a signature."""
    return {
        "X-ZipRecruiter-Signature-Timestamp": timestamp,
        "X-ZipRecruiter-Signature": signature,
        "X-ZipRecruiter-Signature-Version": "1",
    }


@pytest.mark.parametrize(("timestamp", "signature"), VECTORS)
def test_the_computed_vectors_verify_however_old_they_are(
    timestamp: str, signature: str
) -> None:
    """Both forms of the time are signed as they are; old is logged, and taken."""
    with structlog.testing.capture_logs() as logged:
        verified(BOARD, BODY, headers(timestamp, signature), [b"old", SECRET])

    [line] = logged
    assert line["event"] == "a signature is out of its time"
    assert line["board"] == "ziprecruiter"
    assert line["seconds"] > 60


def test_the_time_is_part_of_what_is_signed() -> None:
    """The same moment in the other form is another text."""
    (iso, signature), (unix, _) = VECTORS

    for timestamp in (unix, iso.replace("Z", "+00:00"), iso + " ", ""):
        with pytest.raises(SignatureError):
            verified(BOARD, BODY, headers(timestamp, signature), [SECRET])


@pytest.mark.parametrize("away", [timedelta(0), timedelta(hours=1), None])
def test_a_time_that_is_far_off_is_logged_and_one_of_now_is_not(
    away: timedelta | None,
) -> None:
    """The future and what is no time at all are as odd as the past."""
    moment = "soon" if away is None else (datetime.now(UTC) + away).isoformat()
    prefix = f"{moment}.".encode()
    signature = sign(BODY, "super-secret", "sha256", prefix=prefix)

    with structlog.testing.capture_logs() as logged:
        verified(BOARD, BODY, headers(moment, signature), [SECRET])

    assert len(logged) == (0 if away == timedelta(0) else 1)


def test_a_forged_time_is_not_logged() -> None:
    """What a stranger sends makes no line of the log."""
    with structlog.testing.capture_logs() as logged, pytest.raises(SignatureError):
        verified(BOARD, BODY, headers("1", "forged"), [SECRET])

    assert logged == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1775044800", datetime(2026, 4, 1, 12, tzinfo=UTC)),
        ("2026-04-01T12:00:00.000Z", datetime(2026, 4, 1, 12, tzinfo=UTC)),
        ("2026-04-01T14:00:00+02:00", datetime(2026, 4, 1, 12, tzinfo=UTC)),
        ("9" * 30, None),
        ("9" * 5000, None),
        ("", None),
        ("soon", None),
        ("٣", datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_both_forms(text: str, moment: datetime | None) -> None:
    """Nothing in it can raise: it is logged, and not more."""
    assert moment_of(text) == moment


def test_a_resume_comes_without_a_name_and_the_profile_has_its_places() -> None:
    """What it is, is recognised when it is stored; its text is no second CV."""
    submission = ZIPRECRUITER.submission(ZIPRECRUITER.sample())

    reading = BOARD.read(submission)

    [cv] = submission.documents
    assert (cv.filename, cv.declared_type) == (None, None)
    assert reading.texts == ()
    assert reading.source.status_target == "zr-88"
    assert reading.applied_at == NOW
    candidate = reading.candidate
    assert [phone.formatted_number for phone in candidate.phones] == [
        "(212) 555-0100",
        "(212) 555-0101",
    ]
    [address] = candidate.addresses
    assert (address.city, address.postal_code) == ("New York", "10001")
    assert address.subdivisions[0].value == "NY"
    first, second = candidate.employment
    assert (first.organization, first.positions[0].title) == ("Acme", "Developer")
    assert first.positions[0].current is True
    assert (second.organization, second.positions[0].end) == ("Globex", "2020-02")
    assert candidate.education[0].institution == "Example College"
    assert candidate.education[0].degrees[0].name == "BSc, Mathematics"
    assert candidate.certifications[0].name == "PE"


_JOB, _SCHOOL = "job_records", "education_records"
_LICENCE = "license_certification_records"


@pytest.mark.parametrize(
    ("records", "names", "field"),
    [
        (_JOB, "company company_name employer organization", "organization"),
        (_JOB, "title job_title position", "title"),
        (_JOB, "start_date start from", "start"),
        (_JOB, "end_date end to", "end"),
        (_SCHOOL, "school school_name institution", "institution"),
        (_SCHOOL, "degree degree_name", "name"),
        (_SCHOOL, "major field_of_study field", "name"),
        (_SCHOOL, "graduation_date end_date end date", "date"),
        (_LICENCE, "name title", "name"),
        (_LICENCE, "issue_date start_date date", "issued"),
        (_LICENCE, "authority issuer organization", "issuing_authority"),
        (_LICENCE, "expiration_date end_date", "valid_to"),
    ],
)
def test_a_record_of_the_profile_is_read_by_any_usual_name(
    records: str, names: str, field: str
) -> None:
    """They are not public: each name does, and where there are several the first."""
    each = [{name: name} for name in names.split()]
    several = {name: name for name in reversed(names.split())}
    said = ZIPRECRUITER.sample() | {"profile": {records: [*each, several]}}

    candidate = BOARD.read(ZIPRECRUITER.submission(said)).candidate

    read = (*candidate.employment, *candidate.education, *candidate.certifications)
    found = [json.loads(one.model_dump_json()) for one in read]
    values = [_found(one, field) for one in found]
    assert values == [*names.split(), names.split(maxsplit=1)[0]]


def _found(record: dict[str, Any], field: str) -> str | None:
    inner = record.get("positions") or record.get("degrees") or [{}]
    value: str | None = record.get(field) or inner[0].get(field)
    return value


def test_the_text_of_a_resume_counts_where_no_file_came() -> None:
    """It is the CV then."""
    said = ZIPRECRUITER.sample()
    del said["resume"]

    reading = BOARD.read(ZIPRECRUITER.submission(said))

    assert [(text.role, text.text) for text in reading.texts] == [
        (Role.RESUME, "Ada Example, developer")
    ]


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("just a text", "just a text"),
        ({"id": 7, "value": "x"}, "x"),
        ({"question": {"question_id": "q", "type": "text"}, "answer": "x"}, "x"),
        ({"question_id": "q", "values": [{"value": "d", "label": "Day"}]}, "Day"),
        ({"question_id": "q"}, None),
        (None, None),
    ],
)
def test_an_answer_of_any_shape_is_read_as_far_as_it_can_be(
    item: Any, answer: str | None
) -> None:
    """Its shape is not public; whole it stays in the source."""
    items = [item, {"id": "last", "value": "read, too"}]
    submission = ZIPRECRUITER.submission(ZIPRECRUITER.sample() | {"answers": items})

    read, last = BOARD.read(submission).answers

    assert (read.answer, last.answer) == (answer, "read, too")
    assert isinstance(submission.said, dict)
    assert submission.said["answers"] == items


_UPLOADED = b64encode(b"%PDF-1.4\n" + b"A certificate of nobody.\n" * 4).decode()


@pytest.mark.parametrize(
    ("answer", "filename", "declared"),
    [
        (_UPLOADED, None, None),
        (f"data:application/pdf;base64,{_UPLOADED}", None, None),
        ({"data": _UPLOADED, "file_name": "c.pdf"}, "c.pdf", None),
        ([{"data": _UPLOADED, "filename": "c.pdf"}], "c.pdf", None),
        ({"data": _UPLOADED, "fileName": "c", "contentType": "x/y"}, "c", "x/y"),
        ({"data": _UPLOADED, "name": "c", "content_type": "x/y"}, "c", "x/y"),
    ],
)
def test_an_uploaded_document_is_one_and_answers_its_question(
    answer: Any, filename: str | None, declared: str | None
) -> None:
    """Its shape is not public: as the CV comes, or as files are told elsewhere."""
    item = {"question_id": "cert", "type": "upload", "answer": answer}

    got = ZIPRECRUITER.received(ZIPRECRUITER.sample() | {"answers": [item]})

    cv, uploaded = got.submission.documents
    assert (cv.role, uploaded.role) == (Role.RESUME, Role.OTHER)
    assert (uploaded.filename, uploaded.question_id) == (filename, "cert")
    assert uploaded.declared_type == declared
    assert got.contents[uploaded.sha256].startswith(b"%PDF-1.4")
    [read] = BOARD.read(got.submission).answers
    assert (read.kind, read.attachment) == (AnswerKind.FILE, uploaded.sha256)
    assert _UPLOADED not in got.submission.model_dump_json()


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("upload", "certificate-of-nobody.pdf"),
        ("upload", "https://files.example.com/certificate.pdf"),
        ("text", "x" * 100),
    ],
)
def test_what_is_no_document_stays_an_answer(kind: str, answer: str) -> None:
    """A name, an address, and whatever was not asked for as a file."""
    item = {"question_id": "cert", "type": kind, "answer": answer}

    submission = ZIPRECRUITER.submission(ZIPRECRUITER.sample() | {"answers": [item]})

    [read] = BOARD.read(submission).answers
    assert (read.answer, read.attachment) == (answer, None)
    assert len(submission.documents) == 1


def test_questions_of_its_types_are_canonical() -> None:
    """A number is one, and a choice is told by its label."""
    years, shift = BOARD.read(ZIPRECRUITER.submission(ZIPRECRUITER.sample())).answers

    assert (years.question_id, years.kind, years.answer) == (
        "years",
        AnswerKind.NUMBER,
        "4",
    )
    assert (shift.kind, shift.answer) == (AnswerKind.CHOICE, "Night")
    assert [choice.selected for choice in shift.choices] == [False, True]


@pytest.mark.parametrize(
    "item",
    [
        {"question_id": "q", "id": "other"},
        {"id": "q"},
        {"question": {"question_id": "q"}, "id": "other"},
        {"question": {"id": "q"}},
        {"question": {"type": "text"}, "question_id": "q"},
    ],
)
def test_the_id_of_a_question_is_its_own_or_that_of_its_answer(
    item: dict[str, Any],
) -> None:
    """Its shape is not public: the question's own comes first."""
    submission = ZIPRECRUITER.submission(ZIPRECRUITER.sample() | {"answers": [item]})

    [read] = BOARD.read(submission).answers

    assert read.question_id == "q"
