"""``letterbox list`` and ``show``: look at applications."""

from __future__ import annotations

import asyncio
import json
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.domain.application import Flag, Stage
from letterbox.domain.errors import NotFoundError
from letterbox.setting_sources import settings_read_from
from letterbox.settings import load_settings
from letterbox_cli.completion import boards
from letterbox_cli.options import ApplicationId, Json

if TYPE_CHECKING:
    from letterbox.domain.listing import Filter, Item
    from letterbox.records.applications import StoredApplications

_PAGE = 200


def add_to(app: typer.Typer) -> None:
    """Add the commands that read applications."""
    app.command("list", epilog="Example: letterbox list --stage triage")(list_)
    app.command(epilog="Example: letterbox show careerjet:12345678-aaaa")(show)


def _known_board(name: str | None) -> str | None:
    from letterbox.boards import discover

    if name is not None and name not in discover():
        raise typer.BadParameter(f"there is none but {', '.join(discover())}")
    return name


def list_(
    stage: Annotated[Stage | None, typer.Option(help="Only this stage.")] = None,
    board: Annotated[
        str | None,
        typer.Option(
            help="Only this board.", callback=_known_board, autocompletion=boards
        ),
    ] = None,
    position: Annotated[str | None, typer.Option(help="Only this position.")] = None,
    flag: Annotated[Flag | None, typer.Option(help="Only with this flag.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """
    List applications, as Temporal knows them.

    The open ones come first, the latest started at the top; then those that have
    ended, the latest ended first, for as long as Temporal remembers them.
    """
    from letterbox.domain.listing import Filter
    from letterbox_cli.output import print_rows

    filters = Filter(stage=stage, board=board, position=position, flag=flag)
    items = asyncio.run(_items(filters, limit))
    rows = [item.model_dump(mode="json") for item in items]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    if not rows:
        typer.echo(f"none found; settings: {settings_read_from()}", err=True)
    print_rows(
        ("application", "stage", "position", "flags", "archive by"),
        (
            (
                row["id"],
                row["stage"],
                row["position"] or "",
                ", ".join(row["flags"]),
                row["archive_by"] or "",
            )
            for row in rows
        ),
    )


async def _items(filters: Filter, limit: int) -> list[Item]:
    from letterbox.temporal.client import connect
    from letterbox.temporal.visibility import list_applications

    settings = load_settings()
    client = await connect(settings)
    items: list[Item] = []
    token: bytes | None = None
    while True:
        page, token = await list_applications(
            client, settings.task_queue, filters, min(limit, _PAGE), token
        )
        items += page
        if token is None or len(items) >= limit:
            return items[:limit]


def show(
    application_id: ApplicationId,
    as_json: Json = False,
) -> None:
    """Show what the store holds of an application, the candidate included."""
    from rich.console import Console
    from rich.table import Column, Table

    from letterbox.records.applications import StoredApplications
    from letterbox_cli.context import open_store

    applications = StoredApplications(open_store())
    record = applications.find(application_id)
    if record is None:
        _show_unrecorded(applications, application_id, as_json=as_json)
    elif as_json:
        typer.echo(record.model_dump_json())
    else:
        fields = record.model_dump(mode="json", exclude_none=True)
        table = Table("field", Column("value", overflow="fold"), title=application_id)
        for name, text in _flat(fields):
            table.add_row(name, text)
        Console().print(table)


def _show_unrecorded(
    applications: StoredApplications, application_id: str, *, as_json: bool
) -> None:
    ended = applications.ended(application_id)
    if not ended and not any(True for _ in applications.submissions(application_id)):
        raise NotFoundError(f"no application {application_id}; see `letterbox list`")
    row = {"id": application_id, "stage": ended or "received"}
    tombstone = applications.tombstone(application_id)
    if tombstone:
        row |= tombstone.model_dump(mode="json", include={"removed_at", "reason", "by"})
    if as_json:
        typer.echo(json.dumps(row))
        return
    typer.echo(f"{application_id}: {row['stage']}")
    if tombstone:
        at = f"{tombstone.removed_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"removed at {at} ({tombstone.by}): {tombstone.reason}")
    elif ended:
        typer.echo(f"its documents: letterbox restore {application_id} --to FOLDER")


def _flat(value: object, name: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return list(
            chain(*(_flat(v, f"{name}.{k}".strip(".")) for k, v in value.items()))
        )
    if isinstance(value, list):
        return list(chain(*(_flat(v, f"{name}[{n}]") for n, v in enumerate(value))))
    return [(name, str(value))]
