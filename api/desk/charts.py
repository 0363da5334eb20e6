"""Bar charts as SVG, for who sees them; the numbers stand beside them in a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.desk.arrivals import Bar

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
