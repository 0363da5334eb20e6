"""One job of an XML feed, put together from marks that may be malformed."""

import re
from html.entities import html5

from letterbox.catalogue.feeds.text import GUESSED

# From the surest to the weakest; what is not the reference is an alias.
REFERENCES = ("job_reference", "referencenumber", "id")
FIELDS = {*REFERENCES, "title"}
_MAX_FIELD = 8000
_MAX_TITLE = 1000
_MAX_DEPTH = 200
_MAX_UNUSED = 40
_MAX_NAME = 50

# What no XML may hold, and the mark of what was guessed.
CONTROL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff{GUESSED}]")
_ENTITY = re.compile(
    r"&(?:#([0-9]{1,8})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][\w.-]{0,40}));"
)
_MALFORMED_ENTITY = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,6});)"
)
_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


class _Element:
    __slots__ = ("is_closed", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_closed = False


class _Field:
    __slots__ = ("around", "element", "is_doubtful", "parts", "size")

    def __init__(self, element: _Element, around: tuple[_Element, ...]) -> None:
        self.element = element
        self.around = around
        self.parts: list[str] = []
        self.size = 0
        self.is_doubtful = False


class Job:
    """
    Takes the marks between ``<job>`` and ``</job>``.

    ``first_fault`` is one that was mended, ``doubt`` why its reference is not to be
    believed. ``unused`` are the elements that nothing is made of. With
    ``has_doubtful_name``, a fault lies where its names are: who
    else reads the feed may know it by another.
    """

    def __init__(self, number: int, *, is_inner: bool = False) -> None:
        self.number = number
        self.is_inner = is_inner
        self.first_fault = ""
        self.doubt = ""
        self.has_doubtful_name = False
        self.unused: set[str] = set()
        self._open: list[_Element] = []
        self._fields: list[_Field] = []
        self._reading: list[_Field] = []

    def fault(self, reason: str) -> None:
        """Note the first fault, and whether it is one of a name."""
        self.first_fault = self.first_fault or reason
        if any(field.element.name in REFERENCES for field in self._reading):
            self.has_doubtful_name = True

    def start(self, name: str, *, is_empty: bool) -> None:
        """Take a start tag."""
        if name in FIELDS and self._reading and self._open[-1].name in FIELDS:
            # These hold no elements of each other: the first lacks its end.
            self.fault(f"<{self._open[-1].name}> does not end")
            self._pop()
        if len(self._open) >= _MAX_DEPTH:
            self.fault("elements are nested too deeply")
            return
        if self._reading and self._reading[-1].element.name in REFERENCES:
            self.fault(f"<{name[:50]}> is inside a reference")
        element = _Element(name)
        if name not in FIELDS and not self._open and len(self.unused) < _MAX_UNUSED:
            self.unused.add(name[:_MAX_NAME])
        if name in FIELDS and not is_empty:
            field = _Field(element, tuple(self._open))
            self._fields.append(field)
            self._reading.append(field)
        if not is_empty:
            self._open.append(element)

    def has_begun(self, name: str) -> bool:
        """Return whether an element of that name is open."""
        return any(element.name == name for element in self._open)

    def end(self, name: str) -> None:
        """Take an end tag."""
        if not self.has_begun(name):
            self.fault(f"</{name[:50]}> has no start")
            self.has_doubtful_name |= name in REFERENCES
            return
        while (element := self._pop()).name != name:
            self.fault(f"<{element.name[:50]}> does not end")
        element.is_closed = True

    def text(self, text: str, *, is_cdata: bool) -> None:
        """Take text, or a piece of it; entities are whole."""
        if match := CONTROL.search(text):
            what = "a byte" if match[0] == GUESSED else "a control character"
            self.fault(f"{what} that is not allowed")
        if not is_cdata and _MALFORMED_ENTITY.search(text):
            self.fault("an & that starts no XML entity")
        if not is_cdata and "]]>" in text:
            self.fault("the end of a CDATA section without its start")
        for field in self._reading:
            if field.size > _MAX_FIELD:
                continue
            piece = text[: _MAX_FIELD + 1]
            field.size += len(piece)
            field.parts.append(piece if is_cdata else self._resolved(field, piece))

    def ended(self) -> "Job":
        """End the job as it should."""
        if self._open:
            self.fault(f"<{self._open[0].name[:50]}> does not end")
        return self

    def unended(self) -> "Job":
        """End the job where its own end is missing."""
        self.fault("the job does not end")
        return self

    @property
    def is_no_job(self) -> bool:
        """Return whether it is but an element of that name within a job."""
        return self.is_inner and not self._fields

    @property
    def is_complete(self) -> bool:
        """Return whether only its own end is missing."""
        return not self._open and bool(self.references())

    def references(self) -> list[str]:
        """Return its names, the surest first."""
        named = [field for field in self._direct() if _text_of(field)]
        # Of the same kind the last counts; the others are names of it all the same.
        fields = [
            field
            for name in REFERENCES
            for field in reversed(named)
            if field.element.name == name
        ]
        for field in fields:
            if field.is_doubtful or "\ufffd" in _text_of(field):
                self.doubt = (
                    f"job {self.number}: its {field.element.name} cannot be read"
                )
                return []
        if len(fields) > len({field.element.name for field in fields}):
            self.fault("a reference is given twice")
        return [_text_of(field) for field in fields]

    def reference(self) -> str | None:
        """Return its surest name, if it has one by now."""
        return next(iter(self.references()), None)

    def title(self) -> str:
        """Return its title, not longer than anybody reads."""
        fields = [field for field in self._direct() if field.element.name == "title"]
        title = next(filter(None, map(_text_of, reversed(fields))), "")
        if len(title) > _MAX_TITLE:
            self.fault("the title is too long")
        return title[:_MAX_TITLE]

    def _direct(self) -> list[_Field]:
        """Return the fields that lie in nothing, or only in what has no end."""
        return [
            field
            for field in self._fields
            if not any(element.is_closed for element in field.around)
        ]

    def _pop(self) -> _Element:
        element = self._open.pop()
        if self._reading and self._reading[-1].element is element:
            self._reading.pop()
        return element

    def _resolved(self, field: _Field, text: str) -> str:
        def resolved(match: re.Match[str]) -> str:
            decimal, hexadecimal, name = match.groups()
            if name:
                character = html5.get(f"{name};")
                field.is_doubtful = field.is_doubtful or character is None
                return character or match[0]
            code = int(decimal) if decimal else int(hexadecimal, 16)
            if code > _LAST or code in _SURROGATES or CONTROL.match(chr(code)):
                self.fault("a character that is not allowed")
                return ""
            return chr(code)

        return _ENTITY.sub(resolved, text)


def _text_of(field: _Field) -> str:
    return CONTROL.sub("", "".join(field.parts)).strip()
