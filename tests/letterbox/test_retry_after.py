"""The header is a stranger's: whatever it says is read, or is nothing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.retry_after import wait_asked

LATIN = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 120 ", 120),
        ("0", 0),
        ("9" * 5000, 86400),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("Mon, 01 Jan 2024 00:00:00", 0),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_converted_to_a_wait_of_a_day_at_most(
    header: str, seconds: int | None
) -> None:
    """Seconds or a date, never negative and never longer than a day."""
    expected = None if seconds is None else timedelta(seconds=seconds)

    assert wait_asked(httpx.Headers({b"Retry-After": header.encode()})) == expected


def test_retry_after_date_is_converted_to_a_wait() -> None:
    """The wait is counted from now."""
    moment = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    wait = wait_asked(httpx.Headers({"Retry-After": moment}))

    assert wait is not None
    assert timedelta(minutes=4) < wait <= timedelta(minutes=5)


@given(LATIN)
def test_any_retry_after_is_a_wait_or_none(header: str) -> None:
    """Nobody can trip us by asking us to wait."""
    wait = wait_asked(httpx.Headers({b"Retry-After": header.encode("latin-1")}))

    assert wait is None or timedelta() <= wait <= timedelta(days=1)
