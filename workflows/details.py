"""Where an application stands, for those who open it in the Temporal UI."""

from domain.application import Flag, Stage
from workflows.status import Status

_MEANING = {
    Stage.RECEIVED: "Accepted from the board, safe in the store; being taken in.",
    Stage.STORED: "Its documents are checked; its position is being looked up.",
    Stage.TRIAGE: "Recorded. **A person must choose the position**",
    Stage.MATCHED: "Recorded and matched. Waiting for its archive date.",
    Stage.ARCHIVED: "Archived. What the board repeated was not taken in again.",
    Stage.DISCARDED: "For an ad that is not ours: removed, as the settings say.",
    Stage.ERASED: "Erased. What the board repeated was not taken in again.",
}


def details(application_id: str, status: Status) -> str:
    """Say in Markdown where the application stands; nothing of the candidate."""
    meaning = _MEANING.get(status.stage, "")
    if Flag.UNAVAILABLE in status.flags:
        meaning = "The board refuses to show it for now, and is asked again."
    if status.triage:
        meaning += f" (`{status.triage}`)."
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
