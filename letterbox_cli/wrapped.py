"""Prints sentences that fit the terminal; 80 columns where there is none."""

import shutil
import textwrap

import typer


def print_wrapped(mark: str, text: str) -> None:
    """Print a mark and a text beside it; a long word, such as a path, is not cut."""
    indent = " " * (len(mark) + 2)
    lines = textwrap.wrap(
        text,
        width=shutil.get_terminal_size().columns,
        initial_indent=f"{mark}  ",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    typer.echo("\n".join(lines))
