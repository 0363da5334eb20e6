"""What was measured, each thing as often as it was repeated."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.answers import Round, Variant
from bench.command_starts import CommandStarts
from bench.completed import Completed
from bench.load import Load
from bench.memory import Memory
from bench.shapes import Shape
from bench.sizing import Sizing
from bench.sleepers import Sleepers


@dataclass(slots=True)
class Results:
    """Filled by the rounds, read by the report."""

    answers: dict[tuple[Variant, int], list[Round]] = field(default_factory=dict)
    starts: dict[int, float] = field(default_factory=dict)
    completed: dict[Shape, list[Completed]] = field(default_factory=dict)
    memory: list[Memory] = field(default_factory=list)
    notices: list[Round] = field(default_factory=list)
    seek: list[float] = field(default_factory=list)
    seek_noop: list[float] = field(default_factory=list)
    apis: dict[int, Load] = field(default_factory=dict)
    workers: dict[int, Completed] = field(default_factory=dict)
    sizing: list[Sizing] = field(default_factory=list)
    sleepers: list[Sleepers] = field(default_factory=list)
    commands: list[CommandStarts] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    """Cores that other programs took, round by round."""

    def clients(self) -> Sequence[int]:
        """Return at how many clients was measured."""
        return sorted({clients for _, clients in self.answers})

    def rate(self, variant: Variant, clients: int) -> float:
        """Return the answers a second."""
        return median(one.load.rate for one in self.answers[variant, clients])

    def p50(self, variant: Variant, clients: int) -> float:
        """Return the time in ms within which half of the answers came."""
        return median(one.load.p50 for one in self.answers[variant, clients])

    def p99(self, variant: Variant, clients: int) -> float:
        """Return the time in ms within which all but a hundredth came."""
        return median(one.load.p99 for one in self.answers[variant, clients])

    def recorded(self, variant: Variant, clients: int) -> float:
        """Return how many applications were recorded when the load ended."""
        return median(one.recorded for one in self.answers[variant, clients])

    def answered(self, one: Variant, of: Variant, clients: int) -> float:
        """Compare rounds that ran one after the other; give the middle of that."""
        pairs = zip(self.answers[one, clients], self.answers[of, clients], strict=True)
        return median(mine.load.rate / theirs.load.rate for mine, theirs in pairs)

    def done(self, shape: Shape) -> float:
        """Return the workflows a second that came to their long wait."""
        return median(one.rate for one in self.completed[shape])

    def done_of(self, one: Shape, of: Shape) -> float:
        """Compare rounds that ran one after the other; give the middle of that."""
        pairs = zip(self.completed[one], self.completed[of], strict=True)
        return median(mine.rate / theirs.rate for mine, theirs in pairs)
