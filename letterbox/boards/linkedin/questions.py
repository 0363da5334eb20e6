"""What was asked and answered, in canonical terms; nothing in it can raise."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from letterbox.boards.linkedin.containers import media, responses
from letterbox.boards.node import Node
from letterbox.domain.answers import Answer, AnswerKind

_SETS, _RESPONSES = "customQuestionSetResponses", "customQuestionResponses"
_TEXT_KEYS = ("value", "integerValue", "decimalValue", "nationalNumber")
# Sections of the form whose answers LinkedIn names and does not number.
_SECTIONS = ("workQuestionResponses", "educationQuestionResponses")


def custom_responses(payload: JsonValue) -> Iterator[Node]:
    """Yield the answers to the hirer's own questions, in their order."""
    for questions in responses(payload).nodes("additionalQuestionResponses", _SETS):
        yield from questions.nodes(_RESPONSES)


def read_answers(
    payload: JsonValue, documents: Mapping[str, str]
) -> tuple[Answer, ...]:
    """
    Read the answers to the hirer's questions, and then those about work and education.

    ``documents`` has the SHA-256 of what was downloaded, by LinkedIn's id of it.
    LinkedIn sends no question's text: whoever posted the job knows it by its id.
    """
    custom = (_custom(response, documents) for response in custom_responses(payload))
    given = responses(payload)
    fixed = (
        answer for name in _SECTIONS for answer in _section(given.node(name).value)
    )
    return (*custom, *fixed)


def _custom(response: Node, documents: Mapping[str, str]) -> Answer:
    identifier = response.word("questionIdentifier")
    given = response.node("answer")
    kind, value = _kind(given)
    named = [documents[known] for known, _ in media(value) if known in documents]
    return Answer(
        question_id=identifier,
        value=identifier,
        kind=kind,
        answer=None if kind is AnswerKind.FILE else _written(kind, value),
        attachment=named[0] if named else None,
    )


def _kind(given: Node) -> tuple[AnswerKind, JsonValue]:
    """Return how it was answered, and with what; the first that is there counts."""
    for name, kind in (
        ("multipleChoiceAnswerValue", AnswerKind.CHOICES),
        ("numericAnswerValue", AnswerKind.NUMBER),
        ("textAnswerValue", AnswerKind.TEXT),
        ("dateAnswerValue", AnswerKind.DATE),
        ("phoneNumberAnswerValue", AnswerKind.OTHER),
        ("documentAnswerValue", AnswerKind.FILE),
    ):
        value = given.node(name).value
        if value is not None:
            return kind, value
    return AnswerKind.OTHER, given.value


def _written(kind: AnswerKind, value: JsonValue) -> str | tuple[str, ...] | None:
    node = Node(value)
    if kind is AnswerKind.CHOICES:
        names = node.texts("symbolicNames")
        return names or node.texts() or node.word("value") or None
    if kind is AnswerKind.DATE and (day := _day(node)):
        return day
    if kind is AnswerKind.OTHER and (phone := _phone(node)):
        return phone
    keys = (node.word(key) for key in _TEXT_KEYS)
    return node.word() or next(filter(None, keys), None)


def _day(node: Node) -> str | None:
    """Write year, month and day as one, where they come apart; what is odd, as sent."""
    year, month, day = (node.word(part) for part in ("year", "month", "day"))
    if year is None:
        return None
    parts = [year, *(part.zfill(2) for part in (month, day) if part)]
    return "-".join(parts)


def _phone(node: Node) -> str | None:
    number, country = node.word("nationalNumber"), node.word("countryCode")
    prefix = (country or "").removeprefix("+")
    return number and (f"+{prefix} {number}" if prefix.isdecimal() else number)


def _section(value: JsonValue, path: str = "") -> Iterator[Answer]:
    """Yield what was answered within a section; its key is the question's only name."""
    if isinstance(value, list):
        for item in value:
            yield from _section(item, path)
    elif isinstance(value, dict):
        if "value" in value and not isinstance(value["value"], dict | list):
            yield _named(path, Node(value).word("value"))
            return
        for key, item in value.items():
            yield from _section(item, key)
    elif value is not None:
        yield _named(path, _plain(value))


def _named(name: str, text: str | None) -> Answer:
    return Answer(question_id=name or None, kind=AnswerKind.OTHER, answer=text)


def _plain(value: JsonValue) -> str | None:
    return str(value).lower() if isinstance(value, bool) else Node(value).word()
