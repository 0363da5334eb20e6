"""Erasures and holds as lists that are kept outside, and applied after a restore."""

import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from letterbox.archive.endings import find_tombstone
from letterbox.domain import keys
from letterbox.domain.application import Application, Hold, Stage, Tombstone
from letterbox.domain.ending_ports import Holds, Removal
from letterbox.domain.errors import DamagedError, EndedError
from letterbox.domain.ids import from_key_part, key_part
from letterbox.domain.ports import ObjectStore
from letterbox.records import inbox
from letterbox.storage.objects import exists, has_any


class ErasureLine(BaseModel):
    """One tombstone: nothing of the candidate."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: str = Field(min_length=1, max_length=1000, pattern=":")
    stage: Literal[Stage.ERASED, Stage.DISCARDED] = Stage.ERASED
    reason: str
    by: str = "letterbox"
    removed_at: AwareDatetime
    removed: int = 0

    def tombstone(self) -> Tombstone:
        """Return it as it is stored."""
        return Tombstone.model_validate(self.model_dump())


class HoldLine(BaseModel):
    """One hold, as long as it is active."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: str = Field(min_length=1, max_length=1000, pattern=":")
    reason: str = ""
    placed_at: AwareDatetime
    until: AwareDatetime | None = None
    by: str = ""

    def hold(self) -> Hold:
        """Return it as it is stored."""
        return Hold.model_validate(self.model_dump(exclude={"id"}))


class LineOutcome(StrEnum):
    """What became of a line, or would become of it."""

    ERASED = "erased"
    NOTED = "noted"
    """There was nothing of it; from now on a late repeat brings nothing back."""
    HELD = "held"
    DONE = "already"
    ENDED = "ended"
    """The hold's time is up."""
    REFUSED = "refused"


class Ledgers:
    """Reads both lists from a store, and writes what is absent. Blocking."""

    def __init__(self, store: ObjectStore, *, removal: Removal, holds: Holds) -> None:
        self._store = store
        self._removal = removal
        self._holds = holds

    def erasures(self, after: str = "") -> Iterator[ErasureLine | str]:
        """List erasures behind a key, and the keys of unreadable tombstones."""
        for stored in self._store.list(keys.ERASED):
            if stored.key <= after:
                continue
            part = _part(stored.key, keys.ERASED)
            try:
                tombstone = Tombstone.model_validate_json(self._store.get(stored.key))
                if tombstone.stage is Stage.ARCHIVED:
                    continue  # Kept as long as it was to be: nobody asked for it.
                identifier = tombstone.id or from_key_part(part)
                line = tombstone.model_dump() | {"id": identifier}
                yield ErasureLine.model_validate(line)
            except FileNotFoundError:
                continue
            except ValidationError:
                yield stored.key

    def holds(self, after: str = "") -> Iterator[HoldLine | str]:
        """List holds behind a key, and the keys of unreadable ones."""
        for stored in self._store.list(keys.HOLDS):
            if stored.key <= after:
                continue
            part = _part(stored.key, keys.HOLDS)
            try:
                body = self._store.get(stored.key)
                hold = Hold.model_validate_json(body)
                identifier = _named_id(body, part) or self._id(part)
                yield HoldLine.model_validate(hold.model_dump() | {"id": identifier})
            except FileNotFoundError:
                continue
            except ValidationError:
                yield stored.key

    def erase(self, line: ErasureLine, now: datetime, *, dry_run: bool) -> LineOutcome:
        """Remove what a restore brought back, under the tombstone as it was."""
        hold = self._holds.find(line.id)
        if hold and hold.is_active(now):
            return LineOutcome.REFUSED
        tombstone = find_tombstone(self._store, line.id)
        has_tombstone = tombstone and tombstone.stage is not Stage.ARCHIVED
        if not self._has_any(line.id):
            if has_tombstone:
                return LineOutcome.DONE
            if not dry_run:
                self.restore_tombstone(line)
            return LineOutcome.NOTED
        if not dry_run:
            self._removal.erase(line.id, line.tombstone())
        return LineOutcome.ERASED

    def restore_tombstone(self, line: ErasureLine) -> None:
        """Write the tombstone as it was, over that of the workflow's own removal."""
        body = line.tombstone().model_dump_json().encode()
        self._store.put(keys.tombstone(line.id), body)

    def hold(self, line: HoldLine, now: datetime, *, dry_run: bool) -> LineOutcome:
        """Place a hold, unless the store has a later one."""
        hold = line.hold()
        if not hold.is_active(now):
            return LineOutcome.ENDED
        tombstone = find_tombstone(self._store, line.id)
        if tombstone and (tombstone.stage is not Stage.ARCHIVED or dry_run):
            return LineOutcome.REFUSED
        placed = self._holds.find(line.id)
        if placed and placed.placed_at >= hold.placed_at:
            return LineOutcome.DONE
        if not dry_run:
            try:
                self._holds.place(line.id, hold)
            except EndedError:
                return LineOutcome.REFUSED
        return LineOutcome.HELD

    def placed(self, application_id: str) -> HoldLine | None:
        """Read the hold that the store has."""
        hold = self._holds.find(application_id)
        if hold is None:
            return None
        return HoldLine.model_validate(hold.model_dump() | {"id": application_id})

    def place(self, line: HoldLine) -> None:
        """Write a hold as it was."""
        self._holds.place(line.id, line.hold())

    def _has_any(self, application_id: str) -> bool:
        return (
            exists(self._store, keys.archive(application_id))
            or has_any(self._store, keys.application(application_id))
            or inbox.has_any(self._store, application_id)
        )

    def _id(self, part: str) -> str | None:
        """Find an id that is too long for a key in the application's record."""
        if (application_id := from_key_part(part)) is not None:
            return application_id
        try:
            body = self._store.get(f"{keys.APPLICATIONS}{part}/application.json")
            identifier = Application.model_validate_json(body).id
        except (FileNotFoundError, ValidationError, DamagedError):
            return None
        return identifier if key_part(identifier) == part else None


def _named_id(body: bytes, part: str) -> str | None:
    """Find the id that a hold was written with: those of earlier releases lack it."""
    identifier = json.loads(body).get("id")
    is_its = isinstance(identifier, str) and identifier and key_part(identifier) == part
    return identifier if is_its else None


def _part(key: str, folder: str) -> str:
    return key.removeprefix(folder).removesuffix(".json")
