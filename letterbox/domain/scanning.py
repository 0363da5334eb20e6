"""What a virus scanner says of a document, and where infected documents are."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from letterbox.domain.application import Release


class ScanOutcome(StrEnum):
    """What became of scanning a document."""

    CLEAN = "clean"
    INFECTED = "infected"
    TOO_LARGE = "too-large"
    """Beyond the scanner's limits: asking again would not help."""
    UNSCANNABLE = "unscannable"
    """Not looked into, as it is encrypted or malformed: asking again would not help."""
    RELEASED = "released"
    """A person has said that the scanner is wrong about it."""
    UNSCANNED = "unscanned"
    """Not this time: asking again may help."""


@dataclass(frozen=True, slots=True)
class ScanVerdict:
    """What a scanner answers."""

    outcome: ScanOutcome
    signature: str | None = None
    """The scanner's name for what it found; nothing of the candidate."""


class Quarantine(Protocol):
    """Infected documents, apart from the others of their application."""

    def contains(self, application_id: str, name: str) -> bool:
        """Return whether a document of this name is in quarantine."""

    def is_empty(self, application_id: str) -> bool:
        """Return whether nothing of an application is in quarantine."""

    def is_released(self, application_id: str, name: str) -> bool:
        """Return whether a person has vouched for a document."""

    def move(self, application_id: str, name: str) -> None:
        """Move a document into quarantine; an absent one is left at that."""

    def release(self, application_id: str, name: str, release: Release) -> None:
        """Put a document back, and remember that it stays there (EndedError)."""
