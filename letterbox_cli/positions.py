"""``letterbox positions``: the catalogue of positions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from letterbox.domain.errors import NotFoundError, TemporalUnavailableError
from letterbox.domain.journal_actions import JournalAction
from letterbox.settings import load_settings
from letterbox_cli.command_line import CommandLine
from letterbox_cli.completion import references
from letterbox_cli.options import Json, Ndjson
from letterbox_cli.positions_import import import_

if TYPE_CHECKING:
    from letterbox.catalogue.changes import CatalogueWriter
    from letterbox.domain.positions import Position
    from letterbox_cli.in_journal import WriteToJournal

app = CommandLine(
    help="Manage the catalogue of positions.",
    no_args_is_help=True,
    epilog="Example: letterbox positions import jobs.xml",
)

Reference = Annotated[
    str,
    typer.Argument(
        metavar="REF", help="Reference of the position.", autocompletion=references
    ),
]
Hirer = Annotated[
    str | None,
    typer.Option(help="Hirer of the position; '' is the one for all hirers."),
]


app.command(
    "import",
    epilog="Example: letterbox positions import jobs.xml · A position in our JSON: "
    '{"reference": "DEV-17", "title": "Developer", "status": "open"}; '
    "docs/positions.md has all fields",
)(import_)


@app.command("list", epilog="Example: letterbox positions list --json")
def list_(as_json: Json = False, ndjson: Ndjson = False) -> None:
    """List the catalogue; what --ndjson prints can be imported again."""
    from letterbox.catalogue.lookup import load_every
    from letterbox_cli.context import open_store
    from letterbox_cli.output import print_items, print_rows, styled

    positions = load_every(open_store())
    if as_json or ndjson:
        print_items(positions, ndjson=ndjson)
        return
    print_rows(
        ("reference", "hirer", "status", "title"),
        (
            (row.reference, row.hirer or "", styled(row.status), row.title)
            for row in positions
        ),
    )


@app.command(epilog="Example: letterbox positions show DEV-17 --json")
def show(reference: Reference, hirer: Hirer = None, as_json: Json = False) -> None:
    """Show a position."""
    from letterbox.catalogue.changes import CatalogueWriter
    from letterbox_cli.context import open_store

    with _naming(reference):
        position = CatalogueWriter(open_store()).get(reference, hirer)
    if as_json:
        typer.echo(position.model_dump_json())
        return
    from letterbox_cli.output import print_fields

    print_fields(_fields(position.model_dump(mode="json", exclude_none=True)))


def _fields(fields: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Write a list with commas, and leave out what is empty."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _fields(value, f"{prefix}{name}.")
        elif isinstance(value, bool):
            yield prefix + name, "yes" if value else "no"
        elif text := ", ".join(value) if isinstance(value, list) else value:
            yield prefix + name, text


@app.command(epilog="Example: letterbox positions close DEV-17 --hirer acme")
def close(reference: Reference, hirer: Hirer = None, as_json: Json = False) -> None:
    """Close a position, whatever a feed says: no more applications are accepted."""
    writer, write_to_journal = _changing()
    write_to_journal(JournalAction.POSITION_PUT, position=reference)
    with _naming(reference):
        position = writer.close(reference, hirer)
    _print_status(position, as_json=as_json)
    asyncio.run(_signal_applications(position))


@app.command("open", epilog="Example: letterbox positions open DEV-17")
def open_(reference: Reference, hirer: Hirer = None, as_json: Json = False) -> None:
    """Open a position again."""
    writer, write_to_journal = _changing()
    write_to_journal(JournalAction.POSITION_PUT, position=reference)
    with _naming(reference):
        position = writer.open(reference, hirer)
    _print_status(position, as_json=as_json)


@app.command(epilog="Example: letterbox positions refused --json")
def refused(as_json: Json = False, ndjson: Ndjson = False) -> None:
    """List unknown references in applications, how often and since when."""
    from letterbox.catalogue.refused_references import load_refused
    from letterbox_cli.context import open_store
    from letterbox_cli.output import print_items, print_rows
    from letterbox_cli.times import minute

    references = load_refused(open_store())
    if as_json or ndjson:
        print_items(references, ndjson=ndjson)
        return
    print_rows(
        ("board", "times", "since", "last", "reference"),
        (
            (
                row.board,
                str(row.times),
                minute(row.since),
                minute(row.last),
                row.reference,
            )
            for row in references
        ),
    )


async def _signal_applications(position: Position) -> None:
    """Signal the close to open applications, whose windows then begin anew."""
    from letterbox.temporal.closings import signal_closed
    from letterbox_cli.reach_temporal import reach_temporal

    settings = load_settings()
    try:
        client = await reach_temporal(settings)
        await signal_closed(client, settings.task_queue, position)
    except TemporalUnavailableError:
        typer.echo(
            "Temporal is down: open applications keep their archive dates", err=True
        )


@contextmanager
def _naming(reference: str) -> Iterator[None]:
    """Name what is missing: the API, whose errors are logged, does not."""
    try:
        yield
    except NotFoundError:
        raise NotFoundError(
            f"no position {reference} in the catalogue; `letterbox positions list` "
            "shows those that it has"
        ) from None


def _changing() -> tuple[CatalogueWriter, WriteToJournal]:
    from letterbox.catalogue.changes import CatalogueWriter
    from letterbox_cli.context import ready_store
    from letterbox_cli.in_journal import journal_in

    store = ready_store()
    return CatalogueWriter(store), journal_in(store)


def _print_status(position: Position, *, as_json: bool) -> None:
    if as_json:
        typer.echo(position.model_dump_json())
        return
    whose = f" of {position.hirer}" if position.hirer else ""
    typer.echo(f"{position.reference}{whose}: {position.status.value}")
