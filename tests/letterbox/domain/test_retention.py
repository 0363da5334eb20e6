"""When archiving is due."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain.retention import archive_due, window_end

MOMENTS = st.datetimes(timezones=st.just(UTC)).filter(
    lambda moment: 2000 < moment.year < 9000
)
RETENTION = timedelta(days=180)


@given(MOMENTS)
def test_the_window_runs_from_the_application_while_the_close_is_unknown(
    applied_at: datetime,
) -> None:
    """An ad must be open for someone to apply."""
    assert window_end(applied_at, None, RETENTION) == applied_at + RETENTION


@given(MOMENTS, MOMENTS)
def test_news_of_a_close_only_moves_the_window_later(
    applied_at: datetime, closed_at: datetime
) -> None:
    """A lost, repeated or wrong close does no harm."""
    end = window_end(applied_at, closed_at, RETENTION)

    assert end >= window_end(applied_at, None, RETENTION)
    assert end >= closed_at + RETENTION


@given(MOMENTS)
def test_a_margin_as_long_as_the_retention_is_due_at_once(applied_at: datetime) -> None:
    """It is allowed, and means what it says."""
    due = archive_due(applied_at, None, retention=RETENTION, margin=RETENTION)

    assert due == applied_at
