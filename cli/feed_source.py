"""Where ``letterbox positions import`` reads from, and how far it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from gateways.feed_download import download_feed, feed_name

_KIB = 1024

ShowProgress = Callable[[str, int, int | None], None]


@contextmanager
def opened_feed(source: str, show: ShowProgress) -> Iterator[tuple[str, BinaryIO]]:
    """Open a file, or what is at an address, with a name for it."""
    if "://" not in source:
        with _opened_file(Path(source)) as file:
            yield Path(source).name, file
        return
    if not source.lower().startswith(("http://", "https://")):
        raise typer.BadParameter("only http:// and https:// addresses are fetched")

    def show_size(done: int, total: int | None) -> None:
        show("downloading (KiB)", done // _KIB, total and total // _KIB)

    with TemporaryFile() as file:
        download_feed(source, file, show_size)
        yield feed_name(source), file


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


def _opened_file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}") from None
