"""What was asked and answered, in canonical terms; nothing in it can raise."""

from pydantic import JsonValue

from letterbox.boards.indeed.containers import answered
from letterbox.boards.node import Node
from letterbox.boards.posting.questions import read_answer
from letterbox.domain.answers import Answer, AnswerKind

_KINDS = {
    "text": AnswerKind.TEXT,
    "textarea": AnswerKind.TEXT,
    "select": AnswerKind.CHOICE,
    "multiselect": AnswerKind.CHOICES,
    "hierarchical": AnswerKind.CHOICES,
    "date": AnswerKind.DATE,
    "file": AnswerKind.FILE,
}
_NUMBERS = {"integer", "decimal"}
_NO_QUESTIONS = {"information", "pagebreak"}


def read_answers(said: JsonValue) -> tuple[Answer, ...]:
    """
    Read each question once, in its order, whatever container it came in.

    Containers of several generations hold the same; the first that has an answer
    counts.
    """
    known: dict[str | int, tuple[Answer, ...]] = {}
    for number, one in enumerate(answered(said)):
        if one.question.text("type") in _NO_QUESTIONS:
            continue
        key = one.id if one.id is not None else number
        if key not in known or not any(map(_is_answered, known[key])):
            known[key] = tuple(
                read_answer(one.id, one.question, one.answer, _kind(one.question))
            )
    return tuple(answer for answers in known.values() for answer in answers)


def _is_answered(answer: Answer) -> bool:
    return bool(answer.answer or answer.attachment)


def _kind(question: Node) -> AnswerKind:
    if question.text("format") in _NUMBERS:
        return AnswerKind.NUMBER
    return _KINDS.get(question.text("type") or "", AnswerKind.OTHER)
