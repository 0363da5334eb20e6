"""``letterbox status``: where the candidate stands, as the ATS would say."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from letterbox.domain.errors import NotFoundError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.standing import CandidateStatus, Reporting
from letterbox.settings import Settings, load_settings
from letterbox_cli.in_journal import open_journal
from letterbox_cli.options import ApplicationId, By, Json, author
from letterbox_cli.output import print_json, print_line
from letterbox_cli.times import parse_moment

if TYPE_CHECKING:
    from letterbox.domain.commands import NoteStatusResult, StatusReport

_MEANING = {
    Reporting.OWED: "recorded; it is reported to the board as soon as possible",
    Reporting.SENT: "recorded before; the board has it",
    Reporting.REFUSED: "recorded before; the board does not accept it",
    Reporting.SUPERSEDED: "recorded; not reported, because a later change is known",
    Reporting.UNSENT: "recorded before; it was archived before the board had it",
    Reporting.UNSUPPORTED: (
        "recorded; not reported, because the board has no word for this one, or its "
        "credentials are not set"
    ),
}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: letterbox status seek:12 interviewed")(status)


def status(
    application_id: ApplicationId,
    word: Annotated[
        CandidateStatus,
        typer.Argument(metavar="WORD", help=f"One of {', '.join(CandidateStatus)}."),
    ],
    at: Annotated[
        datetime | None,
        typer.Option(
            metavar="TIME",
            parser=parse_moment,
            help="When it changed (UTC unless it has a zone); now by default.",
        ),
    ] = None,
    change: Annotated[
        str | None,
        typer.Option(
            "--id", help="Id of the change: with the same id it is recorded once."
        ),
    ] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record where the candidate stands, and report it to the board."""
    from pydantic import ValidationError

    from letterbox.domain.commands import StatusReport
    from letterbox_cli.json_models import NotedStatus

    try:
        report = StatusReport(
            id=change or str(uuid4()),
            status=word,
            changed_at=at or datetime.now(UTC),
            by=author("status", by),
        )
    except ValidationError:
        raise typer.BadParameter(
            "--id has 1 to 100 letters, digits and . _ : - only"
        ) from None
    noted = _send(application_id, report, by)
    if as_json:
        row = NotedStatus(
            id=application_id,
            change=report.id,
            status=word,
            reporting=noted.reporting,
        )
        print_json(row)
    else:
        print_line(f"{application_id}: {word.value}: {_meaning(application_id, noted)}")


def _meaning(application_id: str, noted: NoteStatusResult) -> str:
    """Return what became of the report, and the one reason where it is certain."""
    from letterbox.boards import discover
    from letterbox.boards.abilities import StatusBoard

    board = discover().get(application_id.partition(":")[0])
    if noted.reporting is Reporting.UNSUPPORTED and not isinstance(board, StatusBoard):
        return "recorded; not reported, because this board accepts no statuses"
    return _MEANING[noted.reporting]


def _send(
    application_id: str, report: StatusReport, by: str | None
) -> NoteStatusResult:
    from letterbox_cli.send_update import open_records

    settings = load_settings()
    if not open_records(settings).applications.known(application_id):
        raise NotFoundError(f"no application {application_id}; see `letterbox list`")
    open_journal(settings, by)(JournalAction.STATUS, application_id)
    return asyncio.run(_report(settings, application_id, report))


async def _report(
    settings: Settings, application_id: str, report: StatusReport
) -> NoteStatusResult:
    from letterbox.temporal.client import connect
    from letterbox.temporal.updates import Updates

    updates = Updates(await connect(settings), settings.task_queue)
    return await updates.report_status(application_id, report)
