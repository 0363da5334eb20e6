"""Careerjet's requests, ready to be sent: only the id and its signature are new."""

import os
from collections.abc import Sequence
from hashlib import md5
from uuid import uuid4

from letterbox_cli.samples import OPEN_POSITION

SECRET = "bench"  # noqa: S105 shared with an API that lives for seconds
CLIENT_ID = "bench"
_ACCEPTED = b'{"status":"application accepted"}'
_BOUNDARY = "----bench7MA4YWxkTrZu0gW"
FIELDS = {
    "job_id": OPEN_POSITION,
    "firstname": "Ada",
    "lastname": "Example",
    "email": "ada@example.com",
    "phone_number": "(212) 555-1234",
    "cover_letter": "Please find attached my CV. " * 20,
    "candidate_ip": "192.0.2.1",
    "candidate_user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0",
}


def make_cv(size: int) -> bytes:
    """Invent a PDF that does not compress, like most of them."""
    return b"%PDF-1.7\n" + os.urandom(size - 9)


class Requests:
    """Makes whole HTTP requests without copying the CV."""

    def __init__(self, path: str, cv: bytes) -> None:
        fields = "".join(map(_field, FIELDS, FIELDS.values()))
        self._rest = (
            f"{fields}--{_BOUNDARY}\r\nContent-Disposition: form-data; "
            'name="cv"; filename="cv.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        ).encode()
        self._cv = cv
        self._end = f"\r\n--{_BOUNDARY}--\r\n".encode()
        size = len(_identity()) + len(self._rest) + len(cv) + len(self._end)
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {size}\r\n"
            f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n\r\n"
        ).encode()

    def make(self) -> Sequence[bytes]:
        """Return the pieces of a request that was never sent before."""
        return self._head + _identity() + self._rest, self._cv, self._end

    @staticmethod
    def is_whole(answer: bytes) -> bool:
        """Return whether nothing of an answer is missing."""
        return answer.endswith(b"}")

    @staticmethod
    def is_accepted(answer: bytes) -> bool:
        """Return whether it is the right one."""
        return answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(_ACCEPTED)


def _identity() -> bytes:
    uuid = str(uuid4())
    signature = md5((uuid + SECRET).encode(), usedforsecurity=False).hexdigest()
    return (_field("uuid", uuid) + _field("source_signature", signature)).encode()


def _field(name: str, value: str) -> str:
    disposition = f'Content-Disposition: form-data; name="{name}"'
    return f"--{_BOUNDARY}\r\n{disposition}\r\n\r\n{value}\r\n"
