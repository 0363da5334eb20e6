"""``letterbox hold``: a legal hold, and its release."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.ending_ports import is_orphaned
from letterbox.domain.journal_actions import JournalAction
from letterbox.settings import load_settings
from letterbox_cli.in_journal import open_journal
from letterbox_cli.options import ApplicationId, By, Json, author, built
from letterbox_cli.send_update import open_records, send_update
from letterbox_cli.times import minute, parse_moment

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from letterbox.domain.commands import HoldRequest
    from letterbox.domain.listing import ApplicationStatus
    from letterbox.domain.status import Status
    from letterbox.resources import Records
    from letterbox.temporal.updates import Updates


def add_to(app: typer.Typer) -> None:
    """Add the command that holds."""
    app.command(
        epilog="Examples: letterbox hold seek:12 --reason 'case 4711' · "
        "letterbox hold seek:12 --release"
    )(hold)


def hold(
    application_id: ApplicationId,
    reason: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Required, except with --release. It is kept with the hold and in "
            "Temporal, and must not name the candidate.",
        ),
    ] = "",
    until: Annotated[
        datetime | None,
        typer.Option(
            metavar="TIME",
            parser=parse_moment,
            help="The hold ends at this time (UTC), such as 2026-11-30.",
        ),
    ] = None,
    release: Annotated[
        bool, typer.Option("--release", help="Release the hold.")
    ] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Place a legal hold, so that nothing of the application is deleted."""
    from letterbox.domain.commands import HoldRequest
    from letterbox_cli.json_models import HeldApplication
    from letterbox_cli.output import print_json, print_line

    if not release and not reason.strip():
        raise typer.BadParameter("--reason is required: it is kept with the hold")
    caller = author("hold", by)
    args = built(HoldRequest, reason=reason, until=until, release=release, by=caller)
    what = JournalAction.RELEASE_HOLD if release else JournalAction.HOLD
    records = open_records(load_settings())
    was_held = _is_held(records, application_id)
    if release and is_orphaned(records.holds, records.applications, application_id):
        open_journal(load_settings(), by)(what, application_id)
        records.holds.release(application_id)
        _print_released(application_id, as_json=as_json)
        return

    def send(updates: Updates) -> Awaitable[Status]:
        return updates.hold(application_id, args)

    status = send_update(application_id, send, what, reason, by)
    if as_json:
        released = was_held if release else None
        print_json(HeldApplication(**status.model_dump(), released=released))
        return
    print_line(
        f"{application_id}: {_outcome(args, status, was_held=was_held)}", hanging=2
    )


def _print_released(application_id: str, *, as_json: bool) -> None:
    from letterbox_cli.json_models import ReleasedHold
    from letterbox_cli.output import print_json

    if as_json:
        print_json(ReleasedHold(id=application_id))
    else:
        typer.echo(f"{application_id}: released")


def _outcome(args: HoldRequest, status: ApplicationStatus, *, was_held: bool) -> str:
    position = f", position {status.position}" if status.position else ""
    stands = f"{status.stage}{position}"
    if args.release:
        return f"{'released' if was_held else 'was not held'}; {stands}"
    until = f"{minute(args.until)} UTC" if args.until else "it is released"
    return f"held until {until}, reason: {args.reason}; {stands}"


def _is_held(records: Records, application_id: str) -> bool:
    hold_in_store = records.holds.find(application_id)
    return bool(hold_in_store and hold_in_store.is_active(datetime.now(UTC)))
