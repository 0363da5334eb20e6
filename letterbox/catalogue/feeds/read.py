"""Read lists of positions: our own JSON, and the XML feeds that job boards read."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from letterbox.catalogue.feeds.findings import Findings
from letterbox.catalogue.feeds.json_feed import NO_FEED, JsonFeed
from letterbox.catalogue.feeds.text import FeedText
from letterbox.catalogue.feeds.unpacking import MAX_BYTES, Unpacked
from letterbox.catalogue.feeds.xml_feed import XmlFeed
from letterbox.domain.errors import MalformedError
from letterbox.domain.positions import Position

_JSON = re.compile(r"[\[{]\s*[\[{\"}\]]")
_XML = re.compile(r"<\?xml|<jobs[\s>]|<source[\s>]", re.IGNORECASE)


class Feed:
    """
    The positions of a feed, read as they are asked for (MalformedError).

    ``findings`` are complete once the last was read. ``repeats``: it may name a
    position more than once, and means the last.
    """

    def __init__(
        self, positions: Iterator[Position], findings: Findings, *, repeats: bool
    ) -> None:
        self.positions = positions
        self.findings = findings
        self.repeats = repeats


def read_feed(file: BinaryIO, *, limit: int = MAX_BYTES) -> Feed:
    """
    Read a file, whose kind its beginning tells; the caller closes it.

    It may be gzipped, and in any encoding that Python knows. ``limit`` is of the
    unpacked bytes: what is behind it is as if it were cut off.
    """
    packed = Unpacked(file, limit)
    text = FeedText(packed)
    findings = Findings()
    is_xml = _is_xml(text.head)
    reader = (XmlFeed if is_xml else JsonFeed)(iter(text), findings)
    return Feed(_read(reader, packed), findings, repeats=is_xml)


def _is_xml(head: str) -> bool:
    beginning = head.lstrip()
    if beginning.startswith("<"):
        return True
    if beginning.startswith(("[", "{")) and _JSON.match(beginning):
        return False
    # Programs print warnings before what they were asked for.
    if _XML.search(beginning):
        return True
    if _JSON.search(beginning):
        return False
    if beginning.startswith(("[", "{")):
        return False
    raise MalformedError(NO_FEED)


def _read(reader: XmlFeed | JsonFeed, packed: Unpacked) -> Iterator[Position]:
    yield from reader.positions()
    if packed.cut_off:
        reader.findings.cut_off = packed.cut_off
