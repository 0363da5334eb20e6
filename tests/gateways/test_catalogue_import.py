"""Imports bring the catalogue in line with a feed, and never wipe it by accident."""

import io
import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from domain import keys
from domain.errors import MalformedError, RefusedError, StoreUnavailableError
from domain.ports import ObjectStore
from domain.positions import Position, PositionStatus, ReferenceKind
from gateways.catalogue import StoredCatalogue
from gateways.catalogue_import import CatalogueImport, ImportOrder, ImportReport
from gateways.catalogue_writer import CatalogueWriter
from gateways.feeds import read_feed
from tests.gateways.failing import FailingStore

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> FailingStore:
    store = FailingStore(tmp_path / "store")
    store.prepare()
    return store


@pytest.fixture(name="writer")
def _writer(store: ObjectStore) -> CatalogueWriter:
    return CatalogueWriter(store, lambda: NOW)


def run(store: ObjectStore, feed: object, **order: Any) -> ImportReport:
    """Import XML as text, or anything else as JSON."""
    body = feed if isinstance(feed, str) else json.dumps(feed)
    told = read_feed(io.BytesIO(body.encode()))
    importer = CatalogueImport(store, now=lambda: NOW)
    return importer.run(told, ImportOrder(source="test", **order))


def xml(*references: str) -> str:
    """Make a feed of jobs."""
    jobs = (f"<job><id>{one}</id><title>{one}</title></job>" for one in references)
    return f"<jobs>{''.join(jobs)}</jobs>"


def listed(references: Iterable[str], **more: Any) -> list[dict[str, Any]]:
    """Make a list of positions that have the rest in common."""
    return [{"reference": one, **more} for one in references]


def statuses(store: ObjectStore) -> dict[str, str]:
    """Tell every position's status, by reference or hirer/reference."""
    found = (
        Position.model_validate_json(store.get(stored.key))
        for stored in store.list(keys.POSITIONS)
    )
    return {
        "/".join(filter(None, [one.hirer, one.reference])): one.status.value
        for one in found
    }


def test_a_feed_becomes_the_catalogue(unprepared: ObjectStore) -> None:
    """In every store: positions, their aliases, and a mark that there are any."""
    unprepared.prepare()
    feed = (
        "<source><job><referencenumber>R</referencenumber><id>7</id></job>"
        "<job><id>8</id></job></source>"
    )

    report = run(unprepared, feed, hirer="acme")

    catalogue = StoredCatalogue(unprepared)
    [found] = catalogue.find(ReferenceKind.OTHER, "7")
    assert (found.reference, found.hirer) == ("R", "acme")
    assert catalogue.imported()
    assert (report.positions, report.added, report.removed) == (2, 2, 0)
    assert json.loads(unprepared.get(keys.CATALOGUE)) == {
        "imported_at": "2026-05-01T12:00:00Z",
        "positions": 2,
        "source": "test",
    }


def test_importing_again_writes_only_what_changed(store: FailingStore) -> None:
    """An hourly import of a large feed costs reading, not writing."""
    run(store, xml("a", "b", "c"))
    store.changes_left = 4  # Three documents and the mark.

    report = run(store, xml("a", "b", "d").replace("<title>b", "<title>new b"))

    told = report.added, report.changed, report.unchanged, report.removed
    assert told == (1, 1, 1, 1)
    assert store.changes_left == 0


def test_what_is_absent_is_removed_and_comes_back(store: FailingStore) -> None:
    """Closed ones too; what is removed already is not counted again."""
    run(store, listed("abcd") + listed("e", status="closed"))

    report = run(store, listed("abc"))
    again = run(store, listed("abc"))
    absent = statuses(store)
    back = run(store, listed("abcd"))

    assert (report.removed, again.removed, back.changed) == (2, 0, 1)
    assert (absent["d"], absent["e"]) == ("removed", "removed")
    assert statuses(store)["d"] == "open"


def test_a_part_of_the_catalogue_removes_nothing(store: FailingStore) -> None:
    """With --partial, absence says nothing."""
    run(store, listed("abcd"))

    report = run(store, listed("e"), partial=True)

    assert report.removed == 0
    assert statuses(store) == dict.fromkeys("abcde", "open")


@pytest.mark.parametrize(
    ("feed", "order"),
    [
        (listed("a"), {}),
        ([], {}),
        (xml(), {}),
        (listed("xyz"), {}),
        (listed("abc", status="removed"), {"partial": True}),
        (listed("ab", status="removed") + listed("c"), {}),
    ],
    ids=range(6),
)
def test_more_than_half_is_not_removed_unless_forced(
    store: FailingStore, feed: object, order: dict[str, Any]
) -> None:
    """A feed that lost its jobs is refused whole; --force says it is right."""
    run(store, listed("abcd"))
    run(store, listed("abc"))
    before = {stored.key: stored.modified for stored in store.list("")}

    with pytest.raises(RefusedError, match=r"remove [23] of 3 positions.*--force"):
        run(store, feed, **order)
    untouched = {stored.key: stored.modified for stored in store.list("")} == before
    report = run(store, feed, force=True, **order)

    assert untouched
    assert report.removed + report.changed + report.added >= 2
    assert list(statuses(store).values()).count("removed") >= 3


def test_half_is_removed(store: FailingStore) -> None:
    """The rule is more than half."""
    run(store, listed("abcd"))

    assert run(store, listed("ab")).removed == 2


@pytest.mark.parametrize(
    "broken",
    [xml("a", "b", "c")[:-7], '[{"reference": "a"}, {"reference": ""}]', "no feed"],
)
def test_a_broken_feed_changes_nothing(store: FailingStore, broken: str) -> None:
    """It is read to its end before anything is written."""
    run(store, listed("abc"))
    store.changes_left = 0

    with pytest.raises(MalformedError):
        run(store, broken, force=True)

    assert statuses(store) == dict.fromkeys("abc", "open")


def test_a_feed_that_never_told_anything_makes_no_job_unknown(
    store: FailingStore,
) -> None:
    """After an empty first import, applications still go to triage."""
    report = run(store, xml(), force=True)

    assert report.positions == 0
    assert not StoredCatalogue(store).imported()


def test_closed_by_hand_stays_closed(
    store: FailingStore, writer: CatalogueWriter
) -> None:
    """Through absence and return, until a hand opens it; its title is the feed's."""
    run(store, xml("a", "b", "c"))
    writer.close("a")

    run(store, xml("a", "b", "c").replace("<title>a", "<title>new a"))
    present = writer.get("a")
    run(store, xml("b", "c"))
    absent = writer.get("a")
    run(store, xml("a", "b", "c"))
    back = writer.get("a")
    writer.open("a")
    run(store, xml("a", "b", "c"))

    assert (present.status, present.title) == (PositionStatus.CLOSED, "new a")
    assert absent.status is PositionStatus.REMOVED
    assert (back.status, back.closed_at) == (PositionStatus.CLOSED, NOW)
    assert writer.get("a").status is PositionStatus.OPEN


def test_a_feed_reaches_its_own_hirer_only(store: FailingStore) -> None:
    """What is absent from acme's feed may well be the other's."""
    run(store, xml("a", "b"), hirer="acme")
    run(store, xml("a", "c"), hirer="other")
    run(store, xml("a", "d"))

    run(store, xml("a"), hirer="acme")

    assert statuses(store) == {
        "acme/a": "open",
        "acme/b": "removed",
        "other/a": "open",
        "other/c": "open",
        "a": "open",
        "d": "open",
    }


def test_a_list_reaches_the_hirers_it_names(store: FailingStore) -> None:
    """Those of its entries, and the one of --hirer; no hirer is one of them."""
    mixed = listed("ab", hirer="acme") + listed("cd") + listed("ef", hirer="other")
    run(store, mixed)

    run(store, listed("a", hirer="acme"))
    acme_alone = statuses(store)
    run(store, listed("a", hirer="acme") + listed("e"), hirer="other")

    assert {key for key, status in acme_alone.items() if status == "removed"} == {
        "acme/b"
    }
    assert statuses(store) == acme_alone | {"other/f": "removed"}


def test_a_list_names_each_position_once(store: FailingStore) -> None:
    """Which of two entries is meant cannot be guessed."""
    with pytest.raises(MalformedError, match="entry 3: dev-1 is there twice"):
        run(store, listed(["DEV-1", "b", " dev-1"]))

    assert run(store, listed(["a", "b"]) + listed("a", hirer="acme")).added == 3


def test_of_a_job_told_twice_the_last_counts(
    store: FailingStore, writer: CatalogueWriter
) -> None:
    """Feeds list a job once per place; the report says how often."""
    report = run(store, xml("DEV-1", "b", "dev-1"))

    assert (report.positions, report.added, report.repeated) == (2, 2, 1)
    assert writer.get("dev-1").title == "dev-1"


def test_an_interrupted_import_is_finished_by_another(tmp_path: Path) -> None:
    """After any number of changes, what is found is true, and a rerun completes it."""
    for changes in count():
        store = FailingStore(tmp_path / str(changes))
        store.prepare()
        run(store, listed("abcd", aliases={"other": ["old"]}))
        store.changes_left = changes
        new = listed("abce", aliases={"other": ["new"]})
        with suppress(StoreUnavailableError):
            run(store, new)
        interrupted = store.changes_left < 0
        store.changes_left = 1_000_000
        halfway = StoredCatalogue(store)
        for name in ("old", "new"):
            for one in halfway.find(ReferenceKind.OTHER, name):
                assert one.aliases.other == (name,)

        run(store, new)

        found = StoredCatalogue(store).find(ReferenceKind.OTHER, "new")
        assert {one.reference for one in found} == set("abce")
        assert statuses(store) == dict.fromkeys("abce", "open") | {"d": "removed"}
        if not interrupted:
            break

    assert changes > 10


def test_a_hand_counts_while_an_import_runs(
    store: FailingStore, writer: CatalogueWriter
) -> None:
    """What a person closes after it was compared is not opened by its new title."""
    run(store, xml("a", "b", "c"))

    def close_once_compared(stage: str, done: int, total: int | None) -> None:
        if stage == "comparing" and done == total:
            writer.close("a")

    feed = read_feed(io.BytesIO(xml("a", "b").replace(">a</t", ">new</t").encode()))
    CatalogueImport(store, close_once_compared).run(feed, ImportOrder(source="test"))

    position = writer.get("a")
    assert (position.status, position.title) == (PositionStatus.CLOSED, "new")


def test_a_first_import_that_was_interrupted_is_none(store: FailingStore) -> None:
    """Half a catalogue must not make a board take the other half off line."""
    store.changes_left = 2

    with pytest.raises(StoreUnavailableError):
        run(store, listed("abcd"))

    assert not StoredCatalogue(store).imported()


def test_progress_is_told_by_stage(store: FailingStore) -> None:
    """Whoever waits sees each stage come to its end."""
    run(store, listed("abc"))
    heard: dict[str, tuple[int, int | None]] = {}

    CatalogueImport(
        store, lambda stage, done, total: heard.update({stage: (done, total)})
    ).run(read_feed(io.BytesIO(xml("a", "b").encode())), ImportOrder(source="test"))

    assert heard == {
        "reading": (2, None),
        "comparing": (3, 3),
        "writing": (2, 2),
        "removing": (1, 1),
    }
