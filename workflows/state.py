"""The state of an application's workflow, and its description for the UI."""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

from workflows.alarms import Attempts

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import Flag, Stage
    from letterbox.domain.commands import Carried, EraseRequest, PlaceHoldResult
    from letterbox.domain.status import Status


_ENDS = {Stage.ARCHIVED, Stage.ERASED, Stage.DISCARDED}

_MEANING = {
    Stage.RECEIVED: "Accepted from the board and safe in the store; being processed.",
    Stage.STORED: "Its documents are checked; its position is being looked up.",
    Stage.TRIAGE: "Recorded. **A person must choose the position**",
    Stage.MATCHED: "Recorded and matched. Waiting for its archive date.",
    Stage.DELIVERED: "The ATS has it. Waiting for its archive date.",
    Stage.ARCHIVED: "Archived. Repeats by the board are ignored.",
    Stage.DISCARDED: "For an ad that is not ours: removed, as configured.",
    Stage.ERASED: "Erased. Repeats by the board are ignored.",
}


def _now() -> Attempts:
    return Attempts(workflow.now())


@dataclass(slots=True)
class ApplicationState:
    """All that one run of an application's workflow remembers besides its events."""

    application_id: str
    is_new: bool
    """False in a run of an older release: see ``SPINE``."""
    in_two_steps: bool
    """False in a run of an older release: see ``TWO_STEPS``."""
    status: Status = field(default_factory=lambda: Status(stage=Stage.RECEIVED))

    # Signals and requests that were not acted upon yet.
    redelivered: bool = False
    refresh: bool = False
    closed_at: datetime | None = None
    erasure: EraseRequest | None = None

    # What the status says ahead of the record.
    hold: PlaceHoldResult | None = None
    is_overdue: bool = False
    is_overdue_noted: bool = True

    # How far this run has come.
    is_taken_in: bool = False
    """Whether the inbox was looked into to its end, once at least."""
    is_lost: bool = False
    """Whether the run fails: there is no such application."""
    is_full: bool = False
    """Whether the history is long enough for a new run."""
    had_last_look: bool = False
    """Whether the board was asked a last time before archiving."""
    asking: Attempts = field(default_factory=_now)
    """Of asking the board."""
    scanning: Attempts = field(default_factory=_now)
    """Of scanning the documents."""

    @property
    def is_ended(self) -> bool:
        """Whether nothing more is taken in."""
        return self.status.stage in _ENDS

    @property
    def is_recorded(self) -> bool:
        """Whether there is, or was, a record."""
        return self.status.archive_by is not None

    @property
    def is_due(self) -> bool:
        """Whether it is to be archived."""
        due = self.status.archive_by
        return due is None or due <= workflow.now()

    @property
    def has_signals(self) -> bool:
        """Whether a signal was not acted upon yet."""
        return self.redelivered or self.refresh or self.closed_at is not None

    @property
    def stage_name(self) -> str:
        """The stage as a refusal names it."""
        return "being erased" if self.erasure else self.status.stage

    def with_what_is_not_noted(self, status: Status) -> Status:
        """Add what the record does not say yet."""
        if status.stage is Stage.ERASED or not (self.is_overdue or self.hold):
            return status
        flags, until = set(status.flags), status.held_until
        if self.is_overdue:
            flags.add(Flag.OVERDUE)
        if self.hold:
            flags.discard(Flag.HELD)
            until = self.hold.until
            if self.hold.is_held:
                flags.add(Flag.HELD)
        changes = {"flags": tuple(sorted(flags)), "held_until": until}
        return status.model_copy(update=changes)

    def carried(self, *, note_hold: bool) -> Carried:
        """Return what the next run cannot find in the store."""
        return Carried(
            closed_at=self.closed_at,
            refresh=self.refresh,
            note_hold=note_hold,
            is_overdue=not self.is_overdue_noted,
        )

    def details(self) -> str:
        """Describe it in Markdown for the Temporal UI; nothing of the candidate."""
        status = self.status
        meaning = _MEANING.get(status.stage, "")
        if Flag.UNAVAILABLE in status.flags:
            meaning = (
                "The board does not show it at the moment, and will be asked again."
            )
        if status.triage and status.stage is Stage.TRIAGE:
            meaning += f" (`{status.triage}`)."
        if Flag.OVERDUE in status.flags and status.stage is not Stage.ARCHIVED:
            meaning = "**Its archive is overdue**: see the step that fails."
        if Flag.HELD in status.flags:
            meaning += f" Legal hold {_until(status.held_until)}: nothing is deleted."
        due = f"{status.archive_by:%Y-%m-%d %H:%M} UTC" if status.archive_by else ""
        rows = [
            ("Application", f"`{self.application_id}`"),
            ("Stage", f"**{status.stage}**"),
            ("Position", f"`{status.position}`" if status.position else "none yet"),
            ("Hirer", f"`{status.hirer}`" if status.hirer else ""),
            ("Flags", ", ".join(f"`{flag}`" for flag in status.flags)),
            ("Archive by", due),
        ]
        table = "\n".join(f"| {name} | {value} |" for name, value in rows if value)
        return f"{meaning}\n\n| | |\n| --- | --- |\n{table}\n"


def _until(moment: datetime | None) -> str:
    return f"until {moment:%Y-%m-%d %H:%M} UTC" if moment else "until released"
