"""
The texts in a BagIt bag, version 1.0: written, and read back. Pure.

https://www.rfc-editor.org/rfc/rfc8493
"""

import re
from collections.abc import Mapping
from hashlib import sha256

from letterbox.domain.application import Application
from letterbox.domain.ids import key_part

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
PAYLOAD = "data/"
RECORD = f"{PAYLOAD}application.json"
TAGGED = frozenset({BAGIT, BAG_INFO, MANIFEST})
"""What the tag manifest lists: all but itself and the payload."""

_LINE = re.compile(r"([0-9a-f]{64})  (.+)", re.DOTALL)
# With the longest path of a payload (84 characters), below Windows' limit of 260.
_MAX_FOLDER_NAME = 100
# The only characters that a manifest escapes, section 2.1.3.
_ESCAPES = {"%": "%25", "\n": "%0A", "\r": "%0D"}
_ESCAPED = {escaped: plain for plain, escaped in _ESCAPES.items()}


def folder_name(part: str) -> str:
    """
    Name the folder that a bag unzips to, by the part of a key that names the archive.

    Portable, section 6.1: a colon is not allowed in names on Windows, nor is a dot at
    their end; what is too long for a path there is cut, and told apart by its digest.
    """
    name = re.sub(r"\.$", "%2E", part.replace(":", "%3A"))
    if len(name) <= _MAX_FOLDER_NAME:
        return name
    return f"{name[:60]}~{sha256(part.encode()).hexdigest()[:32]}"


def manifest(digests: Mapping[str, str]) -> str:
    """List files by path, each with its SHA-256 in hex."""
    return "".join(f"{digests[path]}  {_escape(path)}\n" for path in sorted(digests))


def read_manifest(text: str) -> dict[str, str]:
    """Read what ``manifest`` wrote; anything else is ValueError, which quotes none."""
    digests: dict[str, str] = {}
    *lines, end = text.split("\n")
    for line in lines:
        match = _LINE.fullmatch(line)
        if not match or (path := _unescape(match[2])) in digests:
            raise ValueError("not a manifest of ours")
        digests[path] = match[1]
    if end:
        raise ValueError("cut short")
    return digests


def bag_info(record: Application, *, octets: int, files: int) -> str:
    """
    Describe the bag in ``bag-info.txt``, without anything of the candidate.

    No Bagging-Date: packing the same again must give the same bytes.
    """
    labels = {
        "Source-Organization": _one_line(record.source.board),
        "External-Identifier": _one_line(record.id),
        "Letterbox-Applied-At": record.applied_at.isoformat(),
        "Letterbox-Received-At": record.received_at.isoformat(),
        "Letterbox-Archive-By": record.archive_by.isoformat(),
        "Letterbox-Window-End": record.window_end.isoformat(),
        "Payload-Oxum": f"{octets}.{files}",
        "Bag-Software-Agent": "letterbox",
    }
    return "".join(f"{label}: {value}\n" for label, value in labels.items())


def _one_line(name: str) -> str:
    # A board's id may hold anything; a line break would begin another label.
    return name if name.isprintable() else key_part(name)


def _escape(path: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in path)


def _unescape(path: str) -> str:
    return re.sub("%25|%0A|%0D", lambda match: _ESCAPED[match.group()], path)
