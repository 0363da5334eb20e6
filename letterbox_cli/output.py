"""How far a command is: a bar for each stage."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

ShowProgress = Callable[[str, int, int | None], None]


@contextmanager
def shown_progress() -> Iterator[ShowProgress]:
    """Draw one bar for each stage on a terminal, and nothing elsewhere."""
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


# Wider than anything: what is too long is wrapped by the terminal, which knows that
# it is one line when it is copied; nobody wraps it in a pipe.
_WIDE = 10_000


def print_rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a line a row, its columns aligned and none of them ever broken."""
    table = Table(*header, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(width=_WIDE, markup=False, highlight=False).print(table)
