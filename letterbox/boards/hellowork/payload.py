"""What HelloWork posts: taken apart, and put into canonical terms."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue

from letterbox.boards.base import ReceivedPost
from letterbox.boards.node import Node
from letterbox.boards.posting.inline_files import InlineFiles
from letterbox.boards.posting.questions import kind_of, read_answer
from letterbox.boards.posting.submissions import TakenApart, board_id_of
from letterbox.domain.answers import Answer
from letterbox.domain.candidate import (
    Candidate,
    CandidateSource,
    Email,
    Person,
    PersonName,
    Phone,
    joined_name,
)
from letterbox.domain.submission import Role

_ID = "applicationId"
_QUESTIONS = "screenerQuestions"
# Where it was posted, and where its statuses go, makes no other application.
_IDENTITY = ("applicant", "resume", _QUESTIONS)


def receive_payload(
    board: str, payload: dict[str, JsonValue], now: datetime
) -> ReceivedPost:
    """Make a submission of an application; all that was sent is in it."""
    board_id = board_id_of(Node(payload).node(_ID), _ID)
    files = InlineFiles()
    file = Node(payload).node("resume", "file")
    if isinstance(file.value, dict) and "data" in file.value:
        file.value["data"] = files.take(
            file.value["data"],
            role=Role.RESUME,
            filename=file.text("fileName"),
            declared_type=file.text("contentType"),
        )
    taken = TakenApart(
        board_id=board_id,
        said=payload,
        files=files,
        reference=reference_of(Node(payload)),
        identity={key: payload.get(key) for key in _IDENTITY},
    )
    return taken.received(board, now)


def reference_of(payload: Node) -> str | None:
    """Return our reference of the position."""
    return payload.word("job", "jobId")


def read_candidate(payload: Node) -> Candidate:
    """Put an applicant where the record has a place for it; nothing in it can raise."""
    applicant = payload.node("applicant")
    given, family = applicant.text("firstName"), applicant.text("lastName")
    formatted = joined_name(given, family)
    email, phone = applicant.text("email"), applicant.word("phoneNumber")
    source = payload.text("source") or payload.text("source", "name")
    return Candidate(
        person=Person(name=PersonName(given=given, family=family, formatted=formatted)),
        emails=(Email(address=email),) if email else (),
        phones=(Phone(formatted_number=phone),) if phone else (),
        sources=(CandidateSource(name=source),) if source else (),
    )


def read_answers(payload: Node) -> Iterator[Answer]:
    """Read the questions in their order; what we have no word for is ``other``."""
    for question in payload.nodes(_QUESTIONS):
        yield from read_answer(
            question.word("id"),
            question,
            question.node("answer").value,
            kind_of(question),
        )
