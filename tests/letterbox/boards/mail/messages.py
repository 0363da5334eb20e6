"""Messages of people who do not exist."""

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from letterbox.boards.mail import BOARD
from letterbox.domain.reading import Reading
from tests.letterbox.boards.posts import Taken, received

LETTER = "Please find my CV.\n"
PDF = b"%PDF-1.4\nThe CV of nobody.\n%%EOF\n"


def taken(
    raw: bytes, headers: Mapping[str, str] | None = None, pattern: str = ""
) -> Taken:
    """Receive a raw message."""
    return received(BOARD, raw, headers=headers, mail_subject_reference=pattern)


def read(raw: bytes, **known: Any) -> Reading:
    """Read what a raw message means."""
    return BOARD.read(taken(raw, **known).submission)


def message(body: str = LETTER, /, **headers: str | None) -> EmailMessage:
    """Write a message; None leaves a header out, and ``_`` stands for ``-``."""
    written = EmailMessage()
    all_headers: dict[str, str | None] = {
        "From": "Ada Example <ada@example.com>",
        "To": "jobs+DEV-17@example.org",
        "Subject": "My application",
        "Date": "Sat, 21 Nov 2026 10:00:00 +1300",
        "Message_ID": "<1@example.com>",
        **headers,
    }
    for name, value in all_headers.items():
        if value is not None:
            written[name.replace("_", "-")] = value
    written.set_content(body)
    return written


def attach(
    written: EmailMessage, filename: str | None, content: bytes = PDF, **more: Any
) -> EmailMessage:
    """Attach a file."""
    written.add_attachment(
        content,
        maintype=more.pop("maintype", "application"),
        subtype=more.pop("subtype", "octet-stream"),
        filename=filename,
        **more,
    )
    return written
