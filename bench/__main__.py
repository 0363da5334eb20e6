"""``python -m bench``: every measurement, interleaved, then its tables."""

import argparse
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

from bench.machine import patiently, watched
from bench.plan import QUICK, Plan, Step, sleepers, steps
from bench.report import print_report
from bench.results import Results

Run = Callable[[Callable[[], Any]], tuple[Any, float]]


def main() -> None:
    """Measure, saying what is being measured, and print the tables."""
    asked = _asked()
    # So that the processes of a round are ended by `kill` too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    plan = QUICK if asked.quick else Plan()
    if asked.count:
        plan = replace(plan, sleepers=asked.count)
    results = Results()
    if not asked.only:
        for step in steps(plan, results):
            _take(step, results, patiently if asked.patient else watched)
    _take(sleepers(plan, results), results, watched)
    print_report(results)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="?", choices=["sleepers"], help="nothing else")
    parser.add_argument("--quick", action="store_true", help="a first look: minutes")
    parser.add_argument(
        "--patient",
        action="store_true",
        help="wait for a calm machine before each round, repeat a disturbed one",
    )
    parser.add_argument("--count", type=int, help="how many sleepers")
    return parser.parse_args()


def _take(step: Step, results: Results, run: Run) -> None:
    words, measure, keep = step
    print(f"{words} ...", end=" ", file=sys.stderr, flush=True)
    began = monotonic()
    found, others = run(measure)
    keep(found)
    results.others.append(others)
    took = monotonic() - began
    print(f"{took:.0f} s, others {others:.2f} cores", file=sys.stderr)


if __name__ == "__main__":
    main()
