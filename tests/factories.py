"""Invented people and what they send, for tests below the HTTP."""

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from letterbox.boards.base import FormField, FormFile, MultipartForm
from letterbox.boards.careerjet import BOARD, sign
from letterbox.domain.documents import recognise
from letterbox.domain.submission import Submission

SECRET = "a secret for tests"
PDF = b"%PDF-1.4 the CV of Ada Example"


def careerjet_fields(uuid: str, **changes: str) -> dict[str, str]:
    """Fill in and sign Careerjet's form for an invented person."""
    fields = {
        "uuid": uuid,
        "job_id": "20240107-123456-7890",
        "firstname": "Ada",
        "lastname": "Example",
        "email": "ada@example.com",
        "source_signature": sign(uuid, SECRET),
    }
    return fields | changes


def careerjet(  # noqa: PLR0913 what a candidate may type
    uuid: str,
    *,
    cv: bytes | None = PDF,
    job_id: str = "20240107-123456-7890",
    lastname: str = "Example",
    email: str = "ada@example.com",
    letter: str = "Please find attached my CV.",
    received_at: datetime | None = None,
) -> tuple[Submission, dict[str, BinaryIO]]:
    """Make a delivery of Careerjet's, and the contents of its documents."""
    fields = careerjet_fields(
        uuid, job_id=job_id, lastname=lastname, email=email, cover_letter=letter
    )
    form = MultipartForm(
        fields=[FormField(name, text.encode()) for name, text in fields.items()],
        files=[] if cv is None else [_file(cv)],
    )
    now = received_at or datetime.now(UTC)
    contents: dict[str, BinaryIO] = {
        file.sha256: BytesIO(cv or b"") for file in form.files
    }
    delivery = BOARD.receive(form, [SECRET.encode()], now)
    names = {
        digest: f"{digest}.{recognise(content).extension}"
        for digest, content in contents.items()
    }
    return delivery.with_names(names), contents


def _file(content: bytes) -> FormFile:
    return FormFile(
        name="cv",
        filename="cv.pdf",
        declared_type="application/pdf",
        sha256=sha256(content).hexdigest(),
        size=len(content),
    )
