"""``letterbox assign``, ``refresh``, ``hold``, ``release``, ``erase``, ``deliver``."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.errors import RefusedError
from letterbox.settings import load_settings
from letterbox_cli import erase
from letterbox_cli.authors import By, author
from letterbox_cli.requests import Json, Reason, ask, released_orphan, store

if TYPE_CHECKING:
    from letterbox.domain.commands import Status
    from letterbox.temporal.updates import Updates

Id = Annotated[str, typer.Argument(metavar="ID", help="Such as careerjet:<uuid>.")]


def add_to(app: typer.Typer) -> None:
    """Give the command its subcommands that change an application."""
    app.command(epilog="Example: letterbox assign careerjet:12 DEV-17")(assign)
    app.command(epilog="Example: letterbox refresh seek:12")(refresh)
    app.command(epilog="Example: letterbox hold seek:12 --reason 'case 4711'")(hold)
    erase.add_to(app)
    app.command(
        epilog="Example: letterbox release careerjet:12 NAME --reason 'case 4711'"
    )(release)
    app.command(epilog="Example: letterbox deliver careerjet:12")(deliver)


def assign(
    application_id: Id,
    reference: Annotated[
        str, typer.Argument(metavar="REF", help="Reference of the position.")
    ],
    hirer: Annotated[
        str | None, typer.Option(help="Where several hirers have such a position.")
    ] = None,
    reason: Reason = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Choose the position of an application, as a person does for triage."""
    from letterbox.domain.commands import Assignment

    given = Assignment(
        reference=reference, hirer=hirer, reason=reason, by=author("assign", by)
    )
    _tell(
        application_id,
        ask(application_id, lambda at: at.assign(application_id, given), reason),
        as_json=as_json,
    )


def refresh(application_id: Id, as_json: Json = False) -> None:
    """Have the board asked again for an application; what it shows less is kept."""
    from letterbox.boards import discover
    from letterbox.boards.base import NoticeBoard

    board = application_id.partition(":")[0]
    if not isinstance(discover().get(board), NoticeBoard):
        raise RefusedError(f"{board} delivers whole applications: it cannot be asked")
    _tell(
        application_id,
        ask(application_id, lambda at: at.refresh(application_id)),
        as_json=as_json,
    )


def hold(
    application_id: Id,
    reason: Reason = "",
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="It ends when this day (UTC) begins."),
    ] = None,
    release: Annotated[
        bool, typer.Option("--release", help="Release the hold.")
    ] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Place a legal hold: nothing of the application is deleted, archived or not."""
    from datetime import UTC

    from letterbox.domain.commands import Holding

    moment = until.replace(tzinfo=UTC) if until else None
    given = Holding(reason=reason, until=moment, release=release, by=author("hold", by))
    if release and released_orphan(application_id):
        told = {"id": application_id, "released": True}
        typer.echo(json.dumps(told) if as_json else f"{application_id}: released")
        return
    _tell(
        application_id,
        ask(application_id, lambda at: at.hold(application_id, given), reason),
        as_json=as_json,
    )


def release(
    application_id: Id,
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
    """Take a document out of quarantine: the virus scanner is wrong about it."""
    from pydantic import ValidationError

    from letterbox.domain.commands import Release

    if not reason.strip():
        raise typer.BadParameter("--reason is needed: it is kept in the record")
    try:
        given = Release(name=name, reason=reason, by=author("release", by))
    except ValidationError:
        raise typer.BadParameter(
            "NAME is <sha256>.<ext>, and a reason has 500 characters at most"
        ) from None
    _tell(
        application_id,
        ask(application_id, lambda at: at.release(application_id, given), reason),
        as_json=as_json,
    )


def deliver(
    application_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="Such as careerjet:<uuid>.")
    ] = None,
    enable: Annotated[
        bool,
        typer.Option(
            "--enable",
            help="Deliver again to an ATS that has said 410, all that it is owed.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell the ATS once more where an application stands."""
    if enable:
        from letterbox.ats.switch import DeliverySwitch
        from letterbox_cli.deliver_enable import catch_up

        settings = load_settings()
        opened = store(settings)
        DeliverySwitch(opened).enable()
        typer.echo("delivery is on", err=as_json)
        catch_up(settings, opened, quietly=as_json)
    elif application_id is None:
        raise typer.BadParameter("name an application, or say --enable")
    if application_id:
        status = ask(application_id, lambda at: _told(at, application_id))
        _tell(application_id, status, as_json=as_json)


async def _told(updates: Updates, application_id: str) -> Status:
    """Tell what is owed of it first: where it stands now comes last."""
    await updates.catch_up(application_id)
    return await updates.deliver(application_id)


def _tell(application_id: str, status: Status, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"id": application_id, **status.model_dump(mode="json")}))
        return
    flags = f" ({', '.join(status.flags)})" if status.flags else ""
    position = f", position {status.position}" if status.position else ""
    typer.echo(f"{application_id}: {status.stage}{position}{flags}")
