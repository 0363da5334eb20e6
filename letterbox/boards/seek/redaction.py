"""
Parts of a profile that SEEK took away again.

SEEK redacts when a candidate or an application is deleted, and tells nobody: names
become the text "redacted", lists become empty, the questionnaire is gone.
https://developer.seek.com/use-cases/application-export/candidate-profiles
"""

from collections.abc import Iterator

from pydantic import JsonValue

from letterbox.boards.node import Node

_REDACTED = "redacted"
# Fixed when the candidate applied; nobody but SEEK empties them.
_SNAPSHOT = (
    "employment",
    "education",
    "certifications",
    "qualifications",
    "attachments",
)
# Null where SEEK redacted them or may not show them any more.
_OBJECTS = ("seekQuestionnaireSubmission", "associatedPositionProfile")


def is_redacted(profile: JsonValue) -> bool:
    """Return whether a profile names nobody any more."""
    name = Node(profile).node("candidate", "person", "name")
    if _is_mark(name.text("formattedName")):
        return True
    return _is_mark(name.text("given")) and name.text("family") is None


def lost(held: JsonValue, new: JsonValue) -> tuple[str, ...]:
    """
    Return the parts that we hold and that are redacted or gone in a newer view.

    Names of fields, nothing of the candidate. Phones and addresses are the
    candidate's to remove: only with another mark are they redacted.
    """
    return tuple(_lost(Node(held), Node(new)))


def _lost(held: Node, new: Node) -> Iterator[str]:
    if held and not new:
        yield "profile"
        return
    if is_redacted(new.value) and held and not is_redacted(held.value):
        yield "name"
    if _has(held, "candidate", "person", "communication", "email") and not _has(
        new, "candidate", "person", "communication", "email"
    ):
        # A SEEK account always has one.
        yield "email"
    for key in _SNAPSHOT:
        if _has(held, key) and not _has(new, key):
            yield key
    for key in _OBJECTS:
        if held.node(key) and not new.node(key):
            yield key


def _is_mark(name: str | None) -> bool:
    return name is not None and name.strip().casefold() == _REDACTED


def _has(profile: Node, *path: str) -> bool:
    return any(profile.nodes(*path))
