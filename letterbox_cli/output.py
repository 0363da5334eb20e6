"""Prints tables and JSON to standard output, and progress to a terminal."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from pydantic import BaseModel

ShowProgress = Callable[[str, int, int | None], None]
Cell = str | Text

_GAP = "  "
_INDENT = 4
_MAX_NAME = 30
# Narrower than this a column is no column: its text goes onto lines of its own.
_MIN_COLUMN = 24
_MAX_PADDED = 64
_STYLES = {
    "received": "cyan",
    "stored": "cyan",
    "triage": "yellow",
    "matched": "green",
    "delivered": "green",
    "archived": "dim",
    "erased": "dim",
    "discarded": "dim",
    "ok": "green",
    "note": "yellow",
    "WRONG": "bold red",
    "FAILED": "bold red",
    "open": "green",
    "closed": "yellow",
    "removed": "dim",
}


@contextmanager
def shown_progress() -> Iterator[ShowProgress]:
    """Draw a bar for each stage on a terminal, and nothing elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bars:
        tasks = {}

        def show(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def styled(word: str) -> Text:
    """Return a stage or a mark in its colour, which NO_COLOR and pipes leave out."""
    return Text(word, _STYLES.get(word.strip(), ""))


def line_width(*, err: bool = False) -> int | None:
    """Return how wide a line may be: that of the terminal; no limit in a pipe."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    stream = sys.stderr if err else sys.stdout
    return shutil.get_terminal_size().columns if stream.isatty() else None


def print_line(line: Cell, *, hanging: int = 0, err: bool = False) -> None:
    """
    Print a line; what does not fit goes on below, indented by ``hanging``.

    It is broken between words only: an id stays whole, and can be copied.
    """
    text = Text(line) if isinstance(line, str) else line
    console = Console(
        width=100_000, markup=False, highlight=False, soft_wrap=True, stderr=err
    )
    for part in _broken(text, line_width(err=err), hanging):
        part.rstrip()
        console.print(part)


def print_rows(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    below: Sequence[Cell] = (),
) -> None:
    """
    Print a table without frames; only the last column is broken into more lines.

    Where it is too narrow even so, that goes below the line that it belongs to.
    ``below`` is what each row has on a line of its own. Without rows it says so, on
    standard error.
    """
    table = [
        [_one_line(cell) for cell in row]
        for row in ([Text(name, "bold") for name in header], *rows)
    ]
    if len(table) == 1:
        typer.echo("none found", err=True)
        return
    widths = [max(row[n].cell_len for row in table) for n in range(len(header) - 1)]
    if line_width() is None:
        # One long name in a pipe must not make every line as long.
        widths = [min(width, _MAX_PADDED) for width in widths]
    start = sum(widths) + len(_GAP) * len(widths)
    width = line_width()
    is_below = width is not None and width - start < _MIN_COLUMN
    extra = iter(("", *below))
    for *cells, last in table:
        line = Text(_GAP).join(
            cell + Text(" " * (width_ - cell.cell_len))
            for cell, width_ in zip(cells, widths, strict=True)
        )
        if is_below:
            print_line(line)
            _print_below(last)
        else:
            print_line(line + Text(_GAP if cells else "") + last, hanging=start)
        _print_below(next(extra, ""))


def _print_below(cell: Cell) -> None:
    if text := _one_line(cell):
        print_line(Text(" " * _INDENT) + text, hanging=_INDENT)


def print_fields(fields: Iterable[tuple[str, Cell]]) -> None:
    """
    Print one field a line, the names aligned.

    On a terminal, a long name, or a value that would be cut, has the value below it;
    in a pipe each field is one line.
    """
    rows = [(name, _one_line(value)) for name, value in fields]
    longest = max((len(name) for name, _ in rows), default=0)
    start = min(longest, _MAX_NAME) + len(_GAP)
    width = line_width()
    for name, value in rows:
        longest_word = max(map(len, value.plain.split(" ")))
        is_long = len(name) > start - len(_GAP)
        if width is not None and (is_long or start + longest_word > width):
            if name:
                print_line(Text(name, "bold"))
            _print_below(value)
        else:
            gap = _GAP if is_long else " " * (start - len(name))
            print_line(Text(name, "bold") + gap + value, hanging=start)


def print_marked(mark: str, what: str, message: str) -> None:
    """Print what was found of one thing, after how bad it is."""
    line = styled(mark) + Text(" " * (8 - len(mark)))
    print_line(line + Text(f"{what}: ", "bold") + message, hanging=8)


def print_json(content: "BaseModel") -> None:
    """Print one object, and nothing else."""
    typer.echo(content.model_dump_json())


def print_items(
    items: Iterable["BaseModel"], *, ndjson: bool = False, **members: object
) -> None:
    """Print a list as one object with ``items``; or, with ``ndjson``, one a line."""
    if ndjson:
        for item in items:
            print_json(item)
        return
    listed = [item.model_dump(mode="json") for item in items]
    typer.echo(json.dumps({"items": listed, **members}, ensure_ascii=False))


def _one_line(cell: Cell) -> Text:
    """Take line breaks out, and what else would move a terminal's cursor."""
    text = Text(cell) if isinstance(cell, str) else cell
    plain = "".join(one if one.isprintable() else " " for one in text.plain)
    return Text(plain, text.style, spans=text.spans)


def _broken(text: Text, width: int | None, hanging: int) -> Iterator[Text]:
    """Break a text between words; a word that is too long gets a line of its own."""
    while width is not None and text.cell_len > width:
        plain = text.plain
        first_word = len(plain) - len(plain.lstrip())
        fitting = plain[: _fitting(plain, width + 1)].rfind(" ")
        at = fitting if fitting > max(first_word, hanging) else -1
        if at < 0:
            at = plain.find(" ", max(first_word, hanging))
        if at < 0:
            break
        line, rest = text.divide([at])
        rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
        if not rest.plain:
            text = line
            break
        yield line
        text = Text(" " * hanging) + rest
    yield text


def _fitting(plain: str, width: int) -> int:
    """Return how many characters fit, wide ones counted twice."""
    from rich.cells import cell_len

    count = min(len(plain), width)
    while cell_len(plain[:count]) > width:
        count -= 1
    return count
