"""Where an application stands, for those who open it in the Temporal UI."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import Flag, Stage
    from letterbox.domain.status import Status


_MEANING = {
    Stage.RECEIVED: "Accepted from the board, safe in the store; being taken in.",
    Stage.STORED: "Its documents are checked; its position is being looked up.",
    Stage.TRIAGE: "Recorded. **A person must choose the position**",
    Stage.MATCHED: "Recorded and matched. Waiting for its archive date.",
    Stage.DELIVERED: "The ATS has it. Waiting for its archive date.",
    Stage.ARCHIVED: "Archived: what the board repeats is not taken in again.",
    Stage.DISCARDED: "For an ad that is not ours: removed, as the settings say.",
    Stage.ERASED: "Erased: what the board repeats is not taken in again.",
}


def _until(moment: datetime | None) -> str:
    return f"until {moment:%Y-%m-%d %H:%M} UTC" if moment else "until released"


def details(application_id: str, status: Status) -> str:
    """Say in Markdown where the application stands; nothing of the candidate."""
    meaning = _MEANING.get(status.stage, "")
    if Flag.UNAVAILABLE in status.flags:
        meaning = "The board refuses to show it for now, and is asked again."
    if status.triage and status.stage is Stage.TRIAGE:
        meaning += f" (`{status.triage}`)."
    if Flag.OVERDUE in status.flags and status.stage is not Stage.ARCHIVED:
        meaning = "**Its archive is overdue**: see the step that fails."
    if Flag.HELD in status.flags:
        meaning += f" Held {_until(status.held_until)}: nothing of it is deleted."
    due = f"{status.archive_by:%Y-%m-%d %H:%M} UTC" if status.archive_by else ""
    rows = [
        ("Application", f"`{application_id}`"),
        ("Stage", f"**{status.stage}**"),
        ("Position", f"`{status.position}`" if status.position else "none yet"),
        ("Hirer", f"`{status.hirer}`" if status.hirer else ""),
        ("Flags", ", ".join(f"`{flag}`" for flag in status.flags)),
        ("Archive by", due),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows if value)
    return f"{meaning}\n\n| | |\n| --- | --- |\n{table}\n"
