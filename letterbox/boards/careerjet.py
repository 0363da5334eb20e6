"""
Careerjet: whole applications by HTTP POST.

https://www.careerjet.co.ke/docs/api/application_push/http_post
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import md5
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings

from letterbox.boards.base import (
    FieldKind,
    FieldSpec,
    FormBoard,
    FormField,
    FormFile,
    MultipartForm,
    Outcome,
)
from letterbox.boards.posting.fingerprints import fingerprint
from letterbox.domain.application import Source
from letterbox.domain.candidate import (
    Candidate,
    Email,
    Person,
    PersonName,
    Phone,
    joined_name,
)
from letterbox.domain.charsets import decoded, is_ascii_compatible
from letterbox.domain.errors import MalformedError, SignatureError
from letterbox.domain.ids import application_id, is_usable_id
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading, Text
from letterbox.domain.submission import ReceivedDocument, Role, Submission
from letterbox.setting_types import Secrets

# What makes two posts the same application; not where the candidate sat.
_IDENTITY = (
    "uuid",
    "job_id",
    "firstname",
    "lastname",
    "email",
    "phone_number",
    "cover_letter",
)
_FIELDS = {
    "uuid": FieldSpec(
        description="The board's own id of the application.", is_required=True
    ),
    "job_id": FieldSpec(description="The reference of the position in your catalogue."),
    "candidate_ip": FieldSpec(),
    "candidate_user_agent": FieldSpec(),
    "firstname": FieldSpec(),
    "lastname": FieldSpec(),
    "email": FieldSpec(),
    "phone_number": FieldSpec(),
    "cv": FieldSpec(description="A document of any kind.", kind=FieldKind.DOCUMENT),
    "cover_letter": FieldSpec(
        description="Text, or a document.", kind=FieldKind.EITHER
    ),
    "source_signature": FieldSpec(
        description="MD5(uuid + secret), in hexadecimal.", is_required=True
    ),
}
_UNEXPECTED = (HTTPStatus.IM_A_TEAPOT, "unexpected error")
_ROLES = {"cv": Role.RESUME, "cover_letter": Role.COVER_LETTER}


class _PayloadField(BaseModel):
    """One text field; ``charset`` turns it back into the bytes that came."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    name: str
    value: str
    charset: str = "utf-8"


class _Payload(BaseModel):
    """A Careerjet form as it is stored, in the order of its parts."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    fields: tuple[_PayloadField, ...]

    def first(self, name: str) -> str | None:
        """Return a field's first value; None where it is absent or blank."""
        for field in self.fields:
            if field.name == name and field.value.strip():
                return field.value
        return None


class CareerjetSettings(BaseSettings):
    """Careerjet's part of the settings."""

    careerjet_secrets: Secrets = Field(
        (), description="API secrets shared with Careerjet, old and new; none: off."
    )


class Careerjet:
    """The board; everything here is pure."""

    name = "careerjet"
    title = "Careerjet"
    settings: type[BaseSettings] = CareerjetSettings
    secrets_variable = "LETTERBOX_CAREERJET_SECRETS"
    makes_secrets = True
    fields: Mapping[str, FieldSpec] = _FIELDS
    sample_document = "cv"
    responses: Mapping[Outcome, tuple[HTTPStatus, str]] = {
        Outcome.ACCEPTED: (HTTPStatus.OK, "application accepted"),
        Outcome.INVALID_SOURCE: (HTTPStatus.FORBIDDEN, "invalid source"),
        Outcome.NOT_FOUND: (HTTPStatus.GONE, "job not found"),
        Outcome.CLOSED: (HTTPStatus.CONFLICT, "application period closed"),
        Outcome.REGION: (
            HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
            "region not accepted",
        ),
        Outcome.MALFORMED: _UNEXPECTED,
        Outcome.TOO_LARGE: _UNEXPECTED,
        Outcome.UNAVAILABLE: _UNEXPECTED,
        Outcome.UNEXPECTED: _UNEXPECTED,
    }

    def secrets(self, settings: CareerjetSettings) -> Sequence[SecretStr]:
        """Return the API secrets."""
        return settings.careerjet_secrets

    def receive(
        self, form: MultipartForm, secrets: Sequence[bytes], now: datetime
    ) -> Submission:
        """Check the signature, then that there is a uuid to keep the rest under."""
        _verify(form, secrets)
        charset = _charset(form)
        fields = tuple(_payload_field(field, charset) for field in form.fields)
        uuid = next((field.value for field in fields if field.name == "uuid"), "")
        if not is_usable_id(uuid):
            raise MalformedError("uuid is empty, too long or has control characters")
        return Submission(
            application_id=application_id(self.name, uuid),
            board=self.name,
            board_id=uuid,
            fingerprint=_fingerprint(form),
            received_at=now,
            said=_Payload(fields=fields).model_dump(mode="json"),
            documents=tuple(_document(file) for file in form.files),
        )

    def read(self, submission: Submission) -> Reading:
        """Put the fields where the canonical record has a place for them."""
        payload = _Payload.model_validate(submission.said)
        given, family = payload.first("firstname"), payload.first("lastname")
        email, phone = payload.first("email"), payload.first("phone_number")
        reference, letter = payload.first("job_id"), payload.first("cover_letter")
        has_cv = any(document.role is Role.RESUME for document in submission.documents)
        formatted = joined_name(given, family)
        return Reading(
            source=Source(
                board=self.name,
                board_id=submission.board_id,
                job_reference=reference,
                ip_address=payload.first("candidate_ip"),
                user_agent=payload.first("candidate_user_agent"),
            ),
            candidate=Candidate(
                person=Person(
                    name=PersonName(given=given, family=family, formatted=formatted)
                ),
                emails=(Email(address=email),) if email else (),
                phones=(Phone(formatted_number=phone),) if phone else (),
            ),
            references=References(job_reference=reference),
            # Careerjet gives no time of its own.
            applied_at=submission.received_at,
            texts=(Text(role=Role.COVER_LETTER, text=letter),) if letter else (),
            incomplete=not (has_cv and email and reference and formatted),
        )

    def sample(self, board_id: str, job_id: str, secret: str) -> dict[str, str]:
        """Return the signed text fields of an invented person's application."""
        return {
            "uuid": board_id,
            "job_id": job_id,
            "firstname": "Ada",
            "lastname": "Example",
            "email": f"ada.{board_id}@example.com",
            "phone_number": "(212) 555-1234",
            "cover_letter": "Please find attached my CV.",
            "candidate_ip": "192.0.2.1",
            "candidate_user_agent": "Letterbox sample",
            "source_signature": sign(board_id, secret),
        }


def _verify(form: MultipartForm, secrets: Sequence[bytes]) -> None:
    """
    Compare ``source_signature`` with MD5(uuid + secret), in constant time.

    The signature covers the uuid alone: whoever saw one request can send another.
    """
    uuids = list(_values(form, "uuid"))
    signatures = list(_values(form, "source_signature"))
    if len(uuids) > 1 or len(signatures) > 1:
        raise MalformedError("uuid or source_signature came more than once")
    uuid = uuids[0] if uuids else b""
    signature = signatures[0].strip().lower() if signatures else b""
    matches = [
        hmac.compare_digest(_signature(uuid, secret), signature) for secret in secrets
    ]
    if not any(matches):
        raise SignatureError("source_signature is missing or matches no secret")


def _signature(uuid: bytes, secret: bytes) -> bytes:
    # The board prescribes MD5.
    return md5(uuid + secret, usedforsecurity=False).hexdigest().encode()


def sign(uuid: str, secret: str) -> str:
    """Sign as Careerjet does."""
    return _signature(uuid.encode(), secret.encode()).decode()


def _values(form: MultipartForm, name: str) -> Iterator[bytes]:
    return (field.value for field in form.fields if field.name == name)


def _payload_field(field: FormField, charset: str | None) -> _PayloadField:
    """Decode without loss: Careerjet promises no charset, and refusing loses people."""
    value, used_charset = decoded(field.value, field.charset or charset)
    return _PayloadField(name=field.name, value=value, charset=used_charset)


def _charset(form: MultipartForm) -> str | None:
    """Return the charset of all fields that declare none (RFC 7578, section 4.6)."""
    declared = next(_values(form, "_charset_"), b"").strip()
    named = declared.decode("ascii", "replace")
    # The names of the fields were read as ASCII already.
    return named if named and is_ascii_compatible(named) else None


def _document(file: FormFile) -> ReceivedDocument:
    return ReceivedDocument(
        role=_ROLES.get(file.name, Role.OTHER),
        # Its kind is recognised when it is stored: it is not looked into here.
        name=f"{file.sha256}.bin",
        sha256=file.sha256,
        size=file.size,
        filename=file.filename,
        declared_type=file.declared_type,
    )


def _fingerprint(form: MultipartForm) -> str:
    values = [value for name in _IDENTITY for value in (b"", *_values(form, name))]
    files = sorted(f"{file.name} {file.sha256}".encode() for file in form.files)
    return fingerprint(*values, *files)


BOARD: FormBoard = Careerjet()
