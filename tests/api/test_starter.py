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
