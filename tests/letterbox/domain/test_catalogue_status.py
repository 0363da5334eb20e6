"""Whether what the catalogue does not hold is surely not advertised."""

from datetime import timedelta

import pytest

from letterbox.domain.catalogue_status import CatalogueStatus, FeedStatus, ImportTrouble
from tests.record_factory import NOON

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
HOURLY = FeedStatus(source="feed", every_seconds=3600, whole_at=NOON)


@pytest.mark.parametrize(
    ("later", "is_whole"),
    [
        (-6 * MINUTE, False),
        (-5 * MINUTE, True),
        (timedelta(0), True),
        (120 * MINUTE, True),
        (121 * MINUTE, False),
    ],
)
def test_a_feed_is_whole_for_two_of_its_intervals(
    later: timedelta, *, is_whole: bool
) -> None:
    """One import may fail; a date in the future is a clock that is wrong."""
    assert HOURLY.is_whole(NOON + later) is is_whole


@pytest.mark.parametrize(("later", "is_whole"), [(7 * DAY, True), (8 * DAY, False)])
def test_a_feed_without_a_schedule_is_whole_for_a_week(
    later: timedelta, *, is_whole: bool
) -> None:
    """Somebody imports it by hand."""
    by_hand = HOURLY.model_copy(update={"every_seconds": None})

    assert by_hand.is_whole(NOON + later) is is_whole


@pytest.mark.parametrize(
    ("changes", "is_whole"),
    [
        ({"whole_at": None}, False),
        ({"trouble": ImportTrouble.SKIPPED}, False),
        ({"begun_at": NOON + 10 * MINUTE}, True),
        ({"begun_at": NOON - 20 * MINUTE}, True),
        ({"begun_at": NOON - 21 * MINUTE}, False),
    ],
)
def test_an_import_that_goes_on_for_too_long_has_died(
    changes: dict[str, object], *, is_whole: bool
) -> None:
    """What it has changed until then nobody knows."""
    feed = HOURLY.model_copy(update=changes)

    assert feed.is_whole(NOON + 10 * MINUTE) is is_whole


def test_trouble_is_noted_with_the_moment_at_which_it_began() -> None:
    """Another failure is no new trouble; what was whole stays known."""
    begun = HOURLY.model_copy(update={"begun_at": NOON})

    first = begun.in_trouble(ImportTrouble.FAILED, NOON + MINUTE, "no answer")
    second = first.in_trouble(ImportTrouble.CUT_OFF, NOON + DAY, "cut off")

    assert (first.begun_at, first.ended_at) == (None, NOON + MINUTE)
    assert (first.trouble, first.reason) == (ImportTrouble.FAILED, "no answer")
    assert (second.trouble, second.reason) == (ImportTrouble.CUT_OFF, "cut off")
    assert (second.trouble_since, second.ended_at) == (NOON + MINUTE, NOON + DAY)
    assert second.whole_at == NOON


def test_a_catalogue_is_whole_where_all_of_its_feeds_are() -> None:
    """One hirer's says nothing of what another one advertises."""
    old = HOURLY.model_copy(update={"whole_at": NOON - DAY})

    assert not CatalogueStatus().is_whole(NOON)
    assert CatalogueStatus(feeds={"a": HOURLY}).is_whole(NOON)
    assert not CatalogueStatus(feeds={"a": HOURLY, "b": old}).is_whole(NOON)


def test_the_last_import_is_the_latest_whole_one() -> None:
    """One that failed has brought nothing in line."""
    old = HOURLY.model_copy(update={"whole_at": NOON - DAY})
    failed = FeedStatus(ended_at=NOON + DAY)

    feeds = {"a": old, "b": HOURLY, "c": failed}

    assert CatalogueStatus(feeds=feeds).last_import() == NOON
    assert CatalogueStatus(feeds={"c": failed}).last_import() is None


@pytest.mark.parametrize("moment", ["begun_at", "ended_at"])
@pytest.mark.parametrize(
    ("later", "expected"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_an_import_that_began_or_ended_a_moment_ago_is_just_imported(
    moment: str, later: int, *, expected: bool
) -> None:
    """Clocks differ: a moment from now is a moment ago."""
    feed = FeedStatus.model_validate({moment: NOON})
    catalogue = CatalogueStatus(feeds={"a": FeedStatus(), "b": feed})

    within = catalogue.is_just_imported(NOON + later * MINUTE, 2 * MINUTE)

    assert within is expected
