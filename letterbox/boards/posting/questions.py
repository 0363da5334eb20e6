"""A question and its answer in canonical terms, whatever a board calls its types."""

from collections.abc import Iterator

from pydantic import JsonValue

from letterbox.boards.node import Node
from letterbox.boards.posting.inline_files import document_of
from letterbox.domain.answers import Answer, AnswerKind, Choice

_KINDS = {
    "text": AnswerKind.TEXT,
    "textarea": AnswerKind.TEXT,
    "number": AnswerKind.NUMBER,
    "select": AnswerKind.CHOICE,
    "multiselect": AnswerKind.CHOICES,
    "hierarchical": AnswerKind.CHOICES,
    "date": AnswerKind.DATE,
    "file": AnswerKind.FILE,
    "upload": AnswerKind.FILE,
}
_NUMBERS = {"integer", "decimal"}
_NOTHING: tuple[JsonValue, ...] = (None, "", [])


def kind_of(question: Node) -> AnswerKind:
    """Return what is asked for, by the words that boards share for it."""
    if question.text("format") in _NUMBERS:
        return AnswerKind.NUMBER
    return _KINDS.get(question.text("type") or "", AnswerKind.OTHER)


def first_answer(node: Node, *names: str) -> JsonValue:
    """Return what is there under the first name that has anything."""
    values = (node.node(name).value for name in names)
    return next((value for value in values if value not in _NOTHING), None)


def read_answer(
    question_id: str | None, question: Node, answer: JsonValue, kind: AnswerKind
) -> Iterator[Answer]:
    """
    Yield one answer, or one for each file; nothing in it can raise.

    ``question`` has the text in ``question`` and what was to choose from in
    ``options``, each with its value and its label.
    """
    texts = tuple(_texts(answer))
    is_list = kind is AnswerKind.CHOICES or len(texts) > 1
    chosen = {value for value, _ in texts} | {label for _, label in texts}
    labels = tuple(_label(question, value, label) for value, label in texts)
    read = Answer(
        question_id=question_id,
        question=question.text("question"),
        kind=kind,
        answer=(labels if is_list else labels[0]) if labels else None,
        choices=tuple(_choices(question, chosen)),
    )
    files = [
        digest
        for file in file_nodes(answer)
        if (digest := document_of(Node(file).node("data")))
    ]
    for digest in files or (None,):
        yield read.model_copy(update={"attachment": digest})


def file_nodes(answer: JsonValue) -> Iterator[dict[str, JsonValue]]:
    """Yield the files of an answer: it is one, or a list, or has a list of them."""
    if isinstance(answer, list):
        for item in answer:
            yield from file_nodes(item)
    elif isinstance(answer, dict):
        if "data" in answer:
            yield answer
        yield from file_nodes(answer.get("files"))


def _texts(answer: JsonValue) -> Iterator[tuple[str, str | None]]:
    """Yield each text, or each choice's value and label."""
    if isinstance(answer, list):
        for item in answer:
            yield from _texts(item)
    elif isinstance(answer, dict):
        node = Node(answer)
        label = node.word("label")
        if value := node.word("value") or label:
            yield value, label
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
