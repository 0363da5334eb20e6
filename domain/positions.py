"""Positions: what an application is for, and the names they go by."""

import unicodedata
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class PositionStatus(StrEnum):
    """Whether applications are taken."""

    OPEN = "open"
    CLOSED = "closed"
    REMOVED = "removed"


class ReferenceKind(StrEnum):
    """The names that a position can be found by."""

    REFERENCE = "reference"
    PROFILE = "profile"
    OPENING = "opening"
    OTHER = "other"


class Aliases(BaseModel):
    """Other names of a position: a board's ids of its ad and its opening, or any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


class Position(BaseModel):
    """One position as it is imported, shown and matched."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    reference: str = Field(min_length=1, max_length=1000)
    title: str = ""
    hirer: str | None = Field(None, description="None belongs to every hirer.")
    status: PositionStatus = PositionStatus.OPEN
    closed_at: datetime | None = None
    countries: tuple[str, ...] | None = Field(
        None, description="ISO 3166-1 alpha-2 codes a candidate may be in."
    )
    aliases: Aliases = Aliases()
    closed_by_hand: bool = Field(
        default=False, description="Stays closed whatever a feed says."
    )


def normalise(reference: str) -> str:
    """Fold what people type differently and mean the same."""
    folded = unicodedata.normalize("NFKC", reference).casefold()
    return " ".join(folded.split())
