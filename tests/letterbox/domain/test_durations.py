"""Durations as people write them."""

from datetime import timedelta

import pytest

from letterbox.domain.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("12h", timedelta(hours=12)),
        (" 14D ", timedelta(days=14)),
        ("0", timedelta(0)),
    ],
)
def test_a_number_and_a_unit_is_a_duration(text: str, expected: timedelta) -> None:
    """Case and space do not matter."""
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "30", "s", "-1s", "1.5h", "1w", "1d2h"])
def test_anything_else_is_refused(text: str) -> None:
    """A number without a unit could mean anything."""
    with pytest.raises(ValueError, match="such as 30s"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text", ["36501d", "999999999d", "9" * 20 + "s", "9" * 5000 + "h"]
)
def test_what_no_calendar_has_is_refused(text: str) -> None:
    """A date that it leads to could not be computed."""
    with pytest.raises(ValueError, match="at most 36500d"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0s", "45s", "90s", "1m", "90m", "36h", "1d", "180d"])
def test_a_duration_is_written_as_it_can_be_read(text: str) -> None:
    """In the largest unit of which it is a whole number."""
    duration = parse_duration(text)

    assert isinstance(duration, timedelta)
    assert format_duration(duration) == text
