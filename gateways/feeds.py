"""
Read lists of positions: our own JSON, and the XML feeds that job boards read.

Careerjet: https://www.careerjet.id/docs/feeds/xml and, with ``job_reference``,
https://www.careerjet.fi/docs/feeds/xml. Indeed and many others: ``<source>`` with
``referencenumber``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from pydantic import ValidationError

from domain.errors import MalformedError
from domain.positions import Aliases, Position, normalise
from gateways.json_values import json_values

_ROOTS = ("jobs", "source")
_JOB_DEPTH = 2
# From the surest to the weakest; what is not the reference is an alias.
_REFERENCES = ("job_reference", "referencenumber", "id")
_FIELDS = {*_REFERENCES, "title"}


@dataclass(frozen=True, slots=True)
class Feed:
    """
    The positions of a feed, read as they are asked for (MalformedError).

    ``repeats``: it may name a position more than once, and means the last.
    """

    positions: Iterator[Position]
    repeats: bool


def read_feed(file: BinaryIO) -> Feed:
    """Tell what a file is by how it begins; it stays the caller's to close."""
    head = file.read(1024)
    file.seek(0)
    # A byte order mark of UTF-16 begins XML: JSON is UTF-8.
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return Feed(_xml_positions(file), repeats=True)
    if text.startswith((b"[", b"{")):
        return Feed(_json_positions(file), repeats=False)
    raise MalformedError("neither JSON (a list, or one object a line) nor an XML feed")


def _json_positions(file: BinaryIO) -> Iterator[Position]:
    for number, value in enumerate(json_values(file), 1):
        try:
            yield Position.model_validate(value)
        except ValidationError as error:
            raise _malformed(f"entry {number}", error) from None


def _xml_positions(file: BinaryIO) -> Iterator[Position]:
    for number, job in enumerate(_jobs(file), 1):
        said = {
            _name(field): "".join(field.itertext()).strip()
            for field in job
            if _name(field) in _FIELDS
        }
        names = [said[key] for key in _REFERENCES if said.get(key)]
        if not names:
            raise MalformedError(f"job {number} has none of {', '.join(_REFERENCES)}")
        reference = names[0]
        others = [one for one in names if normalise(one) != normalise(reference)]
        try:
            yield Position(
                reference=reference,
                title=said.get("title", ""),
                aliases=Aliases(other=tuple(others)),
            )
        except ValidationError as error:
            raise _malformed(f"job {number}", error) from None


def _jobs(file: BinaryIO) -> Iterator[Element]:
    """Walk the jobs of a feed, forgetting each: a feed may be of any size."""
    path: list[Element] = []
    try:
        for event, element in iterparse(file, ("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                if len(path) == 1 and _name(element) not in _ROOTS:
                    raise MalformedError("the XML has no <jobs> or <source> around it")
                continue
            if len(path) == _JOB_DEPTH:
                if _name(element) == "job":
                    yield element
                path[0].clear()
            path.pop()
    except DefusedXmlException:
        raise MalformedError("the XML declares a DTD or entities") from None
    except ParseError as error:
        line, column = error.position
        raise MalformedError(
            f"the XML is broken at line {line}, column {column}"
        ) from None
    except (LookupError, ValueError):
        raise MalformedError("the XML is in an encoding that is unknown") from None


def _name(element: Element) -> str:
    # Boards take element names in any case, and namespaces are decoration.
    return element.tag.rpartition("}")[2].lower()


def _malformed(where: str, error: ValidationError) -> MalformedError:
    """Name the entry, the field and the fault, and no value."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[
        0
    ]
    if not first["loc"]:
        return MalformedError(f"{where} is not an object")
    field = ".".join(map(str, first["loc"]))
    what = first["msg"].removeprefix("Value error, ")
    return MalformedError(f"{where}: {field}: {what}")
