"""Transfer encodings of parts: deprecated by RFC 7578, still sent by mail libraries."""

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import IO, Protocol

from letterbox.streams import spooled

_IN_MEMORY = 64 * 1024
_CHUNK = 64 * 1024
_BLANKS = b"\r\n\t "
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*")
# Of encodings that were joined: whoever encodes bit by bit does it by the kilobyte.
_MAX_JOINED = 100_000
_PADDING = re.compile(rb"=+")
# No control characters, and an equals sign only before two digits or a line's end.
# Whole chunks are matched, and nothing is tried twice: this is an event loop's time.
_QUOTED = re.compile(
    rb"[\t\r\n -<>-~\x80-\xff]*+"
    rb"(?:=(?:[0-9A-Fa-f]{2}|[ \t]*+(?:\r?\n|\Z))[\t\r\n -<>-~\x80-\xff]*+)*+"
)
# An equals sign may begin what goes on in the next chunk.
_NEAR = 80


class Sink(Protocol):
    """Where the bytes of one part go."""

    def write(self, data: bytes) -> object:
        """Take the next bytes."""

    def finalize(self) -> None:
        """Mark the part as whole; never called for a truncated one."""


Decode = Callable[[IO[bytes]], Iterator[bytes]]


def decoding(
    sink: Sink, encoding: bytes, closing: ExitStack, *, must_be_utf_8: bool = False
) -> Sink:
    """
    Decode before a sink; what is not so encoded is left as it came.

    ``must_be_utf_8`` tells text from what only looks like base64: a short name does.
    """
    decode = _DECODERS.get(encoding)
    if decode is None:
        return sink
    if must_be_utf_8:
        return _Decoding(sink, lambda raw: _utf_8(decode(raw)), closing)
    return _Decoding(sink, decode, closing)


class _Decoding:
    """
    Keeps a part until it is whole: some say base64 and send the file as it is.

    What does not fit in memory lies on disk.
    """

    def __init__(self, sink: Sink, decode: Decode, closing: ExitStack) -> None:
        self._sink = sink
        self._decode = decode
        self._raw = closing.enter_context(spooled(_IN_MEMORY))
        self._plain = closing.enter_context(spooled(_IN_MEMORY))

    def write(self, data: bytes) -> None:
        self._raw.write(data)

    def finalize(self) -> None:
        whole: IO[bytes] = self._plain
        self._raw.seek(0)
        try:
            for piece in self._decode(self._raw):
                whole.write(piece)
        except ValueError:
            whole = self._raw
        whole.seek(0)
        while chunk := whole.read(_CHUNK):
            self._sink.write(chunk)
        self._raw.close()
        self._plain.close()
        self._sink.finalize()


def _from_base64(raw: IO[bytes]) -> Iterator[bytes]:
    """Decode, with padding or without, also where several encodings were joined."""
    digits, joined = b"", 0
    while chunk := raw.read(_CHUNK):
        first, *others = _PADDING.split(chunk.translate(None, _BLANKS))
        digits += first
        joined += len(others)
        if joined > _MAX_JOINED:
            raise ValueError("not base64")
        for other in others:
            yield _quads(digits, is_end=True)
            digits = other
        whole = len(digits) - len(digits) % 4
        yield _quads(digits[:whole])
        digits = digits[whole:]
    yield _quads(digits, is_end=True)


def _quads(digits: bytes, *, is_end: bool = False) -> bytes:
    if not _BASE64.fullmatch(digits):
        raise ValueError("not base64")
    return a2b_base64(digits + b"=" * (-len(digits) % 4 if is_end else 0))


def _from_quoted_printable(raw: IO[bytes]) -> Iterator[bytes]:
    left, is_ended = b"", False
    while not is_ended:
        chunk = raw.read(_CHUNK)
        is_ended = not chunk
        left += chunk
        end = len(left) if is_ended else _safe_end(left)
        if not _QUOTED.fullmatch(left, 0, end):
            raise ValueError("not quoted-printable")
        yield a2b_qp(left[:end])
        left = left[end:]


def _safe_end(text: bytes) -> int:
    """Return how far it can be decoded without what follows."""
    begun = text.rfind(b"=", max(0, len(text) - _NEAR))
    return len(text) if begun < 0 else begun


def _utf_8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    text = b"".join(pieces)
    text.decode()
    yield text


_DECODERS: dict[bytes, Decode] = {
    b"base64": _from_base64,
    b"quoted-printable": _from_quoted_printable,
}
