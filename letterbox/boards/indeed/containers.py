"""
Questions and answers: in containers of four generations, which may come together.

https://docs.indeed.com/indeed-apply/screener-questions
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from letterbox.boards.node import Node
from letterbox.boards.posting.inline_files import InlineFiles
from letterbox.boards.posting.questions import file_nodes, first_answer
from letterbox.domain.submission import Role

DEMOGRAPHIC = "demographicQuestionsAndAnswers"
_OLDEST = "questions"
_OLDEST_ANSWERS = ("value", "values", "hierarchicalAnswers", "files")
# The newest first: of two answers to one question the first counts.
_CONTAINERS = (
    "screenerQuestionsAndAnswers",
    "indeedQualificationQuestionsAndAnswers",
    "questionsAndAnswers",
)
_LIST = "questionsAndAnswers"
# Equal opportunity questions go by these ids where they have no container of their own.
_EEO = {"citizen", "group", "veteran", "disability", "gender"}


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, and what was answered; both as Indeed said it."""

    question: Node
    answer: JsonValue

    @property
    def id(self) -> str | None:
        """The question's id; whoever posted the ad has chosen most of them."""
        return self.question.word("id")


def answered(said: JsonValue) -> Iterator[Answered]:
    """Yield all questions of all containers, some of them twice."""
    for name in _CONTAINERS:
        for entry in _entries(said, name):
            yield Answered(entry.node("question"), entry.node("answer").value)
    oldest = Node(said).node(_OLDEST)
    asked = {node.word("id"): node for node in oldest.nodes("questions")}
    for answer in oldest.nodes("answers"):
        question = asked.get(answer.word("id"))
        asking = question or Node({"id": answer.word("id")})
        yield Answered(asking, first_answer(answer, *_OLDEST_ANSWERS))


def take_files(said: dict[str, JsonValue], files: InlineFiles) -> None:
    """Take the documents out of all answers."""
    for one in answered(said):
        for file in file_nodes(one.answer):
            file["data"] = files.take(
                file["data"],
                role=Role.OTHER,
                filename=Node(file).text("fileName"),
                declared_type=Node(file).text("contentType"),
                question_id=one.id,
            )


def take_demographics(said: dict[str, JsonValue]) -> JsonValue:
    """Remove and return all that tells what people are; None where there is none."""
    taken: dict[str, JsonValue] = {}
    if said.get(DEMOGRAPHIC):
        taken[DEMOGRAPHIC] = said.pop(DEMOGRAPHIC)
    for name in _CONTAINERS:
        if moved := _moved(_list(said, name), "question", "id"):
            taken[name] = moved
    oldest = said.get(_OLDEST)
    for key in ("questions", "answers"):
        entries = oldest.get(key) if isinstance(oldest, dict) else None
        if moved := _moved(entries, "id"):
            taken[f"{_OLDEST}.{key}"] = moved
    return taken or None


def _moved(entries: JsonValue, *path: str) -> list[JsonValue]:
    """Move the entries out of a list whose question is a demographic one."""
    if not isinstance(entries, list):
        return []
    moved = [entry for entry in entries if _is_eeo(Node(entry).word(*path))]
    if moved:
        entries[:] = [entry for entry in entries if entry not in moved]
    return moved


def _is_eeo(question_id: str | None) -> bool:
    return (question_id or "").strip().casefold().removesuffix("-eeo") in _EEO


def _entries(said: JsonValue, name: str) -> Iterator[Node]:
    return Node(_list(said, name)).nodes()


def _list(said: JsonValue, name: str) -> JsonValue:
    """Return a container's list; an empty list, too, was seen in its place."""
    container = Node(said).node(name)
    return container.node(_LIST).value if container else container.value
