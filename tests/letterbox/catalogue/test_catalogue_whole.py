"""When what the catalogue does not hold is surely not advertised."""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.catalogue.feed_source import PositionFeed, import_from
from letterbox.catalogue.feeds.read import read_feed
from letterbox.catalogue.imports.report import ImportOrder, ImportReport
from letterbox.catalogue.imports.run import CatalogueImport
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.errors import DamagedError, FeedUnavailableError, LetterboxError
from letterbox.domain.positions import Position, ReferenceKind
from letterbox.storage.directory import DirectoryStore

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class House:
    """A catalogue, its importer and a clock."""

    def __init__(self, folder: Path) -> None:
        self.store = DirectoryStore(folder / "store")
        self.store.prepare()
        self.folder = folder
        self.now = datetime(2026, 5, 1, 12, tzinfo=UTC)
        self.catalogue = StoredCatalogue(self.store, timedelta(0), now=lambda: self.now)
        self.writer = CatalogueWriter(self.store, lambda: self.now)

    def run(self, feed: str | list[Any], **order: Any) -> ImportReport:
        """Import XML, or a list as JSON."""
        body = feed if isinstance(feed, str) else json.dumps(feed)
        return CatalogueImport(self.store, now=lambda: self.now).run(
            read_feed(io.BytesIO(body.encode())), ImportOrder(source="test", **order)
        )

    def names(self, *references: str, **order: Any) -> ImportReport:
        """Import a list of references."""
        return self.run([{"reference": name} for name in references], **order)


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_without_an_import_a_catalogue_is_never_whole(house: House) -> None:
    """What is put by hand, and a part, speak of themselves."""
    house.writer.put(Position(reference="TEST-1"))
    house.names("a", partial=True)

    assert not house.catalogue.is_whole()
    assert house.catalogue.status().last_import() is None


@pytest.mark.parametrize(
    ("every", "limit"),
    [(None, 7 * DAY), (HOUR, 2 * HOUR), (timedelta(days=9), 18 * DAY)],
)
def test_a_whole_import_is_fresh_for_twice_its_schedule(
    house: House, every: timedelta | None, limit: timedelta
) -> None:
    """Without a schedule for seven days."""
    house.names("a", every=every)
    began = house.now

    house.now = began + limit
    fresh = house.catalogue.is_whole()
    house.now = began + limit + timedelta(seconds=1)

    assert fresh
    assert not house.catalogue.is_whole()


def test_putting_by_hand_and_parts_leave_a_whole_catalogue_whole(house: House) -> None:
    """They say nothing of what else there is."""
    house.names("a", "b")

    house.writer.put(Position(reference="TEST-1"))
    house.names("c", partial=True)

    assert house.catalogue.is_whole()


@pytest.mark.parametrize(
    ("feed", "trouble"),
    [
        ("<jobs><job><id>a</id></job><job><id>b</id></job>", "cut-off"),
        ("<jobs><job><id>a</id></job><job/></jobs>", "skipped"),
        ("<jobs><job/></jobs>", "failed"),
        ("<jobs><a/></jobs>", "failed"),
        ("<jobs/>", "held-back"),
        ("<jobs><job><id>a&</id></job></jobs>", "held-back"),
    ],
)
def test_an_import_that_is_not_whole_makes_the_catalogue_doubtful(
    house: House, feed: str, trouble: str
) -> None:
    """Until the next whole one; the status says what is wrong, and since when."""
    house.names("a", "b")
    since = house.now = house.now + HOUR

    for _ in range(2):
        with suppress(LetterboxError):
            house.run(feed)
        house.now += timedelta(minutes=1)
    doubtful = house.catalogue.is_whole()
    [told] = house.catalogue.status().feeds.values()
    house.names("a", "b")

    assert not doubtful
    assert (told.trouble, told.trouble_since) == (trouble, since)
    assert house.catalogue.is_whole()


def test_a_feed_that_cannot_be_had_makes_the_catalogue_doubtful(house: House) -> None:
    """Though nothing of it is read."""
    house.names("a")
    feed = PositionFeed(house.store, str(house.folder / "absent.xml"), None, HOUR)

    with pytest.raises(FeedUnavailableError):
        feed.import_now()

    assert not house.catalogue.is_whole()


def test_an_import_that_died_makes_the_catalogue_doubtful(house: House) -> None:
    """Once it is older than an import may be; before, it is at work."""
    house.names("a")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CatalogueImport(house.store, die, now=lambda: house.now).run(
            read_feed(io.BytesIO(b'[{"reference": "b"}]')), ImportOrder(source="test")
        )
    at_work = house.catalogue.is_whole()
    house.now += timedelta(minutes=31)

    assert at_work
    assert not house.catalogue.is_whole()


def test_one_hirers_whole_feed_says_nothing_of_anothers(house: House) -> None:
    """Each feed that was ever imported must be whole; an emptied one is forgotten."""
    house.names("a", hirer="acme")
    alone = house.catalogue.is_whole()
    house.run("<jobs><job><id>b</id></job>", hirer="other")
    half = house.catalogue.is_whole()
    house.names("b", hirer="other")
    both = house.catalogue.is_whole()
    house.now += 8 * DAY
    house.names("a", hirer="acme")
    stale = house.catalogue.is_whole()
    house.names(hirer="other", force=True)

    assert (alone, half, both, stale) == (True, False, True, False)
    assert house.catalogue.is_whole()


def test_a_status_that_cannot_be_read_is_no_whole_catalogue(house: House) -> None:
    """Whoever asks is told so, and the next import makes it anew."""
    house.names("a")
    house.store.put(keys.CATALOGUE_STATUS, b"{]")

    with pytest.raises(DamagedError):
        house.catalogue.is_whole()
    house.names("a")

    assert house.catalogue.is_whole()


def test_a_clock_that_was_wrong_makes_nothing_whole(house: House) -> None:
    """An import of tomorrow is none."""
    house.names("a")

    house.now -= DAY

    assert not house.catalogue.is_whole()


@pytest.mark.parametrize("away", [1, 2, 3])
def test_who_was_closed_by_hand_and_comes_back_after_long_is_a_new_posting(
    house: House, away: int
) -> None:
    """A feed that hiccups once opens nothing; one more whole import does."""
    house.names("a", "b")
    house.writer.close("a")

    for _ in range(away):
        house.now += HOUR
        house.names("b")
    house.now += HOUR
    house.names("a", "b")

    assert house.writer.get("a").status == ("closed" if away == 1 else "open")


def test_who_comes_back_after_months_without_an_import_is_a_new_posting(
    house: House,
) -> None:
    """So is who was removed by an older release, which did not note when."""
    house.names("a", "b", "c")
    house.writer.close("a")
    house.writer.close("c")
    house.names("b", "c")
    house.writer.put(Position(reference="c").closed(house.now).removed())
    house.names("b")

    house.now += 90 * DAY
    house.names("a", "b", "c")

    assert house.writer.get("a").status == "open"
    assert house.writer.get("c").status == "open"


def test_an_open_position_wins_over_what_its_new_name_has_removed(
    house: House,
) -> None:
    """A job that gets a reference beside its id is found by both."""
    house.run("<jobs><job><id>1</id></job></jobs>")
    house.run("<jobs><job><id>1</id><job_reference>R1</job_reference></job></jobs>")

    [removed] = house.catalogue.find(ReferenceKind.REFERENCE, "1")
    [found] = house.catalogue.find(ReferenceKind.OTHER, "1")

    assert (removed.status, removed.absent_since) == ("removed", house.now)
    assert (found.reference, found.status) == ("R1", "open")


def test_what_an_older_release_took_for_a_country_can_be_read(house: House) -> None:
    """Then candidates may be anywhere; and the next import is as before."""
    house.store.put(
        keys.position("a", None), b'{"reference": "a", "countries": ["EU", "DE"]}'
    )

    [found] = house.catalogue.find(ReferenceKind.REFERENCE, "a")

    assert found.countries is None
    assert house.names("a").positions == 1


def test_a_damaged_position_does_not_stop_an_import(house: House) -> None:
    """What the feed says takes its place."""
    house.names("a", "b")
    house.store.put(keys.position("a", None), b"{]")

    report = house.names("a", "b")

    assert (report.changed, house.writer.get("a").status) == (1, "open")


def test_a_feed_is_imported_from_a_file_as_far_as_it_goes(house: House) -> None:
    """Its name is kept without its folder."""
    path = house.folder / "jobs.xml"
    path.write_text("<jobs><job><id>a</id></job><job>")
    importer = CatalogueImport(house.store, now=lambda: house.now)

    report = import_from(str(path), importer, ImportOrder(source=""))

    assert (report.source, report.added, bool(report.cut_off)) == ("jobs.xml", 1, True)


@pytest.mark.parametrize("make", [Path.mkdir, lambda _: None])
def test_a_folder_or_an_absent_file_is_an_unavailable_feed(
    house: House, make: Callable[[Path], object]
) -> None:
    """What is no regular file cannot be imported."""
    make(house.folder / "jobs.xml")

    with pytest.raises(FeedUnavailableError):
        PositionFeed(house.store, str(house.folder / "jobs.xml"), None).import_now()


@pytest.mark.parametrize(
    "feed",
    [
        # The second job's name is malformed, and it may be known by another.
        "<jobs>{}<job><id>b<url>http://a</url></job></jobs>",
        "<jobs>{}<job><id><![CDATA[b<url>http://a</url><d>c</d></job></jobs>",
        "<jobs>{}<job><id>b<title>a</title></job></jobs>",
        "<jobs>{}<job><job_referenceb</job_reference><id>1</id></job></jobs>",
        "<jobs>{}<job>b</job_reference><id>1</id></job></jobs>",
        "<jobs>{}<job><id>b</i</id></job></jobs>",
        # The job lies where none is looked for, or has lost its beginning.
        "<jobs>{}<region><job><id>b</id></job></region></jobs>",
        '<jobs>{}<a href="x><job><id>b</id></job></jobs>',
        "<jobs>{}<![CDATA[<job><id>b</id></job>]]></jobs>",
        "<jobs>{}<jo<b><id>b</id></job></jobs>",
        "<jobs>{}</jobs><id>b</id></job></jobs>",
    ],
)
def test_a_job_whose_name_is_in_doubt_is_not_said_to_be_none(
    house: House, feed: str
) -> None:
    """What is advertised by that name would be answered 410."""
    report = house.run(feed.format("<job><id>a</id></job>"))

    assert not report.is_fine
    assert not house.catalogue.is_whole()


@pytest.mark.parametrize(
    "feed",
    [
        "<jobs>{}<job><id>b</id><title>R&D</title></job></jobs>",
        "<jobs>{}<job><id>b</id><d><![CDATA[a <b> c</d></job></jobs>",
        "<jobs>{}<job><id>b</id><d>a < 3</d></job></jobs>",
        "<jobs>{}<job><id>b</id></p></job></jobs>\n<b>Warning</b> in line 3",
    ],
)
def test_what_is_malformed_beside_the_names_leaves_the_catalogue_whole(
    house: House, feed: str
) -> None:
    """Feeds are malformed each day; a job that is gone is gone all the same."""
    house.run(feed.format("<job><id>a</id></job>"))

    assert house.catalogue.is_whole()
