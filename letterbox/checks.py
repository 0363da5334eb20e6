"""What a check of an installation finds: ``letterbox doctor`` prints it."""

from enum import StrEnum

from pydantic import BaseModel


class Level(StrEnum):
    """How bad it is; only what is wrong makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class Finding(BaseModel):
    """One thing looked at."""

    what: str
    fine: bool
    """For programs that want to know no more than whether it is wrong."""
    level: Level
    words: str


def ok(what: str, words: str) -> Finding:
    """Return that something is as it should be, or off."""
    return Finding(what=what, fine=True, level=Level.OK, words=words)


def warning(what: str, words: str) -> Finding:
    """Return what one should know."""
    return Finding(what=what, fine=True, level=Level.WARNING, words=words)


def wrong(what: str, words: str) -> Finding:
    """Return what is wrong, and what to do."""
    return Finding(what=what, fine=False, level=Level.WRONG, words=words)
