"""``python -m bench``: every measurement, interleaved, then one table."""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from bench.answers import VARIANTS, measure
from bench.completed import complete
from bench.memory import measure_memory
from bench.report import print_report
from bench.results import Results
from bench.shapes import SHAPES
from bench.starts import measure_starts


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
    plan = QUICK if parser.parse_args().quick else Plan()
    # So that the processes of a round are ended by `kill` too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = Results()
    began = monotonic()
    for step in _steps(plan, results):
        load, _, _ = os.getloadavg()
        words = f"{monotonic() - began:4.0f} s  load {load:4.1f}  {step}"
        print(words, file=sys.stderr, flush=True)
    print_report(results)


def _steps(plan: Plan, results: Results) -> Iterator[str]:
    """Run every measurement just after it was named."""
    for clients in plan.clients:
        yield f"starts, {clients} clients"
        results.starts[clients] = measure_starts(clients, plan.seconds)
    for repeat in range(plan.repeats):
        for clients in plan.clients:
            # A single client tells little; once is enough.
            if clients == 1 and repeat:
                continue
            for variant in VARIANTS:
                yield f"answers, {clients} clients, {variant.words}"
                rounds = results.answers.setdefault((variant, clients), [])
                rounds.append(measure(variant, clients, plan.seconds))
        for shape in SHAPES:
            yield f"work, {shape.words}"
            results.completed.setdefault(shape, []).append(
                complete(shape, plan.workflows)
            )
    yield "memory"
    results.idle_mb, results.peak_mb = measure_memory(plan.seconds)


if __name__ == "__main__":
    main()
