"""What was asked and answered, in canonical terms; nothing in it can raise."""

from collections.abc import Iterator

from pydantic import JsonValue

from letterbox.boards.indeed.containers import Answered, answered, file_nodes
from letterbox.boards.node import Node
from letterbox.boards.posting.inline_files import document_of
from letterbox.domain.answers import Answer, AnswerKind, Choice

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
            known[key] = tuple(_answers(one))
    return tuple(answer for answers in known.values() for answer in answers)


def _is_answered(answer: Answer) -> bool:
    return bool(answer.answer or answer.attachment)


def _answers(one: Answered) -> Iterator[Answer]:
    """Yield one, or one for each file."""
    question = one.question
    texts = tuple(_texts(one.answer))
    kind = _kind(question)
    is_list = kind is AnswerKind.CHOICES or len(texts) > 1
    chosen = {value for value, _ in texts} | {label for _, label in texts}
    labels = tuple(_label(question, value, label) for value, label in texts)
    choices = tuple(_choices(question, chosen))
    answer = Answer(
        question_id=one.id,
        question=question.text("question"),
        kind=kind,
        answer=(labels if is_list else labels[0]) if labels else None,
        choices=choices,
    )
    files = [
        digest
        for file in file_nodes(one.answer)
        if (digest := document_of(Node(file).node("data")))
    ]
    for digest in files or (None,):
        yield answer.model_copy(update={"attachment": digest})


def _kind(question: Node) -> AnswerKind:
    if question.text("format") in _NUMBERS:
        return AnswerKind.NUMBER
    return _KINDS.get(question.text("type") or "", AnswerKind.OTHER)


def _texts(answer: JsonValue) -> Iterator[tuple[str, str | None]]:
    """Yield each text, or each choice's value and label."""
    if isinstance(answer, list):
        for item in answer:
            yield from _texts(item)
    elif isinstance(answer, dict):
        node = Node(answer)
        value, label = node.word("value"), node.word("label")
        if value or label:
            yield value or label or "", label
    elif isinstance(answer, bool):
        yield str(answer).lower(), None
    elif (text := Node(answer).word()) is not None:
        yield text, None


def _label(question: Node, value: str, label: str | None) -> str:
    labels = (
        option.word("label")
        for option in question.nodes("options")
        if option.word("value") == value
    )
    return label or next(filter(None, labels), value)


def _choices(question: Node, chosen: set[str | None]) -> Iterator[Choice]:
    for option in question.nodes("options"):
        value, label = option.word("value"), option.word("label")
        is_chosen = not {value, label}.isdisjoint(chosen - {None})
        yield Choice(value=value, label=label, selected=is_chosen)
