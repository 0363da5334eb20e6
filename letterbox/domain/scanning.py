"""What a virus scanner says of a document."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of scanning a document."""

    CLEAN = "clean"
    INFECTED = "infected"
    TOO_LARGE = "too-large"
    """Beyond the scanner's limits: asking again would not help."""
    UNSCANNABLE = "unscannable"
    """Not looked into, as it is encrypted or odd: asking again would not help."""
    RELEASED = "released"
    """A person has said that the scanner is wrong about it."""
    UNSCANNED = "unscanned"
    """Not this time: asking again may help."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner answers."""

    outcome: Outcome
    signature: str | None = None
    """The scanner's name for what it found; nothing of the candidate."""
