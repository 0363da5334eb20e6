"""What ZipRecruiter posts: taken apart, and its answers in canonical terms."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue

from letterbox.boards.base import ReceivedPost
from letterbox.boards.node import Node
from letterbox.boards.posting.inline_files import InlineFiles
from letterbox.boards.posting.questions import read_answer
from letterbox.boards.posting.submissions import TakenApart, board_id_of
from letterbox.domain.answers import Answer, AnswerKind
from letterbox.domain.submission import Role

_ID = "response_id"
# What the job was posted with is not the candidate's.
_IDENTITY = (
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "answers",
    "profile",
)
_KINDS = {
    "text": AnswerKind.TEXT,
    "date": AnswerKind.DATE,
    "select": AnswerKind.CHOICE,
    "multiselect": AnswerKind.CHOICES,
    "upload": AnswerKind.FILE,
}
_NUMBERS = {"integer", "decimal"}
# The shape of an answer is not public: these are the names that its questions have.
_IDS = ("question_id", "id")
_ANSWERS = ("answer", "answers", "value", "values")
_NOTHING: tuple[JsonValue, ...] = (None, "", [])


def receive_payload(
    board: str, said: dict[str, JsonValue], now: datetime
) -> ReceivedPost:
    """Make a submission of an application; all that was signed is in it."""
    board_id = board_id_of(Node(said).node(_ID), _ID)
    files = InlineFiles()
    if "resume" in said:
        # Neither name nor type comes with it: its type is recognised when it is stored.
        said["resume"] = files.take(said["resume"], role=Role.RESUME)
    taken = TakenApart(
        board_id=board_id,
        said=said,
        files=files,
        reference=Node(said).word("job_id"),
        identity={key: said.get(key) for key in _IDENTITY},
    )
    return taken.received(board, now)


def read_answers(said: Node) -> Iterator[Answer]:
    """Read what can be read of the answers; whole they are in the source."""
    listed = said.node("answers").value
    for item in listed if isinstance(listed, list) else []:
        node = Node(item)
        if not node:
            yield from read_answer(None, Node({}), item, AnswerKind.OTHER)
            continue
        question = node.node("question") or node
        ids = (question.word(name) or node.word(name) for name in _IDS)
        values = (node.node(name).value for name in _ANSWERS)
        answer = next((value for value in values if value not in _NOTHING), None)
        yield from read_answer(
            next(filter(None, ids), None), question, answer, _kind(question)
        )


def _kind(question: Node) -> AnswerKind:
    if question.text("format") in _NUMBERS:
        return AnswerKind.NUMBER
    return _KINDS.get(question.text("type") or "", AnswerKind.OTHER)
