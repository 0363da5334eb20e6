"""Posts to a board of one's own, of people who do not exist."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from letterbox.boards.generic import BOARD
from tests.letterbox.boards.posts import NOW, Taken, received

PDF = b"%PDF-1.4\nThe CV of nobody.\n%%EOF\n"
BOUNDARY = b"a-boundary"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}


def application(**changes: Any) -> dict[str, Any]:
    """Write down an application; None leaves a field out."""
    said = {
        "id": "web-1001",
        "applied_at": "2026-11-21T10:00:00+13:00",
        "position": {"reference": "DEV-17", "hirer": "acme"},
        "candidate": {
            "person": {"name": {"given": "Ada", "family": "Example"}},
            "emails": [{"address": "ada@example.com"}],
            "phones": [{"formatted_number": "+64 21 555 0100"}],
        },
        "cover_letter": "Please find my CV.",
        "documents": [
            {
                "role": "RESUME",
                "filename": "Ada Example.pdf",
                "media_type": "application/pdf",
                "content": b64encode(PDF).decode(),
            },
            {"question_id": "cert", "content": b64encode(b"certificate").decode()},
        ],
        "answers": [
            {"question_id": "cert", "question": "Certificate", "kind": "file"},
            {"question_id": "years", "kind": "number", "answer": "4"},
        ],
        "source": {"posting": "ad-1", "ip_address": "203.0.113.9"},
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def form(*parts: tuple[str, str | None, bytes]) -> bytes:
    """Write a form: of each part the name, the file name and the content."""
    lines = []
    for name, filename, content in parts:
        disposition = f'form-data; name="{name}"'
        if filename is not None:
            disposition += f'; filename="{filename}"'
        header = f"Content-Disposition: {disposition}\r\n\r\n".encode()
        lines.append(b"--" + BOUNDARY + b"\r\n" + header + content + b"\r\n")
    return b"".join(lines) + b"--" + BOUNDARY + b"--\r\n"


def take(
    said: Any, headers: Mapping[str, str] | None = None
) -> tuple[Taken, list[dict[str, Any]]]:
    """Receive a body; return what was taken, and what its sender is warned of."""
    timestamp = {"webhook-timestamp": str(int(NOW.timestamp()))}
    got = received(BOARD, said, headers=timestamp | dict(headers or {}))
    return got, got.remarks.get("warnings", [])
