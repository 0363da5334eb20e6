"""What a check of an installation finds: ``letterbox doctor`` prints it."""

from enum import StrEnum

from pydantic import BaseModel


class Level(StrEnum):
    """How bad a result is; only WRONG makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class CheckResult(BaseModel):
    """The result of one check."""

    what: str
    fine: bool
    """Whether it is not wrong, for programs that want to know no more."""
    level: Level
    words: str


def ok(what: str, message: str) -> CheckResult:
    """Return the result for something that is as it should be, or off."""
    return CheckResult(what=what, fine=True, level=Level.OK, words=message)


def warning(what: str, message: str) -> CheckResult:
    """Return the result for something that one should know."""
    return CheckResult(what=what, fine=True, level=Level.WARNING, words=message)


def wrong(what: str, message: str) -> CheckResult:
    """Return the result for what is wrong, with what to do."""
    return CheckResult(what=what, fine=False, level=Level.WRONG, words=message)
