"""The text of DOCX and ODT: zips of XML; runs in the limited process only."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from letterbox.rendering.messages import RenderingTrouble, TroubleError

_CHUNK = 64 * 1024
_MAX_UNPACKED = 64 * 1024 * 1024
"""Of one part: beyond it, what was read before it is the text."""
# People put their names and addresses into the header.
_PARTS = {
    "docx": (
        r"word/header\d*\.xml",
        r"word/document\d*\.xml",
        r"word/footnotes\d*\.xml",
        r"word/footer\d*\.xml",
    ),
    "odt": (r"content\.xml",),
}
_BREAKS = {"br": "\n", "cr": "\n", "line-break": "\n", "tab": "\t", "s": " "}
_BEHIND = {"p": "\n", "h": "\n", "tc": "\t", "table-cell": "\t"}
_TEXT_IN = {"docx": {"t"}, "odt": {"p", "h"}}
# Word writes a text box twice, for programs that do not know the first form.
_LEFT_OUT = {"Fallback", "tracked-changes", "annotation"}


class _Words:
    """Takes the events of an XML parser, and keeps nothing but text."""

    def __init__(self, kind: str) -> None:
        self._text_in = _TEXT_IN[kind]
        self._inside = self._left_out = 0
        self.words: list[str] = []

    def start(self, tag: str, _: object) -> None:
        """Go into an element."""
        name = tag.rpartition("}")[2]
        self._left_out += name in _LEFT_OUT
        self._inside += name in self._text_in
        if not self._left_out and name in _BREAKS:
            self.words.append(_BREAKS[name])

    def end(self, tag: str) -> None:
        """Come out of it."""
        name = tag.rpartition("}")[2]
        self._left_out -= name in _LEFT_OUT
        self._inside -= name in self._text_in
        if not self._left_out and name in _BEHIND:
            self.words.append(_BEHIND[name])

    def data(self, text: str) -> None:
        """Take what stands between tags."""
        if self._inside and not self._left_out:
            self.words.append(text)

    def close(self) -> None:
        """End; a parser wants it."""


def texts_in(document: bytes, kind: str) -> Iterator[str]:
    """Yield the text in its order, in small pieces (TroubleError)."""
    try:
        with zipfile.ZipFile(BytesIO(document)) as package:
            for form in _PARTS[kind]:
                for name in sorted(package.namelist()):
                    # Some programs write paths as Windows does.
                    if re.fullmatch(form, name.replace("\\", "/")):
                        yield from _texts(package, name, kind)
    except RuntimeError:
        # That is how zipfile says that it wants a password.
        raise TroubleError(RenderingTrouble.PASSWORD) from None
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
        raise TroubleError(RenderingTrouble.BROKEN) from None


def _texts(package: zipfile.ZipFile, name: str, kind: str) -> Iterator[str]:
    target = _Words(kind)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    left = _MAX_UNPACKED
    with package.open(name) as part:
        try:
            while left > 0 and (chunk := part.read(_CHUNK)):
                left -= len(chunk)
                parser.feed(chunk)
                yield "".join(target.words)
                target.words.clear()
            parser.close()
        except (ParseError, DefusedXmlException):
            # What came before is text all the same.
            yield "".join(target.words)
