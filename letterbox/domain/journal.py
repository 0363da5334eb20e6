"""
The journal of who saw and who did what: its entries, and how they are chained.

Each writer has a chain of its own. An entry has a number in it and names the digest of
the one before, so that one that is changed, missing, moved or put between is found.
Of a chain's end, and of a whole chain, tell the notes that an audit leaves. Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.domain.ids import key_part
from letterbox.domain.journal_actions import JournalAction

_NAME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)/(?P<folder>[0-9a-f]{2}|notes)/(?P<time>\d{12})"
    r"~(?P<chain>[0-9a-f]{16})~(?P<number>\d{8})~(?P<part>[^/]+)\.json"
)
OWN_PART = "~"
"""What follows it in the name of an operator who has no token never changes."""
_OF_NOBODY = "-"
_NO_FOLDER = "00"


class ChainHead(BaseModel):
    """The last entry of a chain on a day, as an audit found it."""

    model_config = ConfigDict(frozen=True)

    number: int
    digest: str


class Seen(BaseModel):
    """One thing that somebody saw or did; of the candidate there is nothing in it."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    at: AwareDatetime
    operator: str = Field(description="Whose token, or which user of the machine.")
    by: str = Field(description="The same with where, and whom the caller names.")
    what: JournalAction
    application: str | None = None
    applications: tuple[str, ...] = Field((), description="What a search has shown.")
    position: str | None = Field(None, description="The reference of one.")
    request_id: str | None = None

    @property
    def who(self) -> str:
        """
        Whom the caller names, and whose token it was where that is somebody else.

        The operator without a name may name anybody, other operators too.
        """
        named = self.by.partition(": ")[2].partition(" for ")[0]
        if named in {"", self.operator}:
            return self.by
        return f"{self.by} (by {self.operator})"


class JournalEntry(Seen):
    """The same as it is stored, with its place in a chain; fields are only added."""

    schema_version: Literal[1] = 1
    chain: str = Field(description="The writer's.")
    number: int = Field(description="In the chain, from 1.")
    previous: str | None = Field(
        None, description="SHA-256 of the entry before, as it is stored."
    )
    previous_day: date | None = Field(None, description="The day that one is of.")
    heads: Mapping[date, Mapping[str, ChainHead]] | None = Field(
        None, description="Of an audit: where each chain ended, by day."
    )
    removed_before: date | None = Field(
        None, description="Earlier days were removed, since they were kept long enough."
    )
    accepted: tuple[str, ...] = Field((), description="What is known to be broken.")

    @property
    def is_note(self) -> bool:
        """Whether it is about the journal itself."""
        return self.what in {
            JournalAction.CHECKED,
            JournalAction.REMOVED,
            JournalAction.ACCEPTED,
        }

    @property
    def is_routine(self) -> bool:
        """Whether Letterbox has written it of its own accord, about the journal."""
        return self.what in {JournalAction.CHECKED, JournalAction.REMOVED}

    @property
    def seen(self) -> Seen:
        """The part that is shown."""
        return Seen.model_validate(self.model_dump())

    @property
    def key(self) -> str:
        """Where it lies: those about one application are found without reading."""
        day = self.at.astimezone(UTC).date()
        if self.is_note:
            folder = keys.journal_notes(day)
        elif self.application:
            folder = keys.journal_about(day, self.application)
        else:
            folder = f"{keys.journal(day)}{_NO_FOLDER}/"
        time = f"{self.at.astimezone(UTC):%H%M%S%f}"
        name = f"{time}~{self.chain}~{self.number:08}~{part_of(self.application)}"
        return f"{folder}{name}.json"

    def body(self) -> bytes:
        """Return what is stored, and digested."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def stored(cls, key: str, body: bytes) -> Self:
        """Read an entry (DamagedError where it is none, or not the one of its key)."""
        try:
            entry = cls.model_validate_json(body)
        except ValidationError:
            raise DamagedError("cannot be read") from None
        if entry.key != key:
            raise DamagedError("is not the entry of its name")
        return entry


def part_of(application_id: str | None) -> str:
    """Return what stands for an application in the name of an entry."""
    return key_part(application_id) if application_id else _OF_NOBODY


def digest(body: bytes) -> str:
    """Return what the next entry of the chain names."""
    return sha256(body).hexdigest()


@dataclass(frozen=True, slots=True, order=True)
class EntryName:
    """What the key of an entry tells, in the order of time."""

    day: date
    time: str
    chain: str
    number: int
    part: str
    key: str

    @classmethod
    def of(cls, key: str) -> Self | None:
        """Read a key; None where it is not that of an entry."""
        match = _NAME.fullmatch(key.removeprefix(keys.JOURNAL))
        if match is None:
            return None
        try:
            day = date.fromisoformat(match["day"])
        except ValueError:
            return None
        number = int(match["number"])
        return cls(day, match["time"], match["chain"], number, match["part"], key)


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which entries; without any, all."""

    application: str | None = None
    operator: str | None = None
    since: date | None = None
    until: date | None = None
    """The last day."""

    def matches(self, entry: JournalEntry) -> bool:
        """Return whether an entry passes them; long ids share a name."""
        is_about = self.application in {None, entry.application}
        return is_about and (self.operator is None or self._is_by(entry, self.operator))

    @staticmethod
    def _is_by(entry: JournalEntry, operator: str) -> bool:
        """
        Return whether it is an operator's, or that of a person whom one names.

        Of an operator whom an identity provider has named, the part that never changes
        will do.
        """
        if operator.startswith(OWN_PART):
            return entry.operator.endswith(operator)
        _, _, who = entry.by.partition(": ")
        return operator in {entry.operator, entry.by, who, *who.split(" for ")}


def day_of(moment: datetime) -> date:
    """Return the day of a moment, in UTC: days of the journal are."""
    return moment.astimezone(UTC).date()
