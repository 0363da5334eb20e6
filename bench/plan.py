"""What is measured, how long and how often, and where it is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from operator import setitem
from typing import Any

from bench.answers import NOTICES, VARIANTS, measure_answers
from bench.command_starts import measure_command_starts
from bench.completed import complete
from bench.memory import measure_memory
from bench.results import Results
from bench.rig import processes
from bench.seek import SENDERS, measure_seek, measure_seek_noop
from bench.shapes import OURS, SHAPES
from bench.sizing import measure_apis, measure_sizing
from bench.sleepers import measure_sleepers
from bench.starts import measure_starts

Step = tuple[str, Callable[[], Any], Callable[[Any], None]]
"""What to say, to measure, and to do with what was found."""

_SHARED = 16
_PROCESSES = (1, 2)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to look, and how often."""

    clients: tuple[int, ...] = (1, 16, 64)
    seconds: float = 2.5
    repeats: int = 3
    workflows: int = 150
    events: int = 1000
    sleepers: int = 20_000
    sleep: float = 60


QUICK = Plan(
    clients=(16,),
    seconds=1.5,
    repeats=1,
    workflows=60,
    events=100,
    sleepers=1000,
    sleep=5,
)


def steps(plan: Plan, results: Results) -> Iterator[Step]:
    """Tell of everything but the sleepers, round by round."""
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
    yield "commands", measure_command_starts, results.commands.append
    yield "memory", measure_memory, results.memory.append
    yield from _seek(plan, results)
    yield from _sizing(plan, results)


def sleepers(plan: Plan, results: Results) -> Step:
    """Tell of the sleepers: the longest round, so never measured again."""
    measure = partial(measure_sleepers, plan.sleepers, plan.sleep)
    return f"{plan.sleepers} sleepers", measure, results.sleepers.append


def _answers(plan: Plan, results: Results, clients: int) -> Iterator[Step]:
    for variant in VARIANTS:
        yield (
            f"answers, {clients} clients, {variant.words}",
            partial(measure_answers, variant, clients, plan.seconds),
            results.answers.setdefault((variant, clients), []).append,
        )


def _seek(plan: Plan, results: Results) -> Iterator[Step]:
    yield (
        f"answers, {SENDERS} clients, {NOTICES.words}",
        partial(measure_answers, NOTICES, SENDERS, plan.seconds),
        results.notices.append,
    )
    words = f"{plan.events} of SEEK's events"
    yield words, partial(measure_seek, plan.events), results.seek.append
    noop = partial(measure_seek_noop, plan.events)
    yield f"{words}, no-op", noop, results.seek_noop.append


def _sizing(plan: Plan, results: Results) -> Iterator[Step]:
    for number in _PROCESSES:
        yield (
            f"answers, API processes: {number}",
            partial(measure_apis, number, _SHARED, plan.seconds),
            partial(setitem, results.apis, number),
        )
    for number in _PROCESSES:
        shape = replace(OURS, worker=(*OURS.worker, *processes(number)))
        yield (
            f"to the long wait, worker processes: {number}",
            partial(complete, shape, plan.workflows),
            partial(setitem, results.workers, number),
        )
    measure = partial(measure_sizing, plan.seconds)
    yield "costs of an application", measure, results.sizing.append
