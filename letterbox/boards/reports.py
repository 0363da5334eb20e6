"""What a board is told of where a candidate stands, and who tells it."""

from dataclasses import dataclass
from datetime import UTC, datetime
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


def utc_text(moment: datetime) -> str:
    """Write when a status changed, in UTC with milliseconds; nothing in it can fail."""
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        # In the first hours of the first year, or in the last of the last: such a time
        # is a mistake of the ATS, and must not keep the board from being told.
        utc = moment.replace(tzinfo=UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class StatusSender(Protocol):
    """Tells a board where a candidate stands."""

    async def send_status(self, report: StandingReport) -> None:
        """
        Tell the board of one change.

        The same change may be sent twice. Raises BoardUnavailableError for whatever may
        pass, a refusal for now included, BoardRefusedError for what never will, and
        NoWordError for a status that it has no word for.
        """
