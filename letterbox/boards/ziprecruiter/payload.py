"""What ZipRecruiter posts: taken apart, and its answers in canonical terms."""

import re
from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue

from letterbox.boards.base import ReceivedPost
from letterbox.boards.node import Node
from letterbox.boards.posting.inline_files import InlineFiles
from letterbox.boards.posting.questions import (
    file_nodes,
    first_answer,
    kind_of,
    read_answer,
)
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
# The shape of an answer is not public: these are the names that its questions have.
_IDS = ("question_id", "id")
_ANSWERS = ("answer", "answers", "value", "values")
# A document, and not the name of one: no name is so long and has no dot.
_ENCODED = re.compile(r"\s{0,9}(?:data:[^,]{0,200},)?[A-Za-z0-9+/_-]{64}")


def receive_payload(
    board: str, said: dict[str, JsonValue], now: datetime
) -> ReceivedPost:
    """Make a submission of an application; all that was signed is in it."""
    board_id = board_id_of(Node(said).node(_ID), _ID)
    files = InlineFiles()
    if "resume" in said:
        # Neither name nor type comes with it: its type is recognised when it is stored.
        said["resume"] = files.take(said["resume"], role=Role.RESUME)
    for item, question_id in _listed(Node(said)):
        if isinstance(item.value, dict):
            _take_uploads(item.value, question_id, files)
    taken = TakenApart(
        board_id=board_id,
        said=said,
        files=files,
        reference=Node(said).word("job_id"),
        identity={key: said.get(key) for key in _IDENTITY},
    )
    return taken.received(board, now)


def _take_uploads(
    item: dict[str, JsonValue], question_id: str | None, files: InlineFiles
) -> None:
    """Take documents out of an answer: objects of files, or encoded as the CV is."""
    is_upload = kind_of(_question(Node(item))) is AnswerKind.FILE
    for name in _ANSWERS:
        answer = item.get(name)
        if is_upload and isinstance(answer, str) and _ENCODED.match(answer):
            item[name] = {"data": answer}
        for file in file_nodes(item.get(name)):
            file["data"] = files.take(
                file["data"],
                role=Role.OTHER,
                filename=_first(
                    Node(file), "filename", "file_name", "fileName", "name"
                ),
                declared_type=_first(Node(file), "content_type", "contentType"),
                question_id=question_id,
            )


def read_answers(said: Node) -> Iterator[Answer]:
    """Read what can be read of the answers; whole they are in the source."""
    for node, question_id in _listed(said):
        if not node:
            yield from read_answer(None, Node({}), node.value, AnswerKind.OTHER)
            continue
        question = _question(node)
        answer = first_answer(node, *_ANSWERS)
        yield from read_answer(question_id, question, answer, kind_of(question))


def _listed(said: Node) -> Iterator[tuple[Node, str | None]]:
    """Yield each of the answers, and the id of its question."""
    listed = said.node("answers").value
    for node in map(Node, listed if isinstance(listed, list) else []):
        ids = (_question(node).word(name) or node.word(name) for name in _IDS)
        yield node, next(filter(None, ids), None)


def _question(item: Node) -> Node:
    """Return the question of an answer, which may be in an object of its own."""
    return item.node("question") or item


def _first(node: Node, *names: str) -> str | None:
    return next(filter(None, map(node.text, names)), None)
