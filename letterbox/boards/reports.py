"""What a board is told of where a candidate stands, and who tells it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from letterbox.domain.application import Source
from letterbox.domain.standing import StatusChange


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingReport:
    """One change of where a candidate stands, and nothing else of the candidate."""

    source: Source
    position: str | None
    """Our reference of the position that it belongs to by now, if it is known."""
    received_at: datetime
    """When the application came to us."""
    change: StatusChange
    before: StatusChange | None = None
    """What the board was told last."""


class StatusSender(Protocol):
    """Tells a board where a candidate stands."""

    async def send_status(self, report: StandingReport) -> None:
        """
        Tell the board of one change.

        The same change may be sent twice. Raises BoardUnavailableError for whatever may
        pass, a refusal for now included, and BoardRefusedError for what never will.
        """
