"""Questions that were put to a candidate, and the answers; part of the record."""

from collections.abc import Iterator
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any

from pydantic import Field, JsonValue

from letterbox.domain.candidate import Record

# More is no question; to take hostile HTML apart costs more than it has bytes.
_MAX_QUESTION = 20_000


class AnswerKind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    FILE = "file"
    CONSENT = "consent"
    QUESTIONNAIRE = "questionnaire"
    """No question: what is said of all of them together, such as a score."""
    OTHER = "other"


class Choice(Record):
    """One of the choices that a candidate had."""

    id: str | None = Field(None, description="The board's own.")
    value: str | None = Field(
        None, description="What whoever posted the ad knows it by."
    )
    label: str | None = Field(None, description="What the candidate read.")
    selected: bool | None = None
    preferred: bool | None = Field(
        None, description="Whether it is what the hirer hopes for."
    )


class Answer(Record):
    """A question and its answer; as the board has them, they are in the source."""

    question_id: str | None = Field(None, description="The board's own.")
    value: str | None = Field(
        None, description="What whoever posted the ad knows the question by."
    )
    question: str | None = Field(None, description="What was asked, as plain text.")
    question_html: str | None = Field(
        None, description="Where it was asked as HTML: a stranger's, as it came."
    )
    kind: AnswerKind
    answer: str | tuple[str, ...] | None = Field(
        None, description="As typed; of what was chosen the labels."
    )
    choices: tuple[Choice, ...] = ()
    attachment: str | None = Field(
        None, description="SHA-256 of the document that is the answer."
    )
    consent_given: bool | None = None
    score: float | None = Field(
        None, description="From 0 to 1, the board's advice; null where unscored."
    )
    source: str | None = Field(None, description="Whose question it is: a code.")
    url: str | None = Field(None, description="Of what was consented to.")
    hirer: str | None = Field(None, description="The board's own id of who asks.")


_KINDS = {
    "FreeText": AnswerKind.TEXT,
    "SingleSelect": AnswerKind.CHOICE,
    "MultiSelect": AnswerKind.CHOICES,
}


def upgraded(answer: object) -> object:
    """Read an answer of version 1, which had no canonical kind; leave others."""
    if isinstance(answer, dict) and "kind" not in answer:
        return from_version_1(answer)
    return answer


def from_version_1(entry: JsonValue) -> Answer:
    """
    Read an answer as version 1 of the record had it, in SEEK's own terms.

    What has another shape is an answer of which nothing is known.
    """
    known: dict[str, Any] = entry if isinstance(entry, dict) else {}
    match known.get("type"):
        case "Submission":
            return Answer(
                kind=AnswerKind.QUESTIONNAIRE,
                question_id=_text(known.get("questionnaire_id")),
                hirer=_text(known.get("hirer")),
                score=_number(known.get("score")),
            )
        case "PrivacyConsent":
            html = _text(known.get("description_html"))
            return _question(known).model_copy(
                update={
                    "kind": AnswerKind.CONSENT,
                    "question": html and plain_text(html),
                    "question_html": html,
                    "consent_given": _flag(known.get("consent_given")),
                    "url": _text(known.get("privacy_policy_url")),
                }
            )
    return _question(known)


def _question(known: dict[str, Any]) -> Answer:
    html = _text(known.get("question_html"))
    kind = _KINDS.get(known.get("response_type") or "", AnswerKind.OTHER)
    texts = tuple(
        text
        for answer in _objects(known.get("answers"))
        if (text := _text(answer.get("answer"))) is not None
    )
    is_single = kind is not AnswerKind.CHOICES and len(texts) == 1
    return Answer(
        question_id=_text(known.get("id")),
        value=_text(known.get("value")),
        question=html and plain_text(html),
        question_html=html,
        kind=kind,
        answer=texts[0] if is_single else texts or None,
        choices=tuple(map(_choice, _objects(known.get("choices")))),
        score=_number(known.get("score")),
        source=_text(known.get("source")),
    )


def _choice(choice: dict[str, Any]) -> Choice:
    return Choice(
        id=_text(choice.get("id")),
        value=_text(choice.get("value")),
        label=_text(choice.get("text")),
        selected=_flag(choice.get("selected")),
        preferred=_flag(choice.get("preferred")),
    )


_BREAKS_A_LINE = {"br", "div", "li", "p"}


def plain_text(html: str) -> str:
    """Return what a reader sees of HTML, in one line."""
    reader = _TextParser()
    reader.feed(html[:_MAX_QUESTION])
    reader.close()
    return " ".join("".join(reader.parts).split())


class _TextParser(HTMLParser):
    """Collects the text between tags; a tag that breaks a line is a blank."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        del attrs
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS_A_LINE:
            self.parts.append(" ")


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    listed = value if isinstance(value, list) else []
    return (one for one in listed if isinstance(one, dict))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None
