"""What is looked at from outside, so that a step that fails cannot keep it silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

UNRECORDED_AFTER = timedelta(days=2)
"""The longest that a board's answer is waited for before a record is made."""


@dataclass(frozen=True, slots=True)
class InboxState:
    """What was accepted and is not yet taken over, as far as it was walked."""

    depth: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class AuditState:
    """What the last audit found."""

    ran_at: datetime
    is_fine: bool
    findings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """Whether the catalogue is whole, and when it was last imported."""

    is_whole: bool
    imported_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenApplications:
    """How many open applications are not where they should be."""

    overdue: int
    unrecorded: int
    unavailable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleState:
    """What Temporal says of a schedule; ``name`` is without the task queue."""

    name: str
    is_paused: bool
    every: timedelta | None
    last_run: datetime | None
    last_success: datetime | None


@dataclass(frozen=True, slots=True)
class TemporalState:
    """All that is asked of Temporal at once."""

    applications: OpenApplications
    schedules: tuple[ScheduleState, ...] = field(default=())
