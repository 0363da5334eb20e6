"""``letterbox erasures`` and ``holds``: kept outside, applied after a restore."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from letterbox.domain.errors import RefusedError
from letterbox.settings import load_settings
from letterbox_cli.command_line import CommandLine
from letterbox_cli.confirmation import DryRun, Yes, confirm, refuse_without_terminal
from letterbox_cli.options import Json

if TYPE_CHECKING:
    from letterbox.records.ledgers import Ledgers
    from letterbox_cli.reapply import Row

Line = TypeVar("Line", bound=BaseModel)

_MAX_LINE = 1024 * 1024

Into = Annotated[
    str,
    typer.Argument(metavar="FILE|-", help="The file to write; - is standard output."),
]
From = Annotated[
    str,
    typer.Argument(
        metavar="FILE|-",
        help="One JSON object a line, as exported; - is standard input.",
    ),
]

erasures = CommandLine(
    help="List what was erased, and erase it again after a restore.",
    no_args_is_help=True,
    epilog="Example: letterbox erasures export erasures.jsonl",
)
holds = CommandLine(
    help="List the legal holds, and place them again after a restore.",
    no_args_is_help=True,
    epilog="Example: letterbox holds export holds.jsonl",
)


def add_to(app: typer.Typer) -> None:
    """Add the commands about lists that outlive a store."""
    app.add_typer(erasures, name="erasures")
    app.add_typer(holds, name="holds")


@erasures.command("export", epilog="Example: letterbox erasures export erasures.jsonl")
def export_erasures(to: Into = "-") -> None:
    """Write all erasures, one JSON object a line: ids, when and why; no candidates."""
    _export(_ledgers().erasures(), to)


@holds.command("export", epilog="Example: letterbox holds export holds.jsonl")
def export_holds(to: Into = "-") -> None:
    """Write all holds, one JSON object a line."""
    _export(_ledgers().holds(), to)


@erasures.command(
    "apply",
    epilog="Example: letterbox erasures apply erasures.jsonl --dry-run",
)
def apply_erasures(
    source: From, yes: Yes = False, dry_run: DryRun = False, as_json: Json = False
) -> None:
    """
    Erase again what a restored store has brought back; safe to repeat.

    Apply the holds first: what is held is not erased, but reported. Asks for
    confirmation, unless --yes is given.
    """
    from letterbox.records.ledgers import ErasureLine
    from letterbox_cli.reapply import erase_again

    if not dry_run:
        refuse_without_terminal(yes=yes)
        confirm(f"Erase everything listed in {source}? This cannot be undone", yes=yes)
    _apply(source, ErasureLine, erase_again, dry_run=dry_run, as_json=as_json)


@holds.command("apply", epilog="Example: letterbox holds apply holds.jsonl --dry-run")
def apply_holds(source: From, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Place again the holds that a restored store has lost; safe to repeat."""
    from letterbox.records.ledgers import HoldLine
    from letterbox_cli.reapply import hold_again

    _apply(source, HoldLine, hold_again, dry_run=dry_run, as_json=as_json)


def _ledgers() -> Ledgers:
    from letterbox_cli.reapply import open_ledgers

    return open_ledgers(load_settings())


def _export(lines: Iterable[BaseModel | str], to: str) -> None:
    unreadable = []
    with _writable(to) as out:
        for line in lines:
            if isinstance(line, str):
                unreadable.append(line)
            else:
                out.write(line.model_dump_json() + "\n")
    for key in unreadable:
        typer.echo(f"cannot be read: {key}", err=True)
    if unreadable:
        raise typer.Exit(1)


def _apply(
    source: str,
    kind: type[Line],
    apply: Callable[..., Iterator[Row]],
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Apply every line, whatever becomes of one; exit 1 where any was not done."""
    from letterbox_cli.output import shown_progress

    malformed: list[Row] = []
    rows: list[Row] = []
    with _readable(source) as file, shown_progress() as show:
        lines = _parsed(file, kind, malformed)
        for count, row in enumerate(apply(lines, dry_run=dry_run), 1):
            rows.append(row)
            show("applying", count, None)
    rows += malformed
    if as_json:
        typer.echo(json.dumps({"items": rows}))
    else:
        _print(rows, dry_run=dry_run)
    if any("refused" in row or "failed" in row for row in rows):
        raise typer.Exit(1)


def _parsed(file: IO[str], kind: type[Line], malformed: list[Row]) -> Iterator[Line]:
    number = 0
    while text := file.readline(_MAX_LINE):
        number += 1
        if not text.strip():
            continue
        try:
            yield kind.model_validate_json(text)
        except ValidationError:
            malformed.append({"id": f"line {number}", "failed": "not as exported"})


def _print(rows: list[Row], *, dry_run: bool) -> None:
    from letterbox_cli.output import print_line

    counts: dict[str, int] = {}
    for row in rows:
        problem = row.get("refused") or row.get("failed")
        if problem:
            print_line(f"{row['id']}: {problem}", hanging=2)
        elif row["outcome"] != "already":
            print_line(f"{row['id']}: {row['outcome']}", hanging=2)
        outcome = "not done" if problem else str(row["outcome"])
        counts[outcome] = counts.get(outcome, 0) + 1
    summary = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    typer.echo(f"{'would be: ' if dry_run else ''}{summary or 'nothing to apply'}")


@contextmanager
def _writable(to: str) -> Iterator[IO[str]]:
    """Open a file that replaces the old one once all is written, and not before."""
    if to == "-":
        yield sys.stdout
        return
    target = Path(to).resolve()
    is_file = target.is_file() or not target.exists()  # And no pipe, say.
    written = target.with_name(f"{target.name}.unfinished") if is_file else target
    try:
        with written.open("w", encoding="utf-8") as file:
            yield file
            if is_file:
                file.flush()
                os.fsync(file.fileno())
        if is_file:
            written.replace(target)
    except OSError as error:
        raise RefusedError(f"{to}: {error.strerror}") from None
    finally:
        if is_file:
            with suppress(OSError):
                written.unlink(missing_ok=True)


@contextmanager
def _readable(source: str) -> Iterator[IO[str]]:
    if source == "-":
        yield sys.stdin
        return
    try:
        file = open(  # noqa: PTH123, SIM115 as it was typed; closed below
            source, encoding="utf-8", errors="replace"
        )
    except OSError as error:
        raise RefusedError(f"{source}: {error.strerror}") from None
    with file:
        yield file
