"""
One level of a multipart body, part by part, as its bytes come.

RFC 2046, section 5.1, and RFC 7578. Nothing is kept here: each part's bytes go to
the sink that the caller opens for it.
"""

from collections.abc import Callable
from typing import Protocol

from python_multipart.decoders import Base64Decoder, QuotedPrintableDecoder
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from api.part_headers import PartHeaders
from domain.errors import MalformedError

_MOST_HEADERS = 16
_LONGEST_HEADER = 16 * 1024


class Sink(Protocol):
    """Where the bytes of one part go."""

    def write(self, data: bytes) -> object:
        """Take the next bytes."""

    def finalize(self) -> None:
        """Learn that the part is whole; never called for a truncated one."""


class MultipartReader:
    """
    Reads one level; a sink itself, so that a part can be a level of its own.

    ``open_part`` is called once for each part and gives the sink for its content.
    """

    def __init__(
        self, boundary: bytes, open_part: Callable[[PartHeaders], Sink]
    ) -> None:
        if not boundary:
            raise MalformedError("the form names no boundary")
        self._open_part = open_part
        self._headers: dict[bytes, bytes] = {}
        self._header, self._value = bytearray(), bytearray()
        self._sink: Sink
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
                max_header_count=_MOST_HEADERS,
                max_header_size=_LONGEST_HEADER,
            )
        except FormParserError:
            raise MalformedError("the form's boundary is too long") from None

    def write(self, data: bytes) -> None:
        """
        Take the next bytes, split anywhere.

        Raises MalformedError; the library's own errors quote what was sent.
        """
        try:
            self._parser.write(data)
        except FormParserError:
            raise MalformedError("the form cannot be parsed") from None

    def finalize(self) -> None:
        """Raise MalformedError unless the closing boundary was seen."""
        if not self._ended:
            raise MalformedError("the form is cut off")

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value).strip()
        self._header.clear()
        self._value.clear()

    def _on_headers_finished(self) -> None:
        sink = self._open_part(PartHeaders.read(self._headers))
        encoding = self._headers.get(b"content-transfer-encoding", b"")
        self._sink = _decoded(sink, encoding.lower())

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._sink.write(data[start:end])

    def _on_part_end(self) -> None:
        self._sink.finalize()

    def _on_end(self) -> None:
        self._ended = True


class _Base64(Base64Decoder):
    """The library's decoder, which takes line breaks for digits, without them."""

    def write(self, data: bytes) -> int:
        return super().write(data.translate(None, b"\r\n\t "))


def _decoded(sink: Sink, encoding: bytes) -> Sink:
    """Undo a transfer encoding; RFC 7578 ended them, mail libraries still send them."""
    if encoding == b"base64":
        return _Base64(sink)
    if encoding == b"quoted-printable":
        return QuotedPrintableDecoder(sink)
    return sink
