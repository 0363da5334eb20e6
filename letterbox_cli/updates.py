"""``letterbox assign``, ``refresh`` and ``release``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.errors import RefusedError
from letterbox.domain.journal_actions import JournalAction
from letterbox_cli.completion import references
from letterbox_cli.options import ApplicationId, By, Json, Reason, author, built
from letterbox_cli.send_update import Send, send_update

if TYPE_CHECKING:
    from letterbox.domain.listing import ApplicationStatus


def add_to(app: typer.Typer) -> None:
    """Add the commands that change an application."""
    app.command(epilog="Example: letterbox assign careerjet:12 DEV-17")(assign)
    app.command(epilog="Example: letterbox refresh seek:12")(refresh)
    app.command(
        epilog="Example: letterbox release careerjet:12 NAME --reason 'case 4711'"
    )(release)


def assign(
    application_id: ApplicationId,
    reference: Annotated[
        str,
        typer.Argument(
            metavar="REF", help="Reference of the position.", autocompletion=references
        ),
    ],
    hirer: Annotated[
        str | None,
        typer.Option(
            help="Hirer of the position, if several have one of that reference."
        ),
    ] = None,
    reason: Reason = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Choose the position of an application, such as one in triage."""
    from letterbox.domain.commands import Assignment

    args = built(
        Assignment,
        reference=reference,
        hirer=hirer,
        reason=reason,
        by=author("assign", by),
    )
    _update(
        application_id,
        lambda updates: updates.assign(application_id, args),
        JournalAction.ASSIGN,
        reason,
        by,
        as_json=as_json,
    )


def refresh(application_id: ApplicationId, as_json: Json = False) -> None:
    """Ask the board for an application again; nothing is lost if it now shows less."""
    from letterbox.boards import discover
    from letterbox.boards.base import AskedBoard

    board = application_id.partition(":")[0]
    if not isinstance(discover().get(board), AskedBoard):
        raise RefusedError(
            f"{board} sends complete applications, and cannot be asked again"
        )
    _update(
        application_id,
        lambda updates: updates.refresh(application_id),
        JournalAction.REFRESH,
        as_json=as_json,
    )


def release(
    application_id: ApplicationId,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="<sha256>.<ext>, as `letterbox show` has it."
        ),
    ],
    reason: Reason = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Take a document out of quarantine when the virus scanner is wrong."""
    from pydantic import ValidationError

    from letterbox.domain.commands import ReleaseRequest

    if not reason.strip():
        raise typer.BadParameter("--reason is required: it is kept in the record")
    try:
        args = ReleaseRequest(name=name, reason=reason, by=author("release", by))
    except ValidationError:
        raise typer.BadParameter(
            "NAME is <sha256>.<ext>, as `letterbox show ID` lists it, and a reason "
            "has 500 characters at most"
        ) from None
    _update(
        application_id,
        lambda updates: updates.release(application_id, args),
        JournalAction.RELEASE,
        reason,
        by,
        as_json=as_json,
    )


def _update(
    application_id: str,
    send: Send,
    what: JournalAction,
    reason: str = "",
    by: str | None = None,
    *,
    as_json: bool,
) -> None:
    """Send an update, and print where the application stands."""
    status = send_update(application_id, send, what, reason, by)
    print_status(status, as_json=as_json)


def print_status(status: ApplicationStatus, *, as_json: bool) -> None:
    """Print where an application stands."""
    from letterbox.domain.application import Flag
    from letterbox_cli.output import print_json, print_line
    from letterbox_cli.times import minute

    if as_json:
        print_json(status)
        return
    flags = ", ".join(status.flags)
    if Flag.HELD in status.flags:
        end = status.held_until
        until = f"{minute(end)} UTC" if end else "it is released"
        flags = flags.replace(Flag.HELD, f"{Flag.HELD} until {until}")
    flags = f" ({flags})" if flags else ""
    position = f", position {status.position}" if status.position else ""
    print_line(f"{status.id}: {status.stage}{position}{flags}", hanging=2)
