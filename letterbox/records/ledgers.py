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
from letterbox.domain.errors import DamagedError, EndedError
from letterbox.domain.ids import from_key_part, key_part
from letterbox.domain.ports import Holds, ObjectStore, Removal
from letterbox.storage.objects import exists


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
        """Give it as it lies in the store."""
        return Tombstone.model_validate(self.model_dump())


class HoldLine(BaseModel):
    """One hold, as long as it holds."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: str = Field(min_length=1, max_length=1000, pattern=":")
    reason: str = ""
    placed_at: AwareDatetime
    until: AwareDatetime | None = None
    by: str = ""

    def hold(self) -> Hold:
        """Give it as it lies in the store."""
        return Hold.model_validate(self.model_dump(exclude={"id"}))


class Outcome(StrEnum):
    """What became of a line, or would."""

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

    def __init__(
        self,
        store: ObjectStore,
        *,
        removal: Removal,
        holds: Holds,
    ) -> None:
        self._store = store
        self._removal = removal
        self._holds = holds

    def erasures(self) -> Iterator[ErasureLine | str]:
        """Give every erasure; the key of a tombstone that cannot be read."""
        for stored in self._store.list(keys.ERASED):
            part = _part(stored.key, keys.ERASED)
            try:
                told = Tombstone.model_validate_json(self._store.get(stored.key))
                if told.stage is Stage.ARCHIVED:
                    continue  # Kept as long as it was to be: nobody asked for it.
                line = told.model_dump() | {"id": told.id or from_key_part(part)}
                yield ErasureLine.model_validate(line)
            except FileNotFoundError:
                continue
            except ValidationError:
                yield stored.key

    def held(self) -> Iterator[HoldLine | str]:
        """Give every hold; the key of one that cannot be read."""
        for stored in self._store.list(keys.HOLDS):
            part = _part(stored.key, keys.HOLDS)
            try:
                body = self._store.get(stored.key)
                hold = Hold.model_validate_json(body)
                identifier = _told_id(body, part) or self._id(part)
                yield HoldLine.model_validate(hold.model_dump() | {"id": identifier})
            except FileNotFoundError:
                continue
            except ValidationError:
                yield stored.key

    def erase(self, line: ErasureLine, now: datetime, *, dry_run: bool) -> Outcome:
        """Remove what a restored store has back, under the tombstone that was."""
        hold = self._holds.find(line.id)
        if hold and hold.holds(now):
            return Outcome.REFUSED
        tombstone = find_tombstone(self._store, line.id)
        has_tombstone = tombstone and tombstone.stage is not Stage.ARCHIVED
        if not self._is_there(line.id):
            if has_tombstone:
                return Outcome.DONE
            if not dry_run:
                body = line.tombstone().model_dump_json().encode()
                self._store.put(keys.tombstone(line.id), body)
            return Outcome.NOTED
        if not dry_run:
            self._removal.bury(line.id, line.tombstone())
        return Outcome.ERASED

    def restore_tombstone(self, line: ErasureLine) -> None:
        """Tell again when and by whom, after a workflow has told of its own removal."""
        body = line.tombstone().model_dump_json().encode()
        self._store.put(keys.tombstone(line.id), body)

    def hold(self, line: HoldLine, now: datetime, *, dry_run: bool) -> Outcome:
        """Place a hold, unless the store has a later one."""
        hold = line.hold()
        if not hold.holds(now):
            return Outcome.ENDED
        tombstone = find_tombstone(self._store, line.id)
        if tombstone and (tombstone.stage is not Stage.ARCHIVED or dry_run):
            return Outcome.REFUSED
        placed = self._holds.find(line.id)
        if placed and placed.placed_at >= hold.placed_at:
            return Outcome.DONE
        if not dry_run:
            try:
                self._holds.place(line.id, hold)
            except EndedError:
                return Outcome.REFUSED
        return Outcome.HELD

    def placed(self, application_id: str) -> HoldLine | None:
        """Read the hold that the store has."""
        hold = self._holds.find(application_id)
        if hold is None:
            return None
        return HoldLine.model_validate(hold.model_dump() | {"id": application_id})

    def place(self, line: HoldLine) -> None:
        """Write a hold as it was."""
        self._holds.place(line.id, line.hold())

    def _is_there(self, application_id: str) -> bool:
        folders = keys.application(application_id), keys.inbox(application_id)
        return exists(self._store, keys.archive(application_id)) or any(
            True for folder in folders for _ in self._store.list(folder)
        )

    def _id(self, part: str) -> str | None:
        """Find an id that is too long for a key in the application's record."""
        if (application_id := from_key_part(part)) is not None:
            return application_id
        try:
            body = self._store.get(f"{keys.APPLICATIONS}{part}/application.json")
            found = Application.model_validate_json(body).id
        except (FileNotFoundError, ValidationError, DamagedError):
            return None
        return found if key_part(found) == part else None


def _told_id(body: bytes, part: str) -> str | None:
    """Find the id that a hold was written with: those of earlier releases lack it."""
    told = json.loads(body).get("id")
    is_its = isinstance(told, str) and told and key_part(told) == part
    return told if is_its else None


def _part(key: str, folder: str) -> str:
    return key.removeprefix(folder).removesuffix(".json")
