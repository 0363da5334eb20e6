"""What was measured, as one table, beside what it should be."""

from collections.abc import Callable, Iterator, Mapping
from statistics import median

from bench.answers import FLOOR, NO_WORKER, PLAIN, UNPLUGGED, VARIANTS, WHOLE, Variant
from bench.command_starts import CommandStarts
from bench.machine import described
from bench.memory import UPLOADS
from bench.report_sizing import seek_rows, sizing_rows, sleepers_rows
from bench.results import Results
from bench.rows import Row, met, print_rows
from bench.shapes import NOOP, OURS, SHAPES
from bench.shapes import PLAIN as PLAIN_SHAPE

# The targets of the answers are for boards that come in numbers.
_MANY = 16


def print_report(results: Results) -> None:
    """Print it all."""
    clients = [
        "1 client" if one == 1 else f"{one} clients" for one in results.clients()
    ]
    if clients:
        rows = (*_answers(results), *_ratios(results), *_work(results))
        print_rows("Medians", clients, rows)
    further = [*seek_rows(results), *sizing_rows(results)] if clients else []
    sleepers = [row for one in results.sleepers for row in sleepers_rows(one)]
    commands = [row for one in results.commands for row in _commands(one)]
    print_rows("Single rounds", ["Figure"], [*further, *sleepers, *commands])
    others = results.others
    print(
        f"{described()}. Other programs took {median(others):.2f} cores in the median "
        f"of {len(others)} rounds, {max(others):.2f} at most."
    )


def _commands(starts: CommandStarts) -> Iterator[Row]:
    yield Row("[b]CPU of a command, in starts of Python", [])
    for name, seconds, most in (
        ("--help", starts.help, 16),
        ("list", starts.list, 40),
    ):
        ratio = seconds / starts.python
        figure = f"{ratio:.0f} ({seconds:.2f} s)"
        yield Row(f"  letterbox {name}", [figure], f"≤ {most}", met(ratio <= most))


def _clients(number: int) -> str:
    return "1 client" if number == 1 else f"{number} clients"


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
    yield _ratio(results, UNPLUGGED, FLOOR, 0.95, from_clients=1)
    yield _ratio(results, NO_WORKER, UNPLUGGED, 0.8)
    yield _ratio(results, WHOLE, PLAIN, 1.5)
    for variant in (WHOLE, PLAIN):
        cells = [f"{results.recorded(variant, one):.0f}" for one in results.clients()]
        yield Row(f"  recorded meanwhile: {variant.words}", cells)


def _ratio(
    results: Results,
    variant: Variant,
    of: Variant,
    least: float,
    from_clients: int = _MANY,
) -> Row:
    ratios = {one: results.answered(variant, of, one) for one in results.clients()}
    return Row(
        f"  {variant.words}, of {of.words}",
        [f"{ratio:.2f}" for ratio in ratios.values()],
        f"≥ {least}",
        _judged(ratios, lambda ratio: ratio >= least, from_clients),
    )


def _work(results: Results) -> Iterator[Row]:
    yield Row("[b]Brought to the long wait, a second", [])
    for shape in SHAPES:
        yield Row(f"  {shape.words}", [f"{results.done(shape):.0f}"])
    ratio = results.done_of(OURS, NOOP)
    yield Row("  Letterbox, of no-op", [f"{ratio:.2f}"], "≥ 0.85", met(ratio >= 0.85))
    ratio = results.done_of(OURS, PLAIN_SHAPE)
    yield Row("  Letterbox, of plain", [f"{ratio:.2f}"])
    longest = max(results.completed[OURS], key=lambda one: one.events)
    events, activities = longest.events, longest.activities
    yield Row("[b]Until then", [])
    yield Row("  events", [f"{events}"], "≤ 25", met(events <= 25))
    yield Row("  activities", [f"{activities}"], "≤ 4", met(activities <= 4))
    yield Row("[b]Resident MB of the API", [])
    yield Row("  idle", [f"{results.memory[-1].idle:.0f}"])
    peak = results.memory[-1].peak
    words = f"  at most, under {UPLOADS} uploads of 10 MB at a time"
    yield Row(words, [f"{peak:.0f}"], "< 250", met(peak < 250))


def _judged(
    by_clients: Mapping[int, float],
    good: Callable[[float], bool],
    from_clients: int = _MANY,
) -> str:
    missed = [
        str(clients)
        for clients, figure in by_clients.items()
        if clients >= from_clients and not good(figure)
    ]
    return f"[red]MISSED at {' and '.join(missed)}" if missed else "[green]met"
