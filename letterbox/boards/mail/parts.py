"""
The parts of a message, as they come: multiparts and forwarded messages taken apart.

Broken MIME is read for as far as it goes: the whole message is kept beside.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from letterbox.domain.errors import MalformedError, TooLargeError
from letterbox.multipart.options import file_name, parsed_options, text_of
from letterbox.multipart.parser import MultipartReader, read_headers
from letterbox.multipart.transfer_encodings import Sink, decoding
from letterbox.streams import chunks_of, open_spool

_IN_MEMORY = 16 * 1024
_MAX_HEADER_BYTES = 256 * 1024
_MAX_PARTS = 500
# A forwarded message in a forwarded message, each with its text in two forms.
_MAX_DEPTH = 12
_MESSAGES = {"message/rfc822", "message/global"}
_RELATED = "multipart/related"
_DIGEST = "multipart/digest"


@dataclass(slots=True)
class Leaf:
    """A part that holds no others; its content is a file."""

    media_type: str
    charset: str | None
    filename: str | None
    is_attachment: bool
    is_embedded: bool
    """Whether it is shown inside of a text, such as the picture of a signature."""
    level: int
    """In how many messages it lies: what was forwarded is one deeper."""
    file: BinaryIO
    is_whole: bool = False

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self.file.write(data)

    def finalize(self) -> None:
        """Mark it as whole."""
        self.is_whole = True

    def chunks(self) -> Iterator[bytes]:
        """Read the content."""
        self.file.seek(0)
        return chunks_of(self.file)

    def start(self, size: int) -> bytes:
        """Read the beginning."""
        self.file.seek(0)
        return self.file.read(size)


class MessageParts:
    """Reads one message; ``closing`` closes what it opens."""

    def __init__(self, closing: ExitStack) -> None:
        self.leaves: list[Leaf] = []
        self.header_block = b""
        self.damage: str | None = None
        """What is wrong with it, in words of ours."""
        self._closing = closing
        self._opened: list[tuple[Sink, Leaf]] = []
        self._count = 0

    def read(self, body: BinaryIO) -> None:
        """Read the whole message. Blocking."""
        message = _Lenient(_Message(self._open_top), self._note)
        body.seek(0)
        for chunk in chunks_of(body):
            message.write(chunk)
        message.finalize()
        # Of what was cut off there is the beginning.
        for sink, leaf in self._opened:
            if not leaf.is_whole:
                sink.finalize()

    def _note(self, damage: str) -> None:
        self.damage = self.damage or damage

    def _open_top(self, block: bytes) -> Sink:
        self.header_block = block
        return self._open(read_headers(block))

    def _open(
        self,
        headers: Mapping[bytes, bytes],
        *,
        depth: int = 0,
        level: int = 0,
        container: str = "",
    ) -> Sink:
        """Return the sink for a part, by what its headers declare."""
        self._count += 1
        if self._count > _MAX_PARTS:
            raise TooLargeError("the message has too many parts")
        default = "message/rfc822" if container == _DIGEST else "text/plain"
        kind, options = parsed_options(headers.get(b"content-type", b""))
        media_type = text_of(kind).strip().lower() or default
        encoding = headers.get(b"content-transfer-encoding", b"").strip().lower()
        if depth < _MAX_DEPTH and media_type.startswith("multipart/"):
            open_part = partial(
                self._open, depth=depth + 1, level=level, container=media_type
            )
            reader = MultipartReader(options.get(b"boundary", b""), open_part)
            return _Lenient(reader, self._note)
        if depth < _MAX_DEPTH and media_type in _MESSAGES:
            open_inner = partial(self._open_inner, depth=depth + 1, level=level + 1)
            message = _Lenient(_Message(open_inner), self._note)
            return decoding(message, encoding, self._closing)
        leaf = self._leaf(headers, media_type, options, level, container)
        sink = decoding(leaf, encoding, self._closing)
        self.leaves.append(leaf)
        self._opened.append((sink, leaf))
        return sink

    def _open_inner(self, block: bytes, *, depth: int, level: int) -> Sink:
        return self._open(read_headers(block), depth=depth, level=level)

    def _leaf(
        self,
        headers: Mapping[bytes, bytes],
        media_type: str,
        options: Mapping[bytes, bytes],
        level: int,
        container: str,
    ) -> Leaf:
        disposition = headers.get(b"content-disposition", b"")
        kind, disposed = parsed_options(disposition)
        filename = file_name(disposition, disposed)
        if filename is None and b"name" in options:
            filename = text_of(options[b"name"])
        is_attachment = kind.strip().lower() == b"attachment"
        # Some programs have a CV lie there, too: only pictures are shown.
        is_shown = b"content-id" in headers and container == _RELATED
        is_picture = media_type.startswith("image/")
        return Leaf(
            media_type=media_type,
            charset=text_of(options.get(b"charset", b"")) or None,
            filename=filename,
            is_attachment=is_attachment,
            is_embedded=is_shown and is_picture and not is_attachment,
            level=level,
            file=self._closing.enter_context(open_spool(_IN_MEMORY)),
        )


class _Message:
    """A sink that parts headers and content, and opens the sink for the content."""

    def __init__(self, open_content: Callable[[bytes], Sink]) -> None:
        self._open_content = open_content
        self._block = bytearray()
        self._content: Sink | None = None

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        if self._content is not None:
            self._content.write(data)
            return
        searched = max(0, len(self._block) - 3)
        self._block += data
        end, after = _blank_line(self._block, searched)
        if end < 0 and len(self._block) > _MAX_HEADER_BYTES:
            end = after = _MAX_HEADER_BYTES
        if end >= 0:
            self._begin(end, after)

    def finalize(self) -> None:
        """End the content; a message may have none."""
        if self._content is None:
            self._begin(len(self._block), len(self._block))
        if self._content is not None:
            self._content.finalize()

    def _begin(self, end: int, after: int) -> None:
        rest = bytes(self._block[after:])
        self._content = self._open_content(bytes(self._block[:end]))
        self._block.clear()
        self._content.write(rest)


def _blank_line(block: bytearray, start: int) -> tuple[int, int]:
    """Find where headers end, and where content begins; -1 for nowhere."""
    ends = [
        (at, at + len(mark))
        for mark in (b"\n\n", b"\n\r\n")
        if (at := block.find(mark, start)) >= 0
    ]
    return min(ends, default=(-1, -1))


class _Lenient:
    """Passes bytes on until they make no sense, and says so."""

    def __init__(self, sink: Sink, note: Callable[[str], None]) -> None:
        self._sink = sink
        self._note = note
        self._is_broken = False

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        if not self._is_broken:
            self._try(lambda: self._sink.write(data))

    def finalize(self) -> None:
        """End the sink, if it got this far."""
        if not self._is_broken:
            self._try(self._sink.finalize)

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except MalformedError as error:
            self._is_broken = True
            self._note(str(error))
