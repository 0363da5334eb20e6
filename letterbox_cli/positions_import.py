"""``letterbox positions import``: the catalogue made to match a list or a feed."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from letterbox.domain.errors import RefusedError
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.plurals import plural
from letterbox.setting_types import web_address
from letterbox_cli.confirmation import DryRun
from letterbox_cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Callable

    from letterbox.catalogue.imports.report import ImportReport

_KIB = 1024


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
    from letterbox_cli.in_journal import journal_in
    from letterbox_cli.output import print_json, shown_progress

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
        _print(report, dry_run=dry_run)
    if not report.is_fine:
        raise typer.Exit(1)


def _print(report: ImportReport, *, dry_run: bool) -> None:
    from letterbox_cli.output import print_line

    for line in summary(report).splitlines():
        print_line(line, hanging=4)
    if dry_run:
        typer.echo("this is what would be done; nothing was done")


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


def summary(report: ImportReport) -> str:
    """Return the counts, and below them what a person may have to do."""
    repeated = f" ({report.repeated} repeated)" if report.repeated else ""
    counts = (
        f"{plural(report.positions, 'position')}{repeated}: {report.added} added, "
        f"{report.changed} changed, {report.unchanged} unchanged; "
        f"{report.removed} removed"
    )
    lines = [counts]
    if words := report.words():
        lines.append(f"there were problems: {words}")
    if report.unused:
        names = ", ".join(f"{name} ({n})" for name, n in report.unused.items())
        lines.append(f"not used: {names}; docs/positions.md says what is used")
    if report.removals_waiting:
        lines.append(
            "nothing is removed until three complete feeds in a row agree, or with"
            " --force; if this list is only a part, use --partial"
        )
    for fault in (*report.faults, *report.notes):
        # Most reasons begin with the number themselves: "entry 3: …", "job 3: …".
        named = re.match(rf"(entry|job) {fault.position}\b", fault.reason)
        where = f"{fault.position}: " if fault.position and not named else ""
        what = "skipped: " if fault.skipped else ""
        whose = f" ({fault.reference})" if fault.reference else ""
        lines.append(f"  {where}{what}{fault.reason}{whose}")
    return "\n".join(lines)
