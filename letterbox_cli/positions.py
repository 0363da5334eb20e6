"""``letterbox positions``: the catalogue of positions."""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from letterbox.domain.errors import RefusedError, TemporalUnavailableError
from letterbox.domain.journal_actions import JournalAction
from letterbox.setting_types import web_address
from letterbox.settings import load_settings
from letterbox_cli.command_line import CommandLine
from letterbox_cli.completion import references
from letterbox_cli.confirmation import DryRun
from letterbox_cli.options import Json, Ndjson

if TYPE_CHECKING:
    from collections.abc import Callable

    from letterbox.catalogue.changes import CatalogueWriter
    from letterbox.domain.positions import Position
    from letterbox_cli.in_journal import Keep

app = CommandLine(
    help="Manage the catalogue of positions.",
    no_args_is_help=True,
    epilog="Example: letterbox positions import jobs.xml",
)

_KIB = 1024

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


def _usable(source: str) -> str:
    if "://" in source:
        if not source.lower().startswith(("http://", "https://")):
            raise typer.BadParameter("only http:// and https:// URLs can be imported")
        try:
            web_address(source)
        except ValueError as error:
            raise typer.BadParameter(f"{source} {error}") from None
    elif source == "-":
        if sys.stdin.isatty():
            raise typer.BadParameter(
                "standard input is a terminal: pipe a feed into it, or give a file"
            )
    else:
        _usable_file(Path(source))
    return source


def _usable_file(path: Path) -> None:
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}") from None
    if is_folder:
        raise typer.BadParameter(f"{path} is a folder")


@app.command(
    "import",
    epilog="Example: letterbox positions import jobs.xml · A position in our JSON: "
    '{"reference": "DEV-17", "title": "Developer", "status": "open"}; '
    "docs/positions.md has all fields",
)
def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|URL|-",
            callback=_usable,
            help="JSON (a list, or one object a line), or an XML feed for Careerjet "
            "or Indeed; may be gzipped; - is standard input.",
        ),
    ],
    hirer: Annotated[
        str | None, typer.Option(help="Hirer of the positions that name none.")
    ] = None,
    partial: Annotated[
        bool,
        typer.Option("--partial", help="The list is only a part: remove nothing."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Remove positions even if many would go.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """
    Make the catalogue match a list or a feed of positions.

    Positions that it no longer has are removed, if their hirer is one of the
    list's or --hirer. Positions that were closed by hand stay closed. A broken
    job is mended or skipped, and reported; then, or if more than half would go,
    nothing is removed yet. The exit code is 1 if anything was broken or waits.
    """
    from letterbox.catalogue.feed_source import import_from
    from letterbox.catalogue.imports.report import ImportOrder
    from letterbox.catalogue.imports.run import CatalogueImport
    from letterbox_cli.context import open_store, ready_store
    from letterbox_cli.import_summary import summary
    from letterbox_cli.in_journal import journal_in
    from letterbox_cli.output import print_json, print_line, shown_progress

    with _stream(source) as stream, shown_progress() as show:
        order = ImportOrder(
            source=Path(source).name if "://" not in source else "",
            hirer=hirer or None,
            partial=partial,
            force=force,
            dry_run=dry_run,
        )
        store = open_store() if dry_run else ready_store()
        if not dry_run:
            journal_in(store)(JournalAction.POSITIONS_IMPORTED)
        importer = CatalogueImport(store, show)
        report = import_from(source, importer, order, _in_kib(show), stream=stream)
    if as_json:
        print_json(report)
    else:
        for line in summary(report).splitlines():
            print_line(line, hanging=4)
        if dry_run:
            typer.echo("this is what would be done; nothing was done")
    if not report.is_fine:
        raise typer.Exit(1)


@contextmanager
def _stream(source: str) -> Iterator[BinaryIO | None]:
    """Open what can be read once only, such as a pipe; None for any other source."""
    if "://" in source:
        yield None
    elif source == "-":
        yield sys.stdin.buffer
    elif Path(source).is_file():
        yield None
    else:
        try:
            stream = Path(source).open("rb")  # noqa: SIM115 closed below
        except OSError as error:
            raise RefusedError(f"{source}: {error.strerror}") from None
        with stream:
            yield stream


def _in_kib(
    show: Callable[[str, int, int | None], None],
) -> Callable[[int, int | None], None]:
    return lambda done, total: show(
        "downloading (KiB)", done // _KIB, total and total // _KIB
    )


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
    writer, keep_in_journal = _changing()
    keep_in_journal(JournalAction.POSITION_PUT, position=reference)
    position = writer.close(reference, hirer)
    _print_status(position, as_json=as_json)
    asyncio.run(_signal_applications(position))


@app.command("open", epilog="Example: letterbox positions open DEV-17")
def open_(reference: Reference, hirer: Hirer = None, as_json: Json = False) -> None:
    """Open a position again."""
    writer, keep_in_journal = _changing()
    keep_in_journal(JournalAction.POSITION_PUT, position=reference)
    _print_status(writer.open(reference, hirer), as_json=as_json)


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


def _changing() -> tuple[CatalogueWriter, Keep]:
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
