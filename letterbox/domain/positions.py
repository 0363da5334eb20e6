"""Positions: what an application is for, and the names they go by."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Protocol, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from letterbox.domain.countries import assigned
from letterbox.domain.folding import folded
from letterbox.domain.retention import LAST_YEAR

# Clocks and time zones of others: what is further ahead was planned.
_SKEW = timedelta(days=1)
STORED = "stored"


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


def spelled(reference: str) -> str:
    """Tidy a reference, and leave its case: ``aB3x`` and ``Ab3X`` may be two jobs."""
    return " ".join(folded(reference).split())


def normalise(reference: str) -> str:
    """Fold what people type differently and mostly mean the same."""
    # Folding the case can undo the normal form.
    return " ".join(folded(folded(reference).casefold()).split())


def _not_blank(name: str) -> str:
    if not normalise(name):
        raise ValueError("is blank")
    return name


def _storable(text: str) -> str:
    # Names are looked at by pydantic already, for they have a length.
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("has half a character, which cannot be stored")
    return text


def _moment(moment: datetime) -> datetime:
    # Some systems say "never" so; the retention is added to it later.
    if moment.year > LAST_YEAR:
        raise ValueError("is too far in the future")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _country(code: str) -> str:
    if country := assigned(code):
        return country
    raise ValueError("is not an ISO 3166-1 alpha-2 code")


MAX_NAME = 1000
"""Characters of a position's reference or alias: no longer one is ever found."""
Name = Annotated[
    str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_not_blank)
]
CountryCode = Annotated[str, AfterValidator(_country)]


class Aliases(BaseModel):
    """Other names of a position: a board's ids of its ad and its opening, or any."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    profile: tuple[Name, ...] = ()
    opening: tuple[Name, ...] = ()
    other: tuple[Name, ...] = ()


class Position(BaseModel):
    """One position as it is imported, shown and matched."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    reference: Name
    title: Annotated[str, AfterValidator(_storable)] = ""
    hirer: str | None = Field(
        None, min_length=1, description="None belongs to every hirer."
    )
    status: PositionStatus = PositionStatus.OPEN
    closed_at: Annotated[datetime, AfterValidator(_moment)] | None = Field(
        None, description="UTC if no time zone is given."
    )
    countries: Annotated[
        tuple[CountryCode, ...] | None, AfterValidator(lambda named: named or None)
    ] = Field(None, description="ISO 3166-1 alpha-2 codes a candidate may be in.")
    aliases: Aliases = Aliases()
    closed_by_hand: bool = Field(
        default=False, description="Stays closed whatever a feed says."
    )
    absent_since: Annotated[datetime, AfterValidator(_moment)] | None = Field(
        None, description="Removed since a whole feed no longer named it, not by name."
    )

    @field_validator("countries", mode="wrap")
    @classmethod
    def _stored_countries(
        cls, named: object, check: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        """
        Read what an older release has stored, whatever it took for a country.

        Where a code is unknown, nobody is clearly outside the countries.
        """
        try:
            checked: tuple[str, ...] | None = check(named)
        except ValidationError:
            if info.context != STORED:
                raise
            return None
        return checked

    @classmethod
    def stored(cls, body: bytes) -> Self:
        """Read a position that lies in the store (ValidationError)."""
        return cls.model_validate_json(body, context=STORED)

    def names(self, kind: ReferenceKind) -> frozenset[str]:
        """Return every normalised name of one kind."""
        if kind is ReferenceKind.REFERENCE:
            return frozenset({normalise(self.reference)})
        aliases: tuple[str, ...] = getattr(self.aliases, kind.value)
        return frozenset(normalise(name) for name in aliases)

    def closed_by(self, now: datetime) -> datetime | None:
        """
        Return when it was closed; what is only planned has not happened.

        Some systems give the planned end of an ad, or a date that says "never".
        """
        if self.status is PositionStatus.OPEN or self.closed_at is None:
            return None
        return min(self.closed_at, now) if self.closed_at - now < _SKEW else None

    def is_spelled(self, kind: ReferenceKind, reference: str) -> bool:
        """Return whether it goes by this very spelling, case included."""
        if kind is ReferenceKind.REFERENCE:
            return spelled(self.reference) == spelled(reference)
        aliases: tuple[str, ...] = getattr(self.aliases, kind.value)
        return spelled(reference) in map(spelled, aliases)

    def closed(self, now: datetime) -> "Position":
        """Close by hand; an earlier ``closed_at`` stays."""
        was_open = self.status is PositionStatus.OPEN
        return self.model_copy(
            update={
                "status": PositionStatus.CLOSED,
                "closed_at": now if was_open else self.closed_at or now,
                "closed_by_hand": True,
                "absent_since": None,
            }
        )

    def opened(self) -> "Position":
        """Return the position, opened by hand."""
        return self.model_copy(
            update={
                "status": PositionStatus.OPEN,
                "closed_at": None,
                "closed_by_hand": False,
                "absent_since": None,
            }
        )

    def removed(self) -> "Position":
        """
        Take it out of the catalogue, by name.

        When is unknown: a made-up ``closed_at`` would have us archive too late.
        """
        return self.model_copy(
            update={"status": PositionStatus.REMOVED, "absent_since": None}
        )

    def absent(self, since: datetime) -> "Position":
        """Take it out because a whole feed does not name it."""
        return self.removed().model_copy(update={"absent_since": since})


def updated(before: Position | None, latest: Position) -> Position:
    """Take over what an import tells; what was closed by hand stays closed."""
    if before is None:
        before = latest
    by_hand = latest.closed_by_hand or before.closed_by_hand
    status, closed_at = latest.status, latest.closed_at
    if by_hand and status is PositionStatus.OPEN:
        status = PositionStatus.CLOSED
    if before.closed_by_hand:
        closed_at = before.closed_at or latest.closed_at
    elif status is not PositionStatus.OPEN:
        closed_at = latest.closed_at or before.closed_at
    return latest.model_copy(
        update={"status": status, "closed_at": closed_at, "closed_by_hand": by_hand}
    )


class Admission(StrEnum):
    """The state of a position as a candidate meets it."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


def admission(positions: Sequence[Position]) -> Admission:
    """
    Judge all positions of one name together, by reference or by alias.

    One that is open is enough, and a closed one outweighs those that were removed.
    """
    statuses = {position.status for position in positions}
    if PositionStatus.OPEN in statuses:
        return Admission.OPEN
    return Admission.CLOSED if PositionStatus.CLOSED in statuses else Admission.UNKNOWN


def is_removed_by_name(positions: Sequence[Position]) -> bool:
    """
    Return whether a person, or a list, took a position of this name out.

    One that a feed no longer named may be back by now: that much only a catalogue
    that is whole and fresh knows.
    """
    return any(
        position.status is PositionStatus.REMOVED and position.absent_since is None
        for position in positions
    )


def accepted_countries(positions: Sequence[Position]) -> tuple[str, ...] | None:
    """Return where candidates may be; None where any country will do."""
    accepted = [
        position.countries
        for position in positions
        if position.status is PositionStatus.OPEN
    ]
    if None in accepted:
        return None
    return tuple(country for countries in accepted for country in countries or ())


class Catalogue(Protocol):
    """The positions that applications can be for."""

    def imported(self) -> bool:
        """Return whether any catalogue was ever imported."""

    def is_whole(self) -> bool:
        """Return whether what it does not have is surely not advertised."""

    def find(self, kind: ReferenceKind, reference: str) -> tuple[Position, ...]:
        """Find every position that goes by this name, of any hirer."""
