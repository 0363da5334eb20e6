"""The starter: bounded, behind the answers, and never in their way."""

import asyncio

from api.metrics import Metrics
from api.starter import Starter
from letterbox.domain.errors import TemporalUnavailableError
from tests.support import eventually


class Temporal:
    """Remembers what was started; refuses while told to."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.is_down = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def start(self, application_id: str) -> None:
        """Start, as ``temporal.start_application`` does."""
        await self.gate.wait()
        if self.is_down:
            raise TemporalUnavailableError("down")
        self.started.append(application_id)

    async def has_started(self) -> bool:
        """Tell whether anything was started."""
        return bool(self.started)


def outcomes(metrics: Metrics) -> dict[str, float]:
    """Read the counters by outcome."""
    [counted] = metrics.starts.collect()
    return {
        sample.labels["outcome"]: sample.value
        for sample in counted.samples
        if sample.name.endswith("_total")
    }


async def test_what_is_offered_is_started() -> None:
    """At once, where nothing else is going on."""
    temporal, metrics = Temporal(), Metrics()
    starter = Starter(temporal.start, metrics)

    async with starter.running():
        starter.offer("careerjet:1")
        await eventually(temporal.has_started)

    assert temporal.started == ["careerjet:1"]
    assert outcomes(metrics) == {"started": 1}


async def test_what_fails_is_left_to_the_sweep() -> None:
    """An outage of Temporal does not end the starter."""
    temporal, metrics = Temporal(), Metrics()
    starter = Starter(temporal.start, metrics)

    async with starter.running():
        temporal.is_down = True
        starter.offer("careerjet:1")

        async def was_left() -> bool:
            return "left" in outcomes(metrics)

        await eventually(was_left)
        temporal.is_down = False
        starter.offer("careerjet:2")
        await eventually(temporal.has_started)

    assert temporal.started == ["careerjet:2"]
    assert outcomes(metrics) == {"left": 1, "started": 1}


async def test_what_does_not_fit_is_left_to_the_sweep() -> None:
    """Memory is bounded however long Temporal hangs; offering never waits."""
    temporal, metrics = Temporal(), Metrics()
    temporal.gate.clear()
    starter = Starter(temporal.start, metrics)

    async with starter.running():
        for number in range(5000):
            starter.offer(f"careerjet:{number}")

    assert outcomes(metrics)["left"] >= 3900


async def test_answers_in_close_succession_go_before_starts() -> None:
    """Who sends one after the other waits for no core that a start has taken."""
    temporal, now = Temporal(), [0.0]
    starter = Starter(temporal.start, Metrics(), clock=lambda: now[0])

    async def answer(number: int) -> None:
        async with starter.answering():
            starter.offer(f"careerjet:{number}")
        # As many turns as an unhindered start takes, and more.
        for _ in range(10):
            await asyncio.sleep(0)

    async with starter.running():
        await answer(1)
        now[0] += 1
        await answer(2)
        assert temporal.started == ["careerjet:1", "careerjet:2"]

        now[0] += 0.001
        await answer(3)
        assert temporal.started == ["careerjet:1", "careerjet:2"]

        async def is_started() -> bool:
            return "careerjet:3" in temporal.started

        await eventually(is_started)
        now[0] += 1
        await answer(4)
        assert temporal.started[-1] == "careerjet:4"
