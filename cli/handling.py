"""``letterbox assign``, ``refresh``, ``hold``, ``release``, ``erase``, ``deliver``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.development import with_development_keys
from domain.errors import DamagedError, LetterboxError, NotFoundError, RefusedError
from settings import Settings, load_settings

if TYPE_CHECKING:
    from activities.amend_values import Erasure
    from domain.application import Application
    from domain.ports import ObjectStore
    from resources import Records
    from updates import Updates
    from workflows.status import Status

Id = Annotated[str, typer.Argument(metavar="ID", help="Such as careerjet:<uuid>.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reason = Annotated[
    str,
    typer.Option(help="Kept in Temporal: it must not name the candidate."),
]


def add_to(app: typer.Typer) -> None:
    """Give the command its subcommands that change an application."""
    app.command(epilog="Example: letterbox assign careerjet:12 DEV-17")(assign)
    app.command(epilog="Example: letterbox refresh seek:12")(refresh)
    app.command(epilog="Example: letterbox hold seek:12 --reason 'case 4711'")(hold)
    app.command(
        epilog="Examples: letterbox erase careerjet:12 --reason 'request 17' · "
        "letterbox erase --candidate ada@example.com --reason 'request 17'"
    )(erase)
    app.command(
        epilog="Example: letterbox release careerjet:12 NAME --reason 'case 4711'"
    )(release)
    app.command(epilog="Example: letterbox deliver careerjet:12")(deliver)


def assign(
    application_id: Id,
    reference: Annotated[str, typer.Argument(metavar="REF", help="Of a position.")],
    hirer: Annotated[
        str | None, typer.Option(help="Where several hirers have such a position.")
    ] = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Choose the position of an application, as a person does for triage."""
    from activities.amend_values import Assignment

    given = Assignment(reference=reference, hirer=hirer, reason=reason)
    _tell(
        application_id,
        _ask(application_id, lambda at: at.assign(application_id, given), reason),
        as_json=as_json,
    )


def refresh(application_id: Id, as_json: Json = False) -> None:
    """Have the board asked again for an application; what it shows less is kept."""
    from boards import discover
    from boards.base import NoticeBoard

    board = application_id.partition(":")[0]
    if not isinstance(discover().get(board), NoticeBoard):
        raise RefusedError(f"{board} delivers whole applications: it cannot be asked")
    _tell(
        application_id,
        _ask(application_id, lambda at: at.refresh(application_id)),
        as_json=as_json,
    )


def hold(
    application_id: Id,
    reason: Reason = "",
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Until this day (UTC) begins."),
    ] = None,
    release: Annotated[bool, typer.Option("--release", help="Hold no more.")] = False,
    as_json: Json = False,
) -> None:
    """Place a legal hold: nothing of the application is deleted, archived or not."""
    from datetime import UTC

    from activities.amend_values import Holding

    moment = until.replace(tzinfo=UTC) if until else None
    given = Holding(reason=reason, until=moment, release=release)
    _tell(
        application_id,
        _ask(application_id, lambda at: at.hold(application_id, given), reason),
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
    as_json: Json = False,
) -> None:
    """Take a document out of quarantine: the virus scanner is wrong about it."""
    from pydantic import ValidationError

    from activities.amend_values import Release

    if not reason.strip():
        raise typer.BadParameter("--reason is needed: it is kept in the record")
    try:
        given = Release(name=name, reason=reason, by="letterbox release")
    except ValidationError:
        raise typer.BadParameter(
            "NAME is <sha256>.<ext>, and a reason has 500 characters at most"
        ) from None
    _tell(
        application_id,
        _ask(application_id, lambda at: at.release(application_id, given), reason),
        as_json=as_json,
    )


def erase(
    application_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="Such as careerjet:<uuid>.")
    ] = None,
    candidate: Annotated[
        str | None,
        typer.Option(metavar="EMAIL", help="All applications of this person."),
    ] = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Remove all there is of an application, or of a person; a tombstone remains."""
    from rich.progress import track

    from activities.amend_values import Erasure

    if (application_id is None) == (candidate is None):
        raise typer.BadParameter("name either an application or --candidate EMAIL")
    if not reason.strip():
        raise typer.BadParameter("--reason is needed: it is kept in the tombstone")
    given = Erasure(reason=reason, by="letterbox erase")
    found = [application_id] if application_id else _applications_of(candidate or "")
    rows = [
        _erased(one, given)
        for one in track(found, "erasing", disable=as_json or len(found) == 1)
    ]
    if as_json:
        typer.echo(json.dumps(rows))
    for row in rows if not as_json else []:
        told = row.get("stage") or row.get("refused") or row["failed"]
        typer.echo(f"{row['id']}: {told}")
    if not all("stage" in row for row in rows):
        raise typer.Exit(1)


def _erased(application_id: str, given: Erasure) -> dict[str, str]:
    """Erase one; what is held, or fails, does not keep the others from it."""
    try:
        status = _ask(
            application_id, lambda at: at.erase(application_id, given), given.reason
        )
    except RefusedError as error:
        return {"id": application_id, "refused": str(error)}
    except LetterboxError as error:
        return {"id": application_id, "failed": str(error)}
    return {"id": application_id, "stage": status.stage}


def deliver(
    application_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="Such as careerjet:<uuid>.")
    ] = None,
    enable: Annotated[
        bool,
        typer.Option("--enable", help="Deliver again to an ATS that has said 410."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell the ATS once more where an application stands."""
    if enable:
        from gateways.delivery_switch import DeliverySwitch

        DeliverySwitch(_store(load_settings())).enable()
        typer.echo("delivery is on")
    elif application_id is None:
        raise typer.BadParameter("name an application, or say --enable")
    if application_id:
        status = _ask(application_id, lambda at: at.deliver(application_id))
        _tell(application_id, status, as_json=as_json)


def _ask(
    application_id: str,
    ask: Callable[[Updates], Awaitable[Status]],
    reason: str = "",
) -> Status:
    settings = load_settings()
    records = _records(settings)
    if not records.applications.known(application_id):
        raise NotFoundError(f"no application {application_id}; see `letterbox list`")
    if reason and (record := _record(records, application_id)):
        from domain.discretion import refuse_names

        refuse_names(reason, record)
    return asyncio.run(_sent(settings, ask))


def _record(records: Records, application_id: str) -> Application | None:
    """Read it, open or archived; what is damaged can be erased all the same."""
    try:
        found = records.applications.find(application_id)
        return found or records.archives.record(application_id)
    except (FileNotFoundError, DamagedError, ValueError):
        return None


async def _sent(
    settings: Settings, ask: Callable[[Updates], Awaitable[Status]]
) -> Status:
    import temporal
    from updates import Updates

    client = await temporal.connect(settings)
    return await ask(Updates(client, settings.task_queue))


def _applications_of(address: str) -> list[str]:
    found = list(_records(load_settings()).candidates.find(address))
    if not found:
        raise NotFoundError("no application of this candidate is known")
    return found


def _records(settings: Settings) -> Records:
    from resources import open_records

    return open_records(with_development_keys(settings), _store(settings))


def _store(settings: Settings) -> ObjectStore:
    from resources import open_store

    return open_store(settings)


def _tell(application_id: str, status: Status, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"id": application_id, **status.model_dump(mode="json")}))
        return
    flags = f" ({', '.join(status.flags)})" if status.flags else ""
    position = f", position {status.position}" if status.position else ""
    typer.echo(f"{application_id}: {status.stage}{position}{flags}")
