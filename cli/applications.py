"""``letterbox list`` and ``show``: look at applications."""

from __future__ import annotations

import asyncio
import json
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.errors import NotFoundError
from settings import load_settings

if TYPE_CHECKING:
    from temporalio.client import WorkflowExecution

    from gateways.applications import StoredApplications

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_to(app: typer.Typer) -> None:
    """Give the command its subcommands about applications."""
    app.command("list", epilog="Example: letterbox list --stage triage")(list_)
    app.command(epilog="Example: letterbox show careerjet:12345678-aaaa")(show)


def list_(
    stage: Annotated[str | None, typer.Option(help="Only this stage.")] = None,
    board: Annotated[str | None, typer.Option(help="Only this board.")] = None,
    position: Annotated[str | None, typer.Option(help="Only this position.")] = None,
    flag: Annotated[str | None, typer.Option(help="Only with this flag.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """List applications, the newest first, as Temporal knows them."""
    from rich.console import Console
    from rich.table import Table

    from workflows import search_attributes as attributes

    wanted = {
        attributes.STAGE.name: stage,
        attributes.BOARD.name: board,
        attributes.POSITION.name: position,
        attributes.FLAGS.name: flag,
    }
    rows = asyncio.run(
        _rows({key: text for key, text in wanted.items() if text}, limit)
    )
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = Table("application", "stage", "position", "flags", "archive by")
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        table.add_row(
            row["id"],
            row["stage"],
            row["position"],
            ", ".join(row["flags"]),
            row["archive_by"],
        )
    Console().print(table)


async def _rows(wanted: dict[str, str], limit: int) -> list[dict[str, Any]]:
    import temporal

    client = await temporal.connect(load_settings())
    query = 'WorkflowType = "Application"' + "".join(
        f" AND {name} = {temporal.quoted(text)}" for name, text in wanted.items()
    )
    return [_row(found) async for found in client.list_workflows(query, limit=limit)]


def _row(found: WorkflowExecution) -> dict[str, Any]:
    from workflows import search_attributes as attributes

    known = found.typed_search_attributes
    due = known.get(attributes.ARCHIVE_BY)
    return {
        "id": found.id,
        "stage": known.get(attributes.STAGE) or "",
        "position": known.get(attributes.POSITION) or "",
        "flags": list(known.get(attributes.FLAGS) or ()),
        "archive_by": due.isoformat(timespec="seconds") if due else "",
    }


def show(
    application_id: Annotated[str, typer.Argument(help="Such as careerjet:<uuid>.")],
    as_json: Json = False,
) -> None:
    """Show what the store holds of an application, the candidate included."""
    from rich.console import Console
    from rich.table import Column, Table

    from cli.context import open_store
    from gateways.applications import StoredApplications

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
    if not ended and not applications.waiting(application_id):
        raise NotFoundError(f"no application {application_id}; see `letterbox list`")
    stage = ended or "received"
    if as_json:
        typer.echo(json.dumps({"id": application_id, "stage": stage}))
    else:
        typer.echo(f"{application_id}: {stage}")


def _flat(value: object, name: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return list(
            chain(*(_flat(v, f"{name}.{k}".strip(".")) for k, v in value.items()))
        )
    if isinstance(value, list):
        return list(chain(*(_flat(v, f"{name}[{n}]") for n, v in enumerate(value))))
    return [(name, str(value))]
