"""Lines of a table, and how it is printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

# As wide where its output goes to a file.
_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Row:
    """A line: a figure for each of the columns, or fewer."""

    words: str
    cells: list[str]
    target: str = ""
    verdict: str = ""


def print_rows(title: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Print a table; blanks fill what a row does not tell."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in (title, *columns, "Target", ""):
        table.add_column(heading)
    for row in rows:
        blanks = [""] * (len(columns) - len(row.cells))
        table.add_row(row.words, *row.cells, *blanks, row.target, row.verdict)
    Console(width=_WIDTH).print(table)


def met(good: bool) -> str:  # noqa: FBT001 the figure itself, compared
    """Return whether a target was met."""
    return "[green]met" if good else "[red]MISSED"
