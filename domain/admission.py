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
    """
    Judge all positions of one name together, found as reference or as alias.

    One that is open is enough, and a closed one outweighs those that were removed.
    """
    statuses = {position.status for position in found}
    if PositionStatus.OPEN in statuses:
        return Admission.OPEN
    return Admission.CLOSED if PositionStatus.CLOSED in statuses else Admission.UNKNOWN


def is_removed_by_name(found: Sequence[Position]) -> bool:
    """
    Tell whether a person, or a list, took a position of this name out.

    One that a feed no longer named may be back by now: that much only a catalogue
    that is whole and fresh knows.
    """
    return any(
        position.status is PositionStatus.REMOVED and position.absent_since is None
        for position in found
    )


def accepted_countries(found: Sequence[Position]) -> tuple[str, ...] | None:
    """Tell where candidates may be; None where any country will do."""
    open_ones = [one for one in found if one.status is PositionStatus.OPEN]
    if any(one.countries is None for one in open_ones):
        return None
    return tuple(country for one in open_ones for country in one.countries or ())
