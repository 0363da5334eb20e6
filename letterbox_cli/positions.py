"""``letterbox positions``: the catalogue of positions."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from letterbox.domain.errors import RefusedError, TemporalUnavailableError
from letterbox.settings import load_settings
from letterbox_cli.command_line import CommandLine
from letterbox_cli.completion import references
from letterbox_cli.options import Json, Ndjson

if TYPE_CHECKING:
    from collections.abc import Callable

    from letterbox.catalogue.changes import CatalogueWriter
    from letterbox.catalogue.imports.report import ImportReport
    from letterbox.domain.positions import Position

app = CommandLine(
    help="The catalogue of positions.",
    no_args_is_help=True,
    epilog="Example: letterbox positions import jobs.xml",
)

_KIB = 1024

Reference = Annotated[
    str, typer.Argument(metavar="REF", help="Its reference.", autocompletion=references)
]
Hirer = Annotated[
    str | None,
    typer.Option(help="Whose position; '' is the one that belongs to every hirer."),
]


def _usable(source: str) -> str:
    if "://" in source:
        if not source.lower().startswith(("http://", "https://")):
            raise typer.BadParameter("only http:// and https:// addresses are fetched")
    elif source == "-":
        if sys.stdin.isatty():
            raise typer.BadParameter(
                "standard input is a terminal: pipe a feed into it, or name a file"
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
    "docs/positions.md tells all its fields",
)
def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|URL|-",
            callback=_usable,
            help="JSON (a list, or one a line), or an XML feed as Careerjet or Indeed "
            "read it; gzipped or not; - is standard input.",
        ),
    ],
    hirer: Annotated[
        str | None, typer.Option(help="The hirer of positions that name none.")
    ] = None,
    partial: Annotated[
        bool,
        typer.Option("--partial", help="The list is not the whole: remove nothing."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Carry out the removals that wait.")
    ] = False,
    as_json: Json = False,
) -> None:
    """
    Bring the catalogue in line with a list or a feed of positions.

    What it no longer names is removed, among the positions of the hirers that it
    names and of --hirer. What was closed by hand stays closed. A job that is spoilt
    is mended or skipped, and named; then, and where more than half would be removed,
    the removals wait. Ends with 1 where anything was spoilt or waits.
    """
    from letterbox.catalogue.feed_source import import_from
    from letterbox.catalogue.imports.report import ImportOrder
    from letterbox.catalogue.imports.run import CatalogueImport
    from letterbox_cli.context import ready_store
    from letterbox_cli.output import print_json, print_line, shown_progress

    with _stream(source) as stream, shown_progress() as show:
        order = ImportOrder(
            source=Path(source).name if "://" not in source else "",
            hirer=hirer or None,
            partial=partial,
            force=force,
        )
        importer = CatalogueImport(ready_store(), show)
        report = import_from(source, importer, order, _in_kib(show), stream=stream)
    if as_json:
        print_json(report)
    else:
        for line in _summary(report).splitlines():
            print_line(line, hanging=4)
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
    """Show one position."""
    from letterbox.catalogue.changes import CatalogueWriter
    from letterbox_cli.context import open_store

    position = CatalogueWriter(open_store()).get(reference, hirer)
    if as_json:
        typer.echo(position.model_dump_json())
        return
    from letterbox_cli.output import print_fields

    fields = position.model_dump(mode="json", exclude_none=True)
    print_fields(
        (name, value if isinstance(value, str) else json.dumps(value))
        for name, value in fields.items()
    )


@app.command(epilog="Example: letterbox positions close DEV-17 --hirer acme")
def close(reference: Reference, hirer: Hirer = None, as_json: Json = False) -> None:
    """Take no more applications for a position, whatever a feed says."""
    position = _writer().close(reference, hirer)
    _print_status(position, as_json=as_json)
    asyncio.run(_signal_applications(position))


@app.command("open", epilog="Example: letterbox positions open DEV-17")
def open_(reference: Reference, hirer: Hirer = None, as_json: Json = False) -> None:
    """Take applications for a position again."""
    _print_status(_writer().open(reference, hirer), as_json=as_json)


@app.command(epilog="Example: letterbox positions refused --json")
def refused(as_json: Json = False, ndjson: Ndjson = False) -> None:
    """Tell which references boards asked for in vain, how often and since when."""
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
    from letterbox.temporal.client import connect
    from letterbox.temporal.closings import signal_closed

    settings = load_settings()
    try:
        client = await connect(settings)
        await signal_closed(client, settings.task_queue, position)
    except TemporalUnavailableError:
        typer.echo("Temporal is away: open applications keep their dates", err=True)


def _writer() -> CatalogueWriter:
    from letterbox.catalogue.changes import CatalogueWriter
    from letterbox_cli.context import ready_store

    return CatalogueWriter(ready_store())


def _print_status(position: Position, *, as_json: bool) -> None:
    if as_json:
        typer.echo(position.model_dump_json())
        return
    whose = f" of {position.hirer}" if position.hirer else ""
    typer.echo(f"{position.reference}{whose}: {position.status.value}")


def _summary(report: ImportReport) -> str:
    repeated = f" ({report.repeated} repeated)" if report.repeated else ""
    counts = (
        f"{report.positions} positions{repeated}: {report.added} added, "
        f"{report.changed} changed, {report.unchanged} unchanged; "
        f"{report.removed} removed"
    )
    lines = [counts]
    if words := report.words():
        lines.append(f"not all is well: {words}")
    if report.unused:
        names = ", ".join(f"{name} ({n})" for name, n in report.unused.items())
        lines.append(f"not used: {names}; docs/positions.md says what is")
    if report.removals_waiting:
        lines.append(
            "the removals wait until three whole feeds in a row agree, or --force; if"
            " this list is not the whole, say --partial"
        )
    for fault in (*report.faults, *report.notes):
        where = f"{fault.position}: " if fault.position else ""
        what = "skipped: " if fault.skipped else ""
        whose = f" ({fault.reference})" if fault.reference else ""
        lines.append(f"  {where}{what}{fault.reason}{whose}")
    return "\n".join(lines)
