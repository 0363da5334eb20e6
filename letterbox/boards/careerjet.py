"""
Careerjet: whole applications by HTTP POST.

https://www.careerjet.co.ke/docs/api/application_push/http_post
"""

import hmac
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import md5, sha256
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict

from letterbox.boards.base import Answer, Form, FormField, FormFile
from letterbox.domain.application import Source
from letterbox.domain.candidate import Candidate, Email, Person, PersonName, Phone
from letterbox.domain.charsets import decoded, is_ascii_compatible
from letterbox.domain.errors import MalformedError, SignatureError
from letterbox.domain.ids import application_id
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading, Text
from letterbox.domain.submission import ReceivedDocument, Role, Submission

_MAX_UUID = 128
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
_ROLES = {"cv": Role.RESUME, "cover_letter": Role.COVER_LETTER}


class _SaidField(BaseModel):
    """One text field; ``charset`` turns it back into the bytes that came."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    name: str
    value: str
    charset: str = "utf-8"


class _Said(BaseModel):
    """A Careerjet form as it is kept, in the order of its parts."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    fields: tuple[_SaidField, ...]

    def first(self, name: str) -> str | None:
        """Give a field's first value; None where it is absent or blank."""
        for field in self.fields:
            if field.name == name and field.value.strip():
                return field.value
        return None


class Careerjet:
    """The board; everything here is pure."""

    name = "careerjet"
    answers: Mapping[Answer, tuple[HTTPStatus, str]] = {
        Answer.ACCEPTED: (HTTPStatus.OK, "application accepted"),
        Answer.INVALID_SOURCE: (HTTPStatus.FORBIDDEN, "invalid source"),
        Answer.NOT_FOUND: (HTTPStatus.GONE, "job not found"),
        Answer.CLOSED: (HTTPStatus.CONFLICT, "application period closed"),
        Answer.REGION: (
            HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
            "region not accepted",
        ),
        Answer.UNEXPECTED: (HTTPStatus.IM_A_TEAPOT, "unexpected error"),
    }

    def receive(
        self, form: Form, secrets: Sequence[bytes], now: datetime
    ) -> Submission:
        """Check the signature, then that there is a uuid to keep the rest under."""
        _verify(form, secrets)
        charset = _charset(form)
        fields = tuple(_said(field, charset) for field in form.fields)
        uuid = next((field.value for field in fields if field.name == "uuid"), "")
        if not _usable(uuid):
            raise MalformedError("uuid is empty, too long or has control characters")
        return Submission(
            application_id=application_id(self.name, uuid),
            board=self.name,
            board_id=uuid,
            fingerprint=_fingerprint(form),
            received_at=now,
            said=_Said(fields=fields).model_dump(mode="json"),
            documents=tuple(_document(file) for file in form.files),
        )

    def read(self, submission: Submission) -> Reading:
        """Put the fields where the canonical record has a place for them."""
        said = _Said.model_validate(submission.said)
        given, family = said.first("firstname"), said.first("lastname")
        email, phone = said.first("email"), said.first("phone_number")
        reference, letter = said.first("job_id"), said.first("cover_letter")
        has_cv = any(document.role is Role.RESUME for document in submission.documents)
        formatted = " ".join(part.strip() for part in (given, family) if part)
        return Reading(
            source=Source(
                board=self.name,
                board_id=submission.board_id,
                job_reference=reference,
                ip_address=said.first("candidate_ip"),
                user_agent=said.first("candidate_user_agent"),
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


def _verify(form: Form, secrets: Sequence[bytes]) -> None:
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
    fits = [
        hmac.compare_digest(_signature(uuid, secret), signature) for secret in secrets
    ]
    if not any(fits):
        raise SignatureError("source_signature is absent or fits no secret")


def _signature(uuid: bytes, secret: bytes) -> bytes:
    # The board prescribes MD5.
    return md5(uuid + secret, usedforsecurity=False).hexdigest().encode()


def sign(uuid: str, secret: str) -> str:
    """Sign as Careerjet does."""
    return _signature(uuid.encode(), secret.encode()).decode()


def _usable(uuid: str) -> bool:
    controls = any(unicodedata.category(character) == "Cc" for character in uuid)
    return bool(uuid.strip()) and len(uuid) <= _MAX_UUID and not controls


def _values(form: Form, name: str) -> Iterator[bytes]:
    return (field.value for field in form.fields if field.name == name)


def _said(field: FormField, charset: str | None) -> _SaidField:
    """Decode without loss: Careerjet promises no charset, and refusing loses people."""
    value, kept_in = decoded(field.value, field.charset or charset)
    return _SaidField(name=field.name, value=value, charset=kept_in)


def _charset(form: Form) -> str | None:
    """Give the charset of all fields that declare none (RFC 7578, section 4.6)."""
    declared = next(_values(form, "_charset_"), b"").strip()
    named = declared.decode("ascii", "replace")
    # The names of the fields were read as ASCII already.
    return named if named and is_ascii_compatible(named) else None


def _document(file: FormFile) -> ReceivedDocument:
    return ReceivedDocument(
        role=_ROLES.get(file.name, Role.OTHER),
        # What it is shows when it is kept: it is not looked into here.
        name=f"{file.sha256}.bin",
        sha256=file.sha256,
        size=file.size,
        filename=file.filename,
        declared_type=file.declared_type,
    )


def _fingerprint(form: Form) -> str:
    values = [value for name in _IDENTITY for value in (b"", *_values(form, name))]
    files = sorted(f"{file.name} {file.sha256}".encode() for file in form.files)
    digest = sha256()
    for part in (*values, *files):
        # Lengths keep "ab","c" apart from "a","bc".
        digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()


BOARD = Careerjet()
