"""
One level of a multipart body, part by part, as its bytes come.

RFC 2046, section 5.1, and RFC 7578, and what clients get wrong beside them: line
feeds alone, folded or many headers, a blank before a colon, no word of the boundary
(docs/decisions/0006-reading-forms.md). Nothing is kept here: each part's bytes go to
the sink that the caller opens for it.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping

from letterbox.domain.errors import MalformedError, TooLargeError
from letterbox.multipart.transfer_encodings import Sink

_MAX_BOUNDARY = 256
_MAX_HEADER_BYTES = 64 * 1024
# RFC 2046 lets blanks follow a boundary; more than these are no blanks but content.
_MAX_PADDING = 256
_LINE_END = re.compile(rb"[ \t]{0,%d}(\r?\n)" % _MAX_PADDING)
_LAST_END = re.compile(rb"--[ \t]{0,%d}(\r?\n|\Z)" % _MAX_PADDING)
_UNFINISHED_LINE = re.compile(rb"-{0,2}[ \t]{0,%d}\r?" % _MAX_PADDING)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_LINES = re.compile(rb"\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_HEADER_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


class MultipartReader:
    """
    Reads one level; a sink itself, so that a part can be a level of its own.

    ``open_part`` is called once for each part, with its headers by their names in lower
    case, and gives the sink for its content. An empty boundary is that of the body's
    first line that can be one.
    """

    def __init__(
        self, boundary: bytes, open_part: Callable[[Mapping[bytes, bytes]], Sink]
    ) -> None:
        if len(boundary) > _MAX_BOUNDARY:
            raise MalformedError("the form's boundary is too long")
        self._open_part = open_part
        self._delimiter = b"\n--" + boundary if boundary else b""
        # Whatever stands at the beginning of a line: the first is one too.
        self._buffer = bytearray(b"\n")
        self._is_line_start = True
        # Which line ends the client writes: an LF before a boundary, a CRLF anywhere.
        self._has_bare_end = self._has_crlf = False
        self._searched = 0
        self._sink: Sink | None = None
        # Functions, for its own methods would tie it to itself: then it and the form
        # that it reads would stay until a collection of garbage, which takes long.
        self._step: Callable[[MultipartReader], bool] = MultipartReader._read_mark

    def write(self, data: bytes) -> None:
        """
        Take the next bytes, split anywhere.

        Raises MalformedError, which quotes nothing of what was sent.
        """
        self._buffer += data
        while self._step(self):
            pass

    def finalize(self) -> None:
        """Raise MalformedError unless the closing boundary was seen."""
        if self._step == MultipartReader._read_content and self._delimiter:
            at = self._buffer.rfind(self._delimiter)
            after = at + len(self._delimiter)
            if at >= 0 and _LAST_END.fullmatch(self._buffer, after):
                self._end_part(at)
                self._step = MultipartReader._read_epilogue
        if self._step != MultipartReader._read_epilogue:
            raise MalformedError("the form is cut off")

    def _read_mark(self) -> bool:
        """Leave off a byte order mark, which editors put before what they save."""
        start = self._buffer[1 : 1 + len(BOM_UTF8)]
        if len(start) < len(BOM_UTF8) and BOM_UTF8.startswith(start):
            return False
        if start == BOM_UTF8:
            del self._buffer[1 : 1 + len(BOM_UTF8)]
        self._step = MultipartReader._read_content
        return True

    def _read_content(self) -> bool:
        """Pass on a part's content up to the next boundary, or skip a preamble."""
        if not self._delimiter and not self._find_boundary():
            return False
        at = self._buffer.find(self._delimiter)
        while at >= 0:
            after = at + len(self._delimiter)
            if line_end := _LINE_END.match(self._buffer, after):
                self._has_crlf = self._has_crlf or line_end[1] == b"\r\n"
                self._end_part(at)
                # The line feed stays: what follows stands at the beginning of a line.
                del self._buffer[: line_end.end() - 1]
                self._step = MultipartReader._read_headers
                return True
            last = _LAST_END.match(self._buffer, after)
            if last and last[1]:
                self._end_part(at)
                self._step = MultipartReader._read_epilogue
                return True
            if _UNFINISHED_LINE.fullmatch(self._buffer, after):
                # The content's own line feed may be a CR and an LF.
                self._pass_on(at - 1)
                return False
            at = self._buffer.find(self._delimiter, at + 1)
        self._pass_on(len(self._buffer) - len(self._delimiter))
        return False

    def _read_headers(self) -> bool:
        blank = _BLANK_LINE.search(self._buffer, self._searched)
        if blank is None or blank.start() > _MAX_HEADER_BYTES:
            if len(self._buffer) > _MAX_HEADER_BYTES:
                raise TooLargeError("the headers of a part are too large")
            # However few bytes come at a time, each is looked at once.
            self._searched = max(0, len(self._buffer) - 2)
            return False
        self._searched = 0
        block = bytes(self._buffer[1 : blank.start()])
        self._has_crlf = self._has_crlf or b"\r\n" in block or b"\r" in blank[0]
        headers = read_headers(block)
        self._sink = self._open_part(headers)
        del self._buffer[: blank.end() - 1]
        self._is_line_start = True
        self._step = MultipartReader._read_content
        return True

    def _read_epilogue(self) -> bool:
        self._buffer.clear()
        return False

    def _find_boundary(self) -> bool:
        """Take the boundary from the body, which did not come with one."""
        at = self._buffer.find(b"\n--", self._searched)
        while at >= 0:
            end = self._buffer.find(b"\n", at + 1)
            if end < 0:
                break
            line = self._buffer[at + 3 : end].rstrip(b" \t\r")
            if line and len(line) <= _MAX_BOUNDARY:
                self._delimiter = b"\n--" + bytes(line)
                self._searched = 0
                return True
            at = self._buffer.find(b"\n--", end)
        if len(self._buffer) > _MAX_HEADER_BYTES:
            raise MalformedError("the form names no boundary")
        # As with headers.
        self._searched = at if at >= 0 else max(0, len(self._buffer) - 2)
        return False

    def _end_part(self, end: int) -> None:
        """Take what is before a boundary's line end for the rest of a part."""
        if end and self._buffer[end - 1] == ord("\r"):
            # It is the document's only where the client surely writes bare LFs.
            if self._has_crlf or not self._has_bare_end:
                end -= 1
        elif end and self._sink is not None:
            self._has_bare_end = True
        self._write_out(end)
        if self._sink is not None:
            self._sink.finalize()
            self._sink = None

    def _pass_on(self, end: int) -> None:
        """Write out the beginning of the buffer, which holds no boundary."""
        if end > 1:
            self._write_out(end)
            del self._buffer[:end]
            self._is_line_start = False

    def _write_out(self, end: int) -> None:
        """Write the buffer's beginning to the sink, less a part's first line feed."""
        start = 1 if self._is_line_start else 0
        if self._sink is not None and end > start:
            with memoryview(self._buffer) as whole:
                content = bytes(whole[start:end])
            self._sink.write(content)


def read_headers(block: bytes) -> dict[bytes, bytes]:
    """
    Read header lines; what is given twice is what was given last.

    A line that is no header is passed over: a program's warning among them spoils no
    application.
    """
    headers = {}
    for line in _LINES.split(_FOLD.sub(b" ", block)):
        name, colon, value = line.partition(b":")
        name = name.strip(b" \t")
        if colon and _HEADER_NAME.fullmatch(name):
            headers[name.lower()] = value.strip()
    return headers
