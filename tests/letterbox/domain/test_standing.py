"""Where a candidate stands: what a board is told, in which order, and what not."""

from datetime import UTC, datetime, timedelta

import pytest

from letterbox.domain.standing import (
    CandidateStatus,
    Reporting,
    StatusChange,
    StatusChanges,
    find_change,
    given_up,
    owed_changes,
    shortened,
    told_before,
    with_change,
    with_reporting,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def change(name: str, hours: int, reporting: Reporting) -> StatusChange:
    """Make a change some hours after noon."""
    return StatusChange(
        id=name,
        status=CandidateStatus.VIEWED,
        changed_at=NOON + timedelta(hours=hours),
        reporting=reporting,
    )


def chain(*reportings: Reporting) -> StatusChanges:
    """Make changes an hour apart, named by their numbers."""
    return tuple(
        change(str(number), number, one) for number, one in enumerate(reportings)
    )


def words(changes: StatusChanges) -> list[str]:
    """Return what becomes of each."""
    return [f"{one.id} {one.reporting}" for one in changes]


@pytest.mark.parametrize(
    ("later", "becomes"),
    [
        (Reporting.OWED, Reporting.SUPERSEDED),
        (Reporting.SENT, Reporting.SUPERSEDED),
        (Reporting.REFUSED, Reporting.OWED),
        (Reporting.UNSUPPORTED, Reporting.OWED),
    ],
)
def test_a_change_that_comes_late_takes_its_place_in_time(
    later: Reporting, becomes: Reporting
) -> None:
    """It is told no more where the board knows, or will know, of a later one."""
    known = (change("a", 1, Reporting.SENT), change("c", 3, later))

    both = with_change(known, change("b", 2, Reporting.OWED))

    assert words(both) == ["a sent", f"b {becomes}", f"c {later}"]
    assert words(with_change(known, change("b", 2, Reporting.UNSUPPORTED)))[1] == (
        "b unsupported"
    )


def test_a_change_of_the_same_moment_comes_behind_and_is_told() -> None:
    """It is the latest then, and nothing supersedes it."""
    known = (change("a", 1, Reporting.SENT),)

    assert words(with_change(known, change("b", 1, Reporting.OWED))) == [
        "a sent",
        "b owed",
    ]


def test_what_the_board_says_is_noted_of_what_is_owed_alone() -> None:
    """A step that is repeated changes nothing that was noted before."""
    owed = chain(Reporting.SENT, Reporting.OWED, Reporting.OWED)

    noted = with_reporting(owed, "1", Reporting.REFUSED, LATER)

    assert words(noted) == ["0 sent", "1 refused", "2 owed"]
    assert [one.reported_at for one in noted] == [None, LATER, None]
    assert with_reporting(noted, "1", Reporting.SENT, NOON) == noted
    assert with_reporting(noted, "0", Reporting.REFUSED, NOON) == noted


def test_an_application_that_ends_owes_its_board_nothing() -> None:
    """What was told stays told."""
    owed = chain(Reporting.SENT, Reporting.OWED, Reporting.REFUSED)

    assert words(given_up(owed)) == ["0 sent", "1 unsent", "2 refused"]
    assert words(owed_changes(owed)) == ["1 owed"]
    assert find_change(owed, "1") == owed[1]
    assert find_change(owed, "3") is None


def test_what_was_told_before_a_change_is_the_last_that_the_board_took() -> None:
    """What comes behind it does not count, nor what the board refused."""
    changes = chain(
        *(Reporting.SENT, Reporting.SENT, Reporting.REFUSED),
        *(Reporting.OWED, Reporting.SENT),
    )

    assert told_before(changes, "3") == changes[1]
    assert told_before(changes, "1") == changes[0]
    assert told_before(changes, "0") is None


def test_one_too_many_forgets_the_oldest_that_is_not_owed() -> None:
    """Where all are owed, it is the oldest; where there is room, none is forgotten."""
    owed = [Reporting.OWED] * 100
    full = chain(*owed)
    over = chain(Reporting.OWED, Reporting.SENT, Reporting.SENT, *owed[:98])

    assert shortened(full) == full
    assert shortened(chain(*owed, Reporting.OWED))[0].id == "1"
    assert [one.id for one in shortened(over)[:3]] == ["0", "2", "3"]
