"""Whom an entry shows, where a caller may name whoever they like."""

from datetime import UTC, datetime

import pytest

from letterbox.domain.journal import Seen
from letterbox.domain.journal_actions import JournalAction


@pytest.mark.parametrize(
    ("operator", "by", "shown"),
    [
        ("operator", "operator API", "operator API"),
        ("operator", "operator API: tara", "operator API: tara (by operator)"),
        ("operator", "desk: operator", "desk: operator"),
        ("tara", "operator API: tara", "operator API: tara"),
        ("tara", "operator API: tara for paul", "operator API: tara for paul"),
        ("tara", "desk: tara", "desk: tara"),
        ("root", "cli: root for tara", "cli: root for tara"),
        ("letterbox", "letterbox audit", "letterbox audit"),
    ],
)
def test_nobody_passes_for_another_operator(operator: str, by: str, shown: str) -> None:
    """The token of the settings may name anybody: it is said whose it was."""
    seen = Seen(at=datetime.now(UTC), operator=operator, by=by, what=JournalAction.READ)

    assert seen.who == shown
