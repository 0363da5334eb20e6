"""What the limited process answers, and its limits; imported by both sides."""

from dataclasses import dataclass
from enum import StrEnum

MAX_ANSWER = 32 * 1024 * 1024
MAX_SECONDS = 30


class RenderingTrouble(StrEnum):
    """Why a document gives no text, or no picture."""

    PASSWORD = "password"  # noqa: S105
    BROKEN = "broken"
    NO_SUCH_PAGE = "no-such-page"
    NO_TEXT = "no-text"


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line of an answer, as JSON; the text or the picture follows it."""

    trouble: RenderingTrouble | None = None
    pages: int | None = None
    """Of a PDF: how many it has."""
    is_cut: bool = False
    """Whether there is more text than is read."""


class TroubleError(Exception):
    """There is neither text nor picture; says why."""

    def __init__(self, trouble: RenderingTrouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble
