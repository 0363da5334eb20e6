"""Whether applications for a position are taken now."""

from collections.abc import Sequence
from enum import StrEnum

from domain.positions import Position, PositionStatus


class Admission(StrEnum):
    """The state of a position as a candidate meets it."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


def admission(found: Sequence[Position]) -> Admission:
    """Judge all positions of one name together; one open position is enough."""
    statuses = {position.status for position in found}
    if PositionStatus.OPEN in statuses:
        return Admission.OPEN
    return Admission.CLOSED if PositionStatus.CLOSED in statuses else Admission.UNKNOWN


def accepted_countries(found: Sequence[Position]) -> tuple[str, ...] | None:
    """Tell where candidates may be; None where any country will do."""
    open_ones = [one for one in found if one.status is PositionStatus.OPEN]
    if any(one.countries is None for one in open_ones):
        return None
    return tuple(country for one in open_ones for country in one.countries or ())
