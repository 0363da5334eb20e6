"""What a candidate attached, and how it is served."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

from seek_sandbox.documents import DOCX, EXTENSIONS, PDF
from seek_sandbox.ids import Ids, tail

# Every combination is met; the first is what a newcomer sees.
_COMBINATIONS: Sequence[Sequence[str | None]] = (
    ("Resume", "CoverLetter"),
    ("Resume",),
    ("Resume", "CoverLetter", "SelectionCriteria", None),
    (),
    ("Resume", None, None),
    ("CoverLetter",),
    ("Resume", "SelectionCriteria"),
    (None,),
    ("SelectionCriteria",),
    ("CoverLetter", "SelectionCriteria"),
)
_STEMS = ("my file", "Zoë, Lebenslauf", "履歴書", 'the "last"; version', "CV_2026")
_DEPRECATED_ROLES = {
    "Resume": "RESUME",
    "CoverLetter": "COVER_LETTER",
    "SelectionCriteria": "SELECTION_CRITERIA",
}
_DESCRIPTIONS = {
    "Resume": ["Candidate resume"],
    "CoverLetter": ["Candidate cover letter"],
    "SelectionCriteria": ["Candidate selection criteria"],
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """One document of an application."""

    attachment_id: str
    path: str
    """Below ``/attachments/``; opaque."""
    role: str | None
    filename: str
    media_type: str
    descriptions: Sequence[str]


def usual_roles(number: int) -> Sequence[str | None]:
    """Return what the nth application has attached."""
    return _COMBINATIONS[number % len(_COMBINATIONS)]


def attachments_of(
    ids: Ids, profile_id: str, roles: Sequence[str | None]
) -> Sequence[Attachment]:
    """Return an application's attachments, in the order of their roles."""
    dice = ids.dice("attachments", profile_id)
    return [
        _attachment(ids, profile_id, position, role, dice)
        for position, role in enumerate(roles)
    ]


def attachment_view(attachment: Attachment, origin: str) -> dict[str, Any]:
    """Show it as ``Attachment``."""
    return {
        "id": {"value": attachment.attachment_id},
        "descriptions": attachment.descriptions,
        "seekRole": _DEPRECATED_ROLES.get(attachment.role or ""),
        "seekRoleCode": attachment.role,
        "url": f"{origin}/attachments/{quote(attachment.path)}",
    }


def content_disposition(filename: str) -> str:
    """Write RFC 6266: a quoted ASCII name, and the exact one where that is not it."""
    plain = filename.encode("ascii", "replace").decode()
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
    simple = f'attachment; filename="{quoted}"'
    if plain == filename:
        return simple
    return f"{simple}; filename*=UTF-8''{quote(filename, safe='')}"


def _attachment(
    ids: Ids, profile_id: str, position: int, role: str | None, dice: Random
) -> Attachment:
    media_type = DOCX if role == "CoverLetter" else dice.choice((PDF, PDF, DOCX))
    attachment_id = ids.make("attachment:apply", profile_id, position)
    return Attachment(
        attachment_id=attachment_id,
        path=f"{tail(profile_id)}/{tail(attachment_id)}",
        role=role,
        filename=f"{dice.choice(_STEMS)}.{EXTENSIONS[media_type]}",
        media_type=media_type,
        descriptions=_DESCRIPTIONS.get(role or "", ["Additional document"]),
    )
