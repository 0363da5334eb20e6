"""Where an application stands, for those who open it in the Temporal UI."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from activities.values import Recorded
from domain.application import Flag, Stage

_MEANING = {
    Stage.RECEIVED: "Accepted from the board, safe in the store; not recorded yet.",
    Stage.STORED: "Its documents are checked; its position is being looked up.",
    Stage.TRIAGE: "Recorded. **A person must choose the position**",
    Stage.MATCHED: "Recorded and matched. Waiting for its archive date.",
    Stage.ARCHIVED: "Archived. What the board repeated was not taken in again.",
    Stage.ERASED: "Erased. What the board repeated was not taken in again.",
}


class Status(BaseModel):
    """The answer of the ``status`` query."""

    model_config = ConfigDict(frozen=True)

    stage: Stage
    flags: tuple[Flag, ...] = ()
    position: str | None = None
    hirer: str | None = None
    posting: str | None = None
    triage: str | None = None
    archive_by: AwareDatetime | None = None

    @classmethod
    def of(cls, recorded: Recorded) -> Self:
        """Take over what was recorded."""
        return cls.model_validate(recorded.model_dump())


def details(application_id: str, status: Status) -> str:
    """Say in Markdown where the application stands; nothing of the candidate."""
    meaning = _MEANING.get(status.stage, "")
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
