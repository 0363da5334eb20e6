"""The download of a document: saved, and never shown by a browser."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from urllib.parse import quote

from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from api.operator.blocking import Blocking
from letterbox.domain.errors import NotFoundError
from letterbox.domain.file_names import safe_file_name

# As many digits as no size has; the library that reads numbers stops at 4300.
_SINGLE_RANGE = re.compile(
    r"\s*bytes\s*=\s*([0-9]{0,999})-([0-9]{0,999})\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes of a document from ``start`` to before ``end``."""

    start: int
    end: int

    async def of(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Cut the range out; what is before it is read too, for stores cannot seek."""
        position = 0
        async for chunk in chunks:
            cut = chunk[max(self.start - position, 0) : max(self.end - position, 0)]
            position += len(chunk)
            if cut:
                yield cut
            if position >= self.end:
                return


class OutOfRangeError(ValueError):
    """Nothing of the document is in the range."""


def parse_range(size: int, header: str | None) -> ByteRange | None:
    """
    Parse a ``Range``; None is the whole, as for all that is not understood.

    Several ranges are answered by the whole too, which is allowed and simple.
    """
    match = _SINGLE_RANGE.fullmatch(header or "")
    first, last = match.groups() if match else ("", "")
    if not first and not last:
        return None
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last or size) + 1, size)
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise OutOfRangeError
    return ByteRange(start, end)


_ATTR_CHARS = "!#$&+-.^_`|~"


class DocumentResponse(Response):
    """Sends a range of a document, chunk by chunk."""

    def __init__(
        self,
        blocking: Blocking,
        content: AbstractContextManager[Iterator[bytes]],
        part: ByteRange,
        headers: dict[str, str],
        status_code: int,
    ) -> None:
        self._blocking = blocking
        self._content = content
        self._part = part
        length = {"Content-Length": str(part.end - part.start)}
        super().__init__(None, status_code, headers | length)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open the document before the first byte is sent: it may answer 404 yet."""
        del scope, receive
        try:
            async with self._blocking.opened(self._content) as chunks:
                start = {"type": "http.response.start", "status": self.status_code}
                await send(start | {"headers": self.raw_headers})
                async for chunk in self._part.of(chunks):
                    await _send(send, chunk, more=True)
        except FileNotFoundError:
            raise NotFoundError("no such document") from None
        await _send(send, b"", more=False)


async def _send(send: Send, body: bytes, *, more: bool) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


def content_disposition(filename: str | None, name: str) -> str:
    """
    Write a ``Content-Disposition`` (RFC 6266) with the candidate's own file name.

    Whoever saves it gets no folder, no control character and no override of the
    direction of writing; ``name`` is for what has no name.
    """
    safe = safe_file_name(filename) or name
    plain = "".join(_plain(character) for character in safe)
    encoded = quote(safe, safe=_ATTR_CHARS)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def _plain(character: str) -> str:
    """Return what clients can read that ignore ``filename*``; some decode %."""
    is_plain = character.isascii() and character not in '"\\%'
    return character if is_plain else "_"
