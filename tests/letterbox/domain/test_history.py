"""A history of two sources: each thing once, with all that either knows."""

from datetime import UTC, datetime, timedelta

from letterbox.domain.application import EventType, Stage
from letterbox.domain.history import Happening, History, Waiting, combined
from letterbox.domain.transitions import Transition

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ID = "careerjet:1"


def history(*items: Happening, waiting: tuple[Waiting, ...] = ()) -> History:
    """Make what one source knows."""
    return History(id=ID, stage=Stage.MATCHED, items=items, waiting=waiting)


def told(at: datetime, attempts: int | None = None) -> Happening:
    """Make an event that the ATS has taken."""
    return Happening(
        at=at, event=Transition.TOLD, type=EventType.MATCHED, attempts=attempts
    )


def test_each_thing_is_told_once_with_all_that_is_known_of_it() -> None:
    """The store's word counts; Temporal adds a time, an attempt, what it alone saw."""
    received = Happening(at=NOON, event=Transition.RECEIVED, view=1)
    undated = Happening(at=None, event=Transition.RECORDED)
    stored = history(received, undated, told(NOON + 9 * SECOND))
    seen = history(
        Happening(at=NOON + SECOND, event=Transition.RECEIVED),
        Happening(at=NOON + 2 * SECOND, event=Transition.FETCHED),
        Happening(at=NOON + 3 * SECOND, event=Transition.RECORDED),
        told(NOON + 8 * SECOND, attempts=3),
        told(NOON + timedelta(hours=1), attempts=1),
    )

    both = combined(stored, seen)

    assert both is not None
    assert [(one.event, one.at) for one in both.items] == [
        (Transition.RECEIVED, NOON),
        (Transition.FETCHED, NOON + 2 * SECOND),
        (Transition.RECORDED, NOON + 3 * SECOND),
        (Transition.TOLD, NOON + 9 * SECOND),
        (Transition.TOLD, NOON + timedelta(hours=1)),
    ]
    assert [one.attempts for one in both.items[3:]] == [3, 1]


def test_one_source_is_enough_and_none_is_nothing() -> None:
    """Temporal forgets; the store may be away."""
    one = history(Happening(at=NOON, event=Transition.RECEIVED))

    assert combined(one, None) == combined(None, one) == one
    assert combined(None, None) is None


def test_what_is_owed_says_how_often_it_was_tried() -> None:
    """The store knows since when, Temporal how often and why in vain."""
    owed = Waiting(step="deliver", type=EventType.MATCHED, since=NOON)
    tried = Waiting(step="deliver", type=EventType.MATCHED, attempts=7, reason="away")
    asked = Waiting(step="fetch_application", attempts=2)

    both = combined(history(waiting=(owed,)), history(waiting=(tried, asked)))

    assert both is not None
    assert both.waiting == (
        owed.model_copy(update={"attempts": 7, "reason": "away"}),
        asked,
    )


def hold(by: str, reason: str | None, seconds: int) -> Happening:
    """Make a hold that somebody placed."""
    at = NOON + seconds * SECOND
    return Happening(at=at, event=Transition.HELD, by=by, reason=reason)


def test_a_hold_keeps_its_author_and_its_reason_together() -> None:
    """Two people hold within a minute; an older record knows no reasons."""
    stored = history(hold("alice", None, 0), hold("bertha", None, 20))
    seen = history(hold("alice", "", 1), hold("bertha", "case 8", 21))

    both = combined(stored, seen)
    alone = combined(history(hold("alice", None, 0)), history(seen.items[1]))

    assert both is not None
    assert alone is not None
    assert [(one.by, one.reason) for one in both.items] == [
        ("alice", ""),
        ("bertha", "case 8"),
    ]
    assert [(one.by, one.reason) for one in alone.items] == [
        ("alice", None),
        ("bertha", "case 8"),
    ]


def test_one_hold_of_a_person_does_not_stand_for_two() -> None:
    """The nearest in time is meant, and each is completed once."""
    stored = history(hold("alice", None, 0), hold("alice", None, 20))
    seen = history(hold("alice", "case 7", 1), hold("alice", "case 8", 21))

    both = combined(stored, seen)

    assert both is not None
    assert [one.reason for one in both.items] == ["case 7", "case 8"]


def test_a_repeated_hold_is_told_once_and_a_longer_one_twice() -> None:
    """The store dates one of them; the other two are Temporal's alone."""
    again, ends = hold("alice", "case 7", 21), NOON + timedelta(days=1)
    longer = hold("alice", "case 7", 31).model_copy(update={"until": ends})

    both = combined(
        history(hold("alice", None, 0)), history(hold("alice", "case 7", 1), again)
    )
    longer_too = combined(both, history(again, longer))

    assert both is not None
    assert longer_too is not None
    assert [(one.at, one.reason) for one in both.items] == [(NOON, "case 7")]
    assert [one.until for one in longer_too.items] == [None, ends]


def test_the_receipt_is_known_after_an_erasure() -> None:
    """Temporal saw it arrive; a workflow for the erasure alone did not."""
    received = Happening(at=NOON, event=Transition.RECEIVED)
    recorded = Happening(at=NOON + SECOND, event=Transition.RECORDED)
    erased = Happening(at=NOON + 2 * SECOND, event=Transition.ERASED)

    whole = combined(history(erased), history(received, recorded, erased))
    late = combined(history(erased), history(received, erased))

    assert whole is not None
    assert late is not None
    assert [one.event for one in whole.items] == ["received", "recorded", "erased"]
    assert [one.event for one in late.items] == ["erased"]
