"""Bar charts as SVG, for who sees them; the numbers stand beside them in a table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.desk.arrivals import Bar, starts
from letterbox.domain.refusals import Refusal

WIDTH, HEIGHT = 240, 56
_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Rectangle:
    """One bar, in the chart's own units."""

    x: float
    y: float
    width: float
    height: float


def rectangles(bars: Sequence[Bar]) -> list[Rectangle]:
    """Return the bars of a chart; the highest fills it, and nothing is no bar."""
    highest = max((bar.count for bar in bars), default=0)
    width = (WIDTH + _GAP) / max(len(bars), 1)
    return [
        Rectangle(
            x=round(place * width, 1),
            y=round(HEIGHT - height, 1),
            width=round(width - _GAP, 1),
            height=round(height, 1),
        )
        for place, bar in enumerate(bars)
        if (height := bar.count / highest * HEIGHT if highest else 0) > 0
    ]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a board was refused, and how often."""

    answer: str
    today: int
    all: int


def refused_by(
    refused: Counter[Refusal], board: str, length: timedelta, now: datetime
) -> list[Bar]:
    """Return how often a board was refused in each of the last hours, or days."""
    bars = []
    for start in starts(length, now):
        hours = (
            count
            for one, count in refused.items()
            if one.board == board and start <= one.hour < start + length
        )
        bars.append(Bar(start, sum(hours)))
    return bars


def reasons_of(refused: Counter[Refusal], board: str, now: datetime) -> list[Reason]:
    """Return why a board was refused, the most frequent reason first."""
    all_days, today = Counter[str](), Counter[str]()
    for one, count in refused.items():
        if one.board == board:
            all_days[one.answer] += count
            today[one.answer] += count if one.hour.date() == now.date() else 0
    return [
        Reason(answer, today[answer], all_) for answer, all_ in all_days.most_common()
    ]
