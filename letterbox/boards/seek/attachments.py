"""
The documents of a profile.

https://developer.seek.com/use-cases/application-export/attachments
"""

from pydantic import JsonValue

from letterbox.boards.seek.node import Node
from letterbox.domain.candidate import AttachmentLink
from letterbox.domain.submission import Role

_ROLES = {
    "Resume": Role.RESUME,
    "CoverLetter": Role.COVER_LETTER,
    "SelectionCriteria": Role.SELECTION_CRITERIA,
}


def attachments(profile: JsonValue) -> tuple[AttachmentLink, ...]:
    """
    List what there is to download; a code that is new or null is another document.

    The addresses are SEEK's word: check their origin before a token goes there.
    """
    return tuple(
        AttachmentLink(
            id=attachment.identifier("id") or url,
            url=url,
            role=_ROLES.get(attachment.text("seekRoleCode") or "", Role.OTHER),
            descriptions=attachment.texts("descriptions"),
        )
        for attachment in Node(profile).nodes("attachments")
        if (url := attachment.text("url"))
    )
