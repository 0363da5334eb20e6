"""Prints tables, and progress on a terminal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

ShowProgress = Callable[[str, int, int | None], None]


@contextmanager
def shown_progress() -> Iterator[ShowProgress]:
    """Draw a bar for each stage on a terminal, and nothing elsewhere."""
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


# Wider than any line: a terminal wraps it, and still copies it as one line; in a pipe
# it is not wrapped.
_WIDTH = 10_000


def print_rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print one line for each row, with aligned columns that are never wrapped."""
    table = Table(*header, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(width=_WIDTH, markup=False, highlight=False).print(table)
