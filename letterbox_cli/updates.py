"""``letterbox assign``, ``refresh``, ``hold``, ``release`` and ``deliver``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.errors import RefusedError
from letterbox.settings import load_settings
from letterbox_cli.options import ApplicationId, By, Json, OptionalId, Reason, author
from letterbox_cli.send_update import Send, open_records, send_update

if TYPE_CHECKING:
    from letterbox.domain.status import Status
    from letterbox.temporal.updates import Updates


def add_to(app: typer.Typer) -> None:
    """Add the commands that change an application."""
    app.command(epilog="Example: letterbox assign careerjet:12 DEV-17")(assign)
    app.command(epilog="Example: letterbox refresh seek:12")(refresh)
    app.command(epilog="Example: letterbox hold seek:12 --reason 'case 4711'")(hold)
    app.command(
        epilog="Example: letterbox release careerjet:12 NAME --reason 'case 4711'"
    )(release)
    app.command(epilog="Example: letterbox deliver careerjet:12")(deliver)


def assign(
    application_id: ApplicationId,
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

    args = Assignment(
        reference=reference, hirer=hirer, reason=reason, by=author("assign", by)
    )
    _update(
        application_id,
        lambda updates: updates.assign(application_id, args),
        reason,
        as_json=as_json,
    )


def refresh(application_id: ApplicationId, as_json: Json = False) -> None:
    """Have the board asked again for an application; what it shows less is kept."""
    from letterbox.boards import discover
    from letterbox.boards.base import NoticeBoard

    board = application_id.partition(":")[0]
    if not isinstance(discover().get(board), NoticeBoard):
        raise RefusedError(f"{board} delivers whole applications: it cannot be asked")
    _update(
        application_id,
        lambda updates: updates.refresh(application_id),
        as_json=as_json,
    )


def hold(
    application_id: ApplicationId,
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

    args = Holding(
        reason=reason,
        until=until.replace(tzinfo=UTC) if until else None,
        release=release,
        by=author("hold", by),
    )
    if release and _released_orphan(application_id):
        from letterbox_cli.json_models import ReleasedHold

        released = ReleasedHold(id=application_id).model_dump_json()
        typer.echo(released if as_json else f"{application_id}: released")
        return
    _update(
        application_id,
        lambda updates: updates.hold(application_id, args),
        reason,
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
    """Take a document out of quarantine: the virus scanner is wrong about it."""
    from pydantic import ValidationError

    from letterbox.domain.commands import Release

    if not reason.strip():
        raise typer.BadParameter("--reason is needed: it is kept in the record")
    try:
        args = Release(name=name, reason=reason, by=author("release", by))
    except ValidationError:
        raise typer.BadParameter(
            "NAME is <sha256>.<ext>, and a reason has 500 characters at most"
        ) from None
    _update(
        application_id,
        lambda updates: updates.release(application_id, args),
        reason,
        as_json=as_json,
    )


def deliver(
    application_id: OptionalId = None,
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
        from letterbox_cli.context import open_store
        from letterbox_cli.deliver_enable import catch_up

        store = open_store()
        DeliverySwitch(store).enable()
        typer.echo("delivery is on", err=as_json)
        catch_up(load_settings(), store, quietly=as_json)
    elif application_id is None:
        raise typer.BadParameter("name an application, or say --enable")
    if application_id:
        _update(
            application_id,
            lambda updates: _catch_up_and_deliver(updates, application_id),
            as_json=as_json,
        )


async def _catch_up_and_deliver(updates: Updates, application_id: str) -> Status:
    """Send what is owed of it first: where it stands now comes last."""
    await updates.catch_up(application_id)
    return await updates.deliver(application_id)


def _released_orphan(application_id: str) -> bool:
    """Release a hold of what is not there any more; False where that is otherwise."""
    records = open_records(load_settings())
    is_held = records.holds.find(application_id) is not None
    is_removed = records.applications.tombstone(application_id) is not None
    is_there = records.applications.known(application_id) and not is_removed
    if is_there or not is_held:
        return False
    records.holds.release(application_id)
    return True


def _update(
    application_id: str, send: Send, reason: str = "", *, as_json: bool
) -> None:
    """Send an update, and print where the application stands."""
    from letterbox.domain.application import Flag
    from letterbox_cli.output import print_line
    from letterbox_cli.times import minute

    status = send_update(application_id, send, reason)
    if as_json:
        typer.echo(status.model_dump_json())
        return
    flags = ", ".join(status.flags)
    if Flag.HELD in status.flags:
        until = f"{minute(status.held_until)} UTC" if status.held_until else "released"
        flags = flags.replace(Flag.HELD, f"{Flag.HELD} until {until}")
    flags = f" ({flags})" if flags else ""
    position = f", position {status.position}" if status.position else ""
    print_line(f"{application_id}: {status.stage}{position}{flags}")
