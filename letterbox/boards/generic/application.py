"""The JSON of a board of one's own; docs/schemas has it published."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field, JsonValue

from letterbox.domain.answers import Answer, AnswerKind
from letterbox.domain.candidate import (
    Address,
    Certification,
    EducationAttendance,
    Email,
    EmployerHistory,
    PersonName,
    Phone,
    Record,
)
from letterbox.domain.submission import Role

_BASE64: dict[str, JsonValue] = {"type": "string", "contentEncoding": "base64"}


class PostedName(PersonName):
    """A name; ``formatted`` is made of the others where it is absent."""

    formatted: str = Field("", description="How to print it: Ada Example.")


class PostedPerson(Record):
    """Who applies."""

    name: PostedName = PostedName()


class PostedCandidate(Record):
    """The person who applies, in the record's own words."""

    person: PostedPerson = PostedPerson()
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    board_id: str | None = Field(None, description="Your own id of the person.")
    addresses: tuple[Address, ...] = ()
    do_not_contact: bool | None = None
    employment: tuple[EmployerHistory, ...] = ()
    education: tuple[EducationAttendance, ...] = ()
    certifications: tuple[Certification, ...] = ()
    skills: tuple[str, ...] = ()


class PostedPosition(Record):
    """What the application is for."""

    reference: str | None = Field(None, description="As in the catalogue: DEV-17.")
    hirer: str | None = Field(None, description="Where several hirers share one.")


class PostedSource(Record):
    """Where the candidate applied."""

    posting: str | None = Field(None, description="Your own id of the ad.")
    ip_address: str | None = Field(None, description="The candidate's.")
    user_agent: str | None = Field(None, description="The candidate's browser.")


class PostedDocument(Record):
    """A CV, a letter or any other file."""

    role: Role = Field(Role.OTHER, description="What it is to the application.")
    filename: str | None = None
    media_type: str | None = Field(
        None, description="As you know it; what it is, Letterbox finds out by itself."
    )
    content: JsonValue = Field(None, json_schema_extra=_BASE64)
    part: str | None = Field(
        None, description="In a form: the name of the part that has the content."
    )
    question_id: str | None = Field(None, description="Of the question it answers.")


class PostedAnswer(Answer):
    """A question and its answer."""

    kind: AnswerKind = AnswerKind.TEXT


class PostedApplication(Record):
    """One application. Only ``id`` is required; null is the same as absent."""

    model_config = ConfigDict(title="Application")

    version: Literal[1] = Field(1, description="Of this format.")
    id: str = Field(
        min_length=1,
        max_length=128,
        description="Your own id of the application: the same in every repeat of it.",
    )
    applied_at: AwareDatetime | None = Field(
        None, description="With its offset from UTC; the moment of receipt by default."
    )
    position: PostedPosition = PostedPosition()
    candidate: PostedCandidate = PostedCandidate()
    cover_letter: str | None = Field(None, description="As text; or as a document.")
    documents: tuple[PostedDocument, ...] = ()
    answers: tuple[PostedAnswer, ...] = Field(
        (), description="To the questions of the ad; not the demographic ones."
    )
    demographics: JsonValue = Field(
        None,
        description="What the candidate is, such as US EEO answers, in any form: kept "
        "apart from all else.",
    )
    source: PostedSource = PostedSource()


def body_schema() -> Mapping[str, JsonValue]:
    """Return the JSON Schema of an application, without references: it is embedded."""
    schema = PostedApplication.model_json_schema()
    definitions = schema.pop("$defs")
    inlined: dict[str, JsonValue] = _inlined(schema, definitions)
    return inlined


def _inlined(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        node = {
            **definitions[reference.rpartition("/")[2]],
            **{key: value for key, value in node.items() if key != "$ref"},
        }
    return {key: _inlined(value, definitions) for key, value in node.items()}
