"""Whose an object is, by its key: ``letterbox/domain/keys.py`` read backwards. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from letterbox.domain import keys
from letterbox.domain.ids import from_key_part, key_part


class Place(StrEnum):
    """What an object of an application is, by where it lies."""

    RECORD = "record"
    SOURCE = "source"
    DEMOGRAPHICS = "demographics"
    DOCUMENT = "document"
    TEXT = "text"
    """Of a document; it can be made again."""
    QUARANTINED = "quarantined"
    LOOKING = "looking"
    RELEASED = "released"
    WAITING = "waiting"
    ARCHIVE = "archive"
    TOMBSTONE = "tombstone"
    HOLD = "hold"
    MARKER = "marker"
    OTHER = "other"
    """Ours, and of no application."""
    PROBE = "probe"
    """Of the store's proof of life, which removes it again."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A key of ours: ``part`` stands for the application, ``name`` is its last."""

    place: Place
    part: str
    name: str


_DIGEST = "[0-9a-f]{64}"
_PART = "(?P<part>[^/]+)"
_DOCUMENT = rf"(?P<name>{_DIGEST}\.[a-z0-9]+)"
_JOURNAL_NAME = r"\d{4}(-\d\d){2}/([0-9a-f]{2}|notes)/\d{12}~[0-9a-f]{16}~\d{8}"
_FORMS: dict[str, tuple[tuple[Place, str], ...]] = {
    keys.APPLICATIONS: (
        (Place.DOCUMENT, rf"{_PART}/documents/{_DOCUMENT}"),
        (Place.TEXT, rf"{_PART}/texts/(?P<name>{_DIGEST})\.txt"),
        (Place.SOURCE, rf"{_PART}/source/(?P<name>[1-9]\d*)\.json"),
        (Place.RECORD, rf"{_PART}/(?P<name>application)\.json"),
        (Place.DEMOGRAPHICS, rf"{_PART}/(?P<name>demographics(-[1-9]\d*)?)\.json"),
        (Place.QUARANTINED, rf"{_PART}/quarantine/{_DOCUMENT}"),
        (Place.LOOKING, rf"{_PART}/looking/{_DOCUMENT}"),
        (Place.RELEASED, rf"{_PART}/released/{_DOCUMENT}\.json"),
    ),
    keys.INBOX: (
        (Place.WAITING, rf"{_PART}/(?P<name>{_DIGEST})\.json"),
        (Place.WAITING, rf"[0-9a-f]{{2}}/{_PART}~(?P<name>[0-9a-f]{{50,64}})\.zip"),
    ),
    keys.ARCHIVE: ((Place.ARCHIVE, rf"{_PART}\.(?P<name>zip)"),),
    keys.ERASED: ((Place.TOMBSTONE, rf"{_PART}\.(?P<name>json)"),),
    keys.HOLDS: ((Place.HOLD, rf"{_PART}\.(?P<name>json)"),),
    keys.CANDIDATES: ((Place.MARKER, rf"(?P<name>{_DIGEST})/{_PART}"),),
    "positions/": ((Place.OTHER, r"(?P<part>.+)(?P<name>\.json)"),),
    keys.REFUSALS: (
        (Place.OTHER, r"(?P<part>\d{4}(-\d\d){2}/[0-9a-f]{32})\.(?P<name>json)"),
    ),
    "audit/": ((Place.OTHER, r"(?P<part>last)\.(?P<name>json)"),),
    keys.JOURNAL: ((Place.OTHER, rf"(?P<part>{_JOURNAL_NAME}~[^/]+)(?P<name>\.json)"),),
    "delivery/": (
        (Place.OTHER, r"(?P<part>disabled|present)\.(?P<name>json)"),
        (Place.OTHER, r"owed/(?P<part>[^/]+)\.(?P<name>json)"),
    ),
    "health/": ((Place.PROBE, "(?P<part>)(?P<name>[0-9a-f]{32})"),),
}
_OURS = {
    folder: tuple((place, re.compile(form)) for place, form in forms)
    for folder, forms in _FORMS.items()
}
_OVERLONG = re.compile(r"[A-Za-z0-9._:%-]{120}~[0-9a-f]{32}")
_DELIVERED = ".zip"
_OF_NO_APPLICATION = {Place.OTHER, Place.PROBE}


def placed(key: str) -> Placed | None:
    """Return what an object is; None where its key is none of ours."""
    folder, slash, rest = key.partition("/")
    for place, form in _OURS.get(folder + slash, ()):
        if match := form.fullmatch(rest):
            if place not in _OF_NO_APPLICATION and not _is_part(match["part"]):
                return None
            if key.endswith(_DELIVERED) and not _is_in_its_folder(key, match):
                return None
            return Placed(place, match["part"], match["name"])
    return None


def _is_in_its_folder(key: str, match: re.Match[str]) -> bool:
    """Return whether a delivery lies where it is looked for."""
    is_waiting = key.startswith(keys.INBOX)
    return not is_waiting or keys.inbox_record_of(match["part"], match["name"]) == key


def folder_of(key: str) -> str:
    """Return where a key lies in words that can hold nothing of a person."""
    folder, slash, _ = key.partition("/")
    if folder + slash in _OURS:
        return f"{folder}/…"
    return f"{folder[:_SHOWN]}…"


# Somebody may have put a file here that is named after a person.
_SHOWN = 2


# The objects of an application follow each other.
@lru_cache(maxsize=256)
def _is_part(part: str) -> bool:
    identifier = from_key_part(part)
    if ":" not in part:
        return False  # A file manager's file has no board.
    if identifier is None:
        return bool(_OVERLONG.fullmatch(part))
    return key_part(identifier) == part
