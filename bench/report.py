"""What was measured, as one table, beside what it should be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.answers import NO_WORKER, PLAIN, UNPLUGGED, VARIANTS, WHOLE, Variant
from bench.machine import described
from bench.memory import UPLOADS
from bench.results import Results
from bench.shapes import NOOP, OURS, SHAPES
from bench.shapes import PLAIN as PLAIN_SHAPE

# The targets of the answers are for boards that come in numbers.
_MANY = 16


@dataclass(frozen=True, slots=True)
class Row:
    """A line: a figure for each number of clients, or a single one."""

    words: str
    cells: list[str]
    target: str = ""
    verdict: str = ""


def print_report(results: Results) -> None:
    """Print it all."""
    clients = results.clients()
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Medians")
    for number in clients:
        table.add_column("1 client" if number == 1 else f"{number} clients")
    table.add_column("Target")
    table.add_column()
    for row in (*_answers(results), *_ratios(results), *_work(results)):
        blanks = [""] * (len(clients) - len(row.cells))
        table.add_row(row.words, *row.cells, *blanks, row.target, row.verdict)
    # As wide where its output goes to a file.
    console = Console(width=120)
    console.print(table)
    others = results.others
    console.print(
        f"{described()}. Other programs took {median(others):.2f} cores in the median "
        f"of {len(others)} rounds, {max(others):.2f} at most."
    )


def _answers(results: Results) -> Iterator[Row]:
    yield Row("[b]Answers a second, 200 KB CV (p50, p99 in ms)", [])
    for variant in VARIANTS:
        words = f"  {variant.words}"
        cells = [_answered(results, variant, one) for one in results.clients()]
        if variant in {NO_WORKER, WHOLE}:
            p99 = {one: results.p99(variant, one) for one in results.clients()}
            yield Row(words, cells, "p99 < 250", _judged(p99, lambda ms: ms < 250))
        else:
            yield Row(words, cells)
    starts = [f"{results.starts[one]:.0f}" for one in results.clients()]
    yield Row("  bare start_workflow loop", starts)


def _answered(results: Results, variant: Variant, clients: int) -> str:
    p50, p99 = results.p50(variant, clients), results.p99(variant, clients)
    return f"{results.rate(variant, clients):.0f} ({p50:.0f}, {p99:.0f})"


def _ratios(results: Results) -> Iterator[Row]:
    yield _ratio(results, NO_WORKER, UNPLUGGED, 0.8)
    yield _ratio(results, WHOLE, PLAIN, 1.5)
    for variant in (WHOLE, PLAIN):
        cells = [f"{results.recorded(variant, one):.0f}" for one in results.clients()]
        yield Row(f"  recorded meanwhile: {variant.words}", cells)


def _ratio(results: Results, variant: Variant, of: Variant, least: float) -> Row:
    ratios = {one: results.answered(variant, of, one) for one in results.clients()}
    return Row(
        f"  {variant.words}, of {of.words}",
        [f"{ratio:.2f}" for ratio in ratios.values()],
        f"≥ {least}",
        _judged(ratios, lambda ratio: ratio >= least),
    )


def _work(results: Results) -> Iterator[Row]:
    yield Row("[b]Brought to the long wait, a second", [])
    for shape in SHAPES:
        yield Row(f"  {shape.words}", [f"{results.done(shape):.0f}"])
    ratio = results.done_of(OURS, NOOP)
    yield Row("  Letterbox, of no-op", [f"{ratio:.2f}"], "≥ 0.85", _met(ratio >= 0.85))
    ratio = results.done_of(OURS, PLAIN_SHAPE)
    yield Row("  Letterbox, of plain", [f"{ratio:.2f}"])
    longest = max(results.completed[OURS], key=lambda one: one.events)
    events, activities = longest.events, longest.activities
    yield Row("[b]Until then", [])
    yield Row("  events", [f"{events}"], "≤ 25", _met(events <= 25))
    yield Row("  activities", [f"{activities}"], "≤ 4", _met(activities <= 4))
    yield Row("[b]Resident MB of the API", [])
    yield Row("  idle", [f"{results.memory[-1].idle:.0f}"])
    peak = results.memory[-1].peak
    words = f"  at most, under {UPLOADS} uploads of 10 MB at a time"
    yield Row(words, [f"{peak:.0f}"], "< 250", _met(peak < 250))


def _judged(by_clients: Mapping[int, float], good: Callable[[float], bool]) -> str:
    missed = [
        str(clients)
        for clients, figure in by_clients.items()
        if clients >= _MANY and not good(figure)
    ]
    return f"[red]MISSED at {' and '.join(missed)}" if missed else "[green]met"


def _met(good: bool) -> str:  # noqa: FBT001 the figure itself, compared
    return "[green]met" if good else "[red]MISSED"
