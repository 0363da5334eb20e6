"""Where a candidate stands in the hirer's procedure, as the ATS says. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from letterbox.domain.candidate import Record

ChangeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
"""Of the ATS's making: the same change sent again has the same id."""

# A procedure has a handful; a script may send the same ones under new ids for ever.
_KEPT = 100


class CandidateStatus(StrEnum):
    """The one vocabulary, whatever words a board has for it."""

    RECEIVED = "received"
    VIEWED = "viewed"
    CONTACTED = "contacted"
    INTERVIEWED = "interviewed"
    OFFERED = "offered"
    HIRED = "hired"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Reporting(StrEnum):
    """What becomes of a change at the board."""

    OWED = "owed"
    """The board is to be told; it is tried until the board takes it."""
    SENT = "sent"
    REFUSED = "refused"
    """The board will never take this one."""
    SUPERSEDED = "superseded"
    """The board is told a later change: it is not sent back in time."""
    UNSUPPORTED = "unsupported"
    """The board takes none or has no word for it, or no credentials are configured."""
    UNSENT = "unsent"
    """The application was archived before the board had taken this one."""


_TOLD = {Reporting.OWED, Reporting.SENT}


class StatusChange(Record):
    """One change of a candidate's status."""

    id: ChangeId
    status: CandidateStatus
    changed_at: AwareDatetime = Field(description="As the ATS says.")
    by: str = ""
    noted_at: AwareDatetime | None = Field(None, description="When it was recorded.")
    reporting: Reporting = Field(description="What becomes of it at the board.")
    reported_at: AwareDatetime | None = Field(
        None, description="When the board had taken or refused it."
    )


StatusChanges = tuple[StatusChange, ...]


def with_change(changes: StatusChanges, change: StatusChange) -> StatusChanges:
    """
    Add a change in the order in which changes happened, not in which they came.

    One that is older than what the board is told becomes history: it is not told back
    in time. What it refused, or has no word for, it does not know.
    """
    later = [known for known in changes if known.changed_at > change.changed_at]
    is_told = any(known.reporting in _TOLD for known in later)
    if is_told and change.reporting is Reporting.OWED:
        change = change.model_copy(update={"reporting": Reporting.SUPERSEDED})
    place = len(changes) - len(later)
    return (*changes[:place], change, *changes[place:])


def with_reporting(
    changes: StatusChanges, change_id: str, reporting: Reporting, at: datetime
) -> StatusChanges:
    """Note what has become of a change; of one that is owed no longer, nothing."""
    return tuple(
        known.model_copy(update={"reporting": reporting, "reported_at": at})
        if known.id == change_id and known.reporting is Reporting.OWED
        else known
        for known in changes
    )


def given_up(changes: StatusChanges) -> StatusChanges:
    """Return the changes of an application that ends: none of them is owed then."""
    return tuple(
        known.model_copy(update={"reporting": Reporting.UNSENT})
        if known.reporting is Reporting.OWED
        else known
        for known in changes
    )


def find_change(changes: StatusChanges, change_id: str) -> StatusChange | None:
    """Find a change by its id."""
    return next((known for known in changes if known.id == change_id), None)


def owed_changes(changes: StatusChanges) -> StatusChanges:
    """Return what the board is to be told, the oldest first."""
    return tuple(known for known in changes if known.reporting is Reporting.OWED)


def told_before(changes: StatusChanges, change_id: str) -> StatusChange | None:
    """Return what the board was told last before a change."""
    latest: StatusChange | None = None
    for known in changes:
        if known.id == change_id:
            break
        if known.reporting is Reporting.SENT:
            latest = known
    return latest


def shortened(changes: StatusChanges) -> StatusChanges:
    """Forget one where that is one too many: the oldest, and first what is not owed."""
    if len(changes) <= _KEPT:
        return changes
    not_owed = (known for known in changes if known.reporting is not Reporting.OWED)
    oldest = next(not_owed, changes[0])
    return tuple(known for known in changes if known is not oldest)
