"""The text of a feed, in whatever encoding it comes; no byte of it is fatal."""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

from letterbox.domain.charsets import BYTE_ORDER_MARKS, NO_CHARSETS
from letterbox.domain.errors import MalformedError

_CHUNK = 64 * 1024
_HEAD = 4096
# Put behind what was guessed, so that the job around it is known to be malformed: a
# code point that is assigned to nothing, and never will be.
GUESSED = "\ufdd0"
_ERRORS = "letterbox-feed"

# What the first character, a blank or ASCII, looks like without a mark.
_PATTERNS = (
    (re.compile(rb"[\x09-\x7e]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[\x09-\x7e]"), "utf-32-be"),
    (re.compile(rb"[\x09-\x7e]\0[^\0]"), "utf-16-le"),
    (re.compile(rb"\0[\x09-\x7e]\0"), "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']\s*([^\"'>]{1,60})")
# What is declared, and what web browsers take it for: its makers' own extension.
_WIDER = {
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}


class ByteSource(Protocol):
    """Bytes to read."""

    def read(self, amount: int, /) -> bytes:
        """Read at most ``amount`` bytes; none at the end."""


class FeedText:
    """The text of a feed in chunks; ``head`` may be looked at before."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        first = _read(source, _HEAD)
        mark, encoding = _encoding(first)
        decoder = codecs.getincrementaldecoder(encoding)(_ERRORS)
        self._decoder = decoder
        self.head = decoder.decode(first[len(mark) :], final=len(first) < _HEAD)
        self._is_ended = len(first) < _HEAD

    def __iter__(self) -> Iterator[str]:
        yield self.head
        while not self._is_ended:
            data = self._source.read(_CHUNK)
            self._is_ended = not data
            yield self._decoder.decode(data, final=self._is_ended)


def _encoding(head: bytes) -> tuple[bytes, str]:
    """Return mark and encoding: by the mark, by the look, by what is declared."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return mark, encoding
    for pattern, encoding in _PATTERNS:
        if pattern.match(head):
            return b"", encoding
    if not (declared := _DECLARED.search(head)):
        return b"", "utf-8"
    name = declared[1].decode("ascii", "replace").strip().lower().removeprefix("x-")
    try:
        codec = codecs.lookup(name)
        with suppress(UnicodeError):
            b"a".decode(name)  # LookupError where it is no encoding of text.
    except (LookupError, ValueError):
        raise MalformedError("the XML is in an encoding that is unknown") from None
    if codec.name in NO_CHARSETS or not codec.incrementaldecoder:
        raise MalformedError("the XML is in an encoding that is unknown")
    if codec.name.startswith(("utf-16", "utf-32")) or codec.name == "ascii":
        # It does not look so: who wrote the line did not write the bytes.
        return b"", "utf-8"
    return b"", _WIDER.get(codec.name, codec.name)


def _guessed(error: UnicodeError) -> tuple[str, int]:
    """Guess the text of malformed bytes: most often they are Windows' own."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    damaged = error.object[error.start : error.end]
    if error.encoding.startswith(("utf-8", "cp125", "charmap")):
        guess = "".join(map(_windows, damaged))
    else:
        guess = "\ufffd"
    return guess + GUESSED, error.end


def _windows(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return "\ufffd"


def _read(source: ByteSource, amount: int) -> bytes:
    read = b""
    while len(read) < amount and (data := source.read(amount - len(read))):
        read += data
    return read


codecs.register_error(_ERRORS, _guessed)
