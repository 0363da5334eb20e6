"""What Indeed posts, taken apart: its documents, what is kept apart, and the rest."""

from datetime import datetime

from pydantic import JsonValue

from letterbox.boards.base import ReceivedPost
from letterbox.boards.indeed.containers import take_demographics, take_files
from letterbox.boards.node import Node
from letterbox.boards.posting.inline_files import InlineFiles
from letterbox.boards.posting.submissions import TakenApart, board_id_of
from letterbox.domain.submission import Role

# Where the candidate sat makes no other application.
_IDENTITY = (
    "applicant",
    "screenerQuestionsAndAnswers",
    "indeedQualificationQuestionsAndAnswers",
    "questionsAndAnswers",
    "questions",
)
# Nor does when and where the questions were fetched, or Indeed's forwarding address.
_INCIDENTAL = {"emailAlias", "retrievedOnMillis", "url"}


def receive_payload(
    board: str, said: dict[str, JsonValue], now: datetime
) -> ReceivedPost:
    """Make a submission of an application; all that was signed is in it."""
    board_id = board_id_of(Node(said).node("id"), "id")
    demographics = take_demographics(said)
    files = InlineFiles()
    _take_resume(said, files)
    take_files(said, files)
    taken = TakenApart(
        board_id=board_id,
        said=said,
        files=files,
        reference=Node(said).word("job", "jobId"),
        identity={key: _without_incidentals(said.get(key)) for key in _IDENTITY},
        demographics=demographics,
    )
    return taken.received(board, now)


def _take_resume(said: dict[str, JsonValue], files: InlineFiles) -> None:
    """Take the file; HTML makes a document where there is neither file nor text."""
    resume = Node(said).node("applicant", "resume")
    file = resume.node("file")
    if isinstance(file.value, dict) and "data" in file.value:
        file.value["data"] = files.take(
            file.value["data"],
            role=Role.RESUME,
            filename=file.text("fileName"),
            declared_type=file.text("contentType"),
        )
    html = resume.text("html")
    if html and not files.documents and not resume.text("text"):
        files.take_text(html, role=Role.RESUME, declared_type="text/html")


def _without_incidentals(value: JsonValue) -> JsonValue:
    if not isinstance(value, dict):
        return value
    return {key: value[key] for key in value if key not in _INCIDENTAL}
