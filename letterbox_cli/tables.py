"""Tables that can be copied from."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

# Wider than anything: what is too long is wrapped by the terminal, which knows that
# it is one line when it is copied; nobody wraps it in a pipe.
_WIDE = 10_000


def print_rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a line a row, its columns aligned and none of them ever broken."""
    table = Table(*header, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(width=_WIDE, markup=False, highlight=False).print(table)
