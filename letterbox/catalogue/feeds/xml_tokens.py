"""
The marks of an XML document, read without believing that it is well-formed.

Nothing is declared here that could be expanded, read or fetched: a document type is
passed over, and an entity is a character that XML or HTML has a name for, or text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from html.entities import html5

from letterbox.domain.errors import MalformedError

# What is longer than this and has no end is no such thing, and passed over.
_MAX_LENGTH = 512 * 1024
_NAME = r"[A-Za-z_][^\s<>/\"'=]*+"
_TAG = re.compile(rf"<(/?)({_NAME})((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_MALFORMED_TAG = re.compile(rf"<(/?)({_NAME})([^<>]*+)>")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s*)?([^\s\[\]>]+)")
_HTML_NAMES = {name.removesuffix(";") for name in html5}
JOB_EDGE = re.compile(r"<job(?=[\s>])(?![^<>]*/>)|</job\s*>", re.IGNORECASE)
# After a job's end within what may be a CDATA section without one.
_NEXT_JOB = re.compile(r"\s*(?:<job[\s/>]|<!--|</(?:jobs|source)\s*>|$)", re.IGNORECASE)
_EDGE = 64
_COMMENT = "<!--"
_CDATA = "<![CDATA["


class Mark(Enum):
    """What a token is."""

    START = "start"
    END = "end"
    TEXT = "text"
    CDATA = "cdata"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Token:
    """A mark and its name or text; ``empty`` is ``<a/>``."""

    mark: Mark
    text: str
    empty: bool = False
    is_malformed: bool = False


class XmlTokens:
    """Walks the tokens of text that comes in chunks, with a window on it."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._window = ""
        self._at = 0
        self._passed = 0
        self._absent: dict[str, int] = {}
        self.inside_job = False
        """The reader's to say: there a comment or CDATA may lack its end."""
        self.has_doctype = False

    def __iter__(self) -> Iterator[Token]:
        while True:
            opening = self._window.find("<", self._at)
            if opening < 0:
                # An entity may be cut by the window's edge.
                edge = max(self._at, len(self._window) - _EDGE)
                cut = self._window.find("&", edge)
                if text := self._window[self._at : cut if cut >= 0 else None]:
                    yield Token(Mark.TEXT, text)
                    self._at += len(text)
                if self._widen():
                    continue
                if self._at < len(self._window):
                    yield Token(Mark.TEXT, self._window[self._at :])
                return
            if opening > self._at:
                yield Token(Mark.TEXT, self._window[self._at : opening])
                self._at = opening
            yield from self._marked()

    def _marked(self) -> Iterator[Token]:
        """Read what begins with ``<`` at the window's place."""
        if match := _TAG.match(self._window, self._at):
            yield self._tag(match)
            return
        while len(self._window) - self._at < len(_CDATA) and self._widen():
            pass
        if self._window.startswith(_COMMENT, self._at):
            yield from self._comment()
        elif self._window.startswith(_CDATA, self._at):
            yield from self._cdata()
        elif self._window.startswith("<?", self._at):
            self._instruction()
        elif self._window[self._at : self._at + 9].upper() == "<!DOCTYPE":
            self._doctype()
        else:
            yield from self._malformed()

    def _tag(self, match: re.Match[str], *, is_malformed: bool = False) -> Token:
        self._at = match.end()
        mark = Mark.END if match[1] else Mark.START
        # Boards take element names in any case, and prefixes are decoration.
        name = match[2].rpartition(":")[2].lower()
        is_empty = match[3].endswith("/")
        return Token(mark, name, empty=is_empty, is_malformed=is_malformed)

    def _malformed(self) -> Iterator[Token]:
        """Read a tag whose quotes are malformed, or a ``<`` that begins nothing."""
        while self._window.find("<", self._at + 1) < 0 and self._is_short():
            if not self._widen():
                break
            if match := _TAG.match(self._window, self._at):
                yield self._tag(match)
                return
        if match := _TAG.match(self._window, self._at):
            yield self._tag(match)
            return
        if match := _MALFORMED_TAG.match(self._window, self._at):
            yield self._tag(match, is_malformed=True)
            return
        self._at += 1
        yield Token(Mark.FAULT, "a < that starts no tag")
        yield Token(Mark.CDATA, "<")

    def _comment(self) -> Iterator[Token]:
        """Pass a comment over; without its end, only its first mark."""
        end = self._find("-->", len(_COMMENT))
        another = self._find_near(_COMMENT, len(_COMMENT), end)
        is_open = end < 0 or another >= 0
        if is_open or (self.inside_job and self._runs_over(len(_COMMENT), end)):
            yield Token(Mark.FAULT, "a comment does not end")
            self._at += len(_COMMENT)
            return
        self._at += end + len("-->")

    def _cdata(self) -> Iterator[Token]:
        """Read a CDATA section; one without its end is read as what it holds."""
        end = self._find("]]>", len(_CDATA))
        if end < 0 or (self.inside_job and self._runs_over(len(_CDATA), end)):
            yield Token(Mark.FAULT, "a CDATA section does not end")
            self._at += len(_CDATA)
            return
        yield Token(Mark.CDATA, self._slice(len(_CDATA), end))
        self._at += end + len("]]>")

    def _runs_over(self, start: int, end: int) -> bool:
        """Return whether the end that was found is another job's."""
        depth = 0
        start, end = self._at + start, self._at + end
        for edge in JOB_EDGE.finditer(self._window, start, end):
            depth += -1 if edge[0].startswith("</") else 1
            if depth < 0 and _NEXT_JOB.match(self._window, edge.end(), end):
                return True
        return False

    def _instruction(self) -> None:
        end = self._find("?>", 2)
        another = self._find_near("<", 2, end)
        if another >= 0:
            self._at += another
        else:
            self._at += end + 2 if end >= 0 else 2

    def _doctype(self) -> None:
        """
        Pass a document type over; nothing of it is read, fetched or expanded.

        One that declares entities of its own is refused: some of what it says would
        be lost. The names that HTML has are known without it.
        """
        self.has_doctype = True
        end = self._find(">", 0)
        subset = self._find_near("[", 0, end)
        if subset >= 0:
            end = closing = self._find("]", subset)
            while closing >= 0:
                end = self._find(">", closing)
                if not self._slice(closing + 1, end).strip():
                    break
                closing = end = self._find("]", closing + 1)
            self._check(self._slice(subset, end))
        if end < 0:
            raise MalformedError("the XML declares a DTD that does not end")
        self._at += end + 1

    def _check(self, subset: str) -> None:
        for entity in _ENTITY.finditer(subset):
            if entity[1] or entity[2] not in _HTML_NAMES:
                raise MalformedError("the XML declares a DTD with entities of its own")

    def _find(self, what: str, start: int) -> int:
        """
        Find what may lie outside of the window yet; -1 where it is not near.

        Places are counted from where the reading is.
        """
        known = self._absent.get(what, 0) - self._passed - self._at
        start = max(start, known - len(what))
        while True:
            place = self._window.find(what, self._at + start)
            if place >= 0:
                return place - self._at
            self._absent[what] = self._passed + len(self._window)
            start = max(start, len(self._window) - self._at - len(what))
            if not self._is_short() or not self._widen():
                return -1

    def _find_near(self, what: str, start: int, end: int) -> int:
        """Find what is in the window already, before an end if there is one."""
        before = self._at + end if end >= 0 else len(self._window)
        place = self._window.find(what, self._at + start, before)
        return place - self._at if place >= 0 else -1

    def _slice(self, start: int, end: int) -> str:
        return self._window[self._at + start : self._at + end if end >= 0 else None]

    def _is_short(self) -> bool:
        return len(self._window) - self._at < _MAX_LENGTH

    def _widen(self) -> bool:
        more = next(self._chunks, None)
        if more is None:
            return False
        self._passed += self._at
        self._window = self._window[self._at :] + more
        self._at = 0
        return True
