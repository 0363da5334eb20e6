"""``python -m bench``: every measurement, interleaved, then one table."""

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import setitem
from time import monotonic
from typing import Any

from bench.answers import VARIANTS, measure_answers
from bench.completed import complete
from bench.machine import patiently, watched
from bench.memory import measure_memory
from bench.report import print_report
from bench.results import Results
from bench.shapes import SHAPES
from bench.starts import measure_starts

Step = tuple[str, Callable[[], Any], Callable[[Any], None]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to look, and how often."""

    clients: tuple[int, ...] = (1, 16, 64)
    seconds: float = 2.5
    repeats: int = 3
    workflows: int = 150


QUICK = Plan(clients=(16,), seconds=1.5, repeats=1, workflows=60)


def main() -> None:
    """Measure, saying what is being measured, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a first look: a minute")
    parser.add_argument(
        "--patient",
        action="store_true",
        help="wait for a calm machine before each round, repeat a disturbed one",
    )
    asked = parser.parse_args()
    # So that the processes of a round are ended by `kill` too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = Results()
    run = patiently if asked.patient else watched
    for words, measure, keep in _steps(QUICK if asked.quick else Plan(), results):
        print(f"{words} ...", end=" ", file=sys.stderr, flush=True)
        began = monotonic()
        found, others = run(measure)
        keep(found)
        results.others.append(others)
        took = monotonic() - began
        print(f"{took:.0f} s, others {others:.2f} cores", file=sys.stderr)
    print_report(results)


def _steps(plan: Plan, results: Results) -> Iterator[Step]:
    """Tell what to measure, and where to keep what is found."""
    for clients in plan.clients:
        yield (
            f"starts, {clients} clients",
            partial(measure_starts, clients, plan.seconds),
            partial(setitem, results.starts, clients),
        )
    for repeat in range(plan.repeats):
        for clients in plan.clients:
            # A single client tells little; once is enough.
            if clients > 1 or repeat == 0:
                yield from _answers(plan, results, clients)
        for shape in SHAPES:
            yield (
                f"to the long wait, {shape.words}",
                partial(complete, shape, plan.workflows),
                results.completed.setdefault(shape, []).append,
            )
    yield "memory", measure_memory, results.memory.append


def _answers(plan: Plan, results: Results, clients: int) -> Iterator[Step]:
    for variant in VARIANTS:
        yield (
            f"answers, {clients} clients, {variant.words}",
            partial(measure_answers, variant, clients, plan.seconds),
            results.answers.setdefault((variant, clients), []).append,
        )


if __name__ == "__main__":
    main()
