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

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.catalogue.feeds.read import read_feed
from letterbox.catalogue.imports.report import SAMPLES, ImportOrder, ImportReport
from letterbox.catalogue.imports.run import CatalogueImport
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.errors import MalformedError, RefusedError, StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position, PositionStatus, ReferenceKind
from tests.letterbox.failing import FailingStore

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
    store.changes_left = 8  # Three documents, the mark, its status and its lease.

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


TEN = "abcdefghij"


@pytest.mark.parametrize(
    ("feed", "order", "waiting"),
    [
        (listed("abcd"), {}, 6),
        ([], {}, 10),
        (xml(), {}, 10),
        (listed("vwxyz"), {}, 10),
        (listed("abcdef", status="removed"), {"partial": True}, 6),
        (listed("abcde", status="removed") + listed("fghi"), {}, 6),
    ],
    ids=range(6),
)
def test_removals_of_more_than_half_wait_unless_forced(
    store: FailingStore, feed: list[Any] | str, order: dict[str, Any], waiting: int
) -> None:
    """A feed that lost its jobs adds what it has; --force says it is right."""
    run(store, listed(TEN))

    report = run(store, feed, **order)
    meanwhile = statuses(store)
    forced = run(store, feed, force=True, **order)

    assert (report.removals_waiting, report.removed) == (waiting, 0)
    assert not report.is_fine
    assert set(TEN) <= {key for key, status in meanwhile.items() if status == "open"}
    assert forced.is_fine
    assert list(statuses(store).values()).count("removed") == waiting


def test_what_waits_is_removed_once_three_whole_feeds_agree(
    store: FailingStore,
) -> None:
    """What one of them names again begins anew; malformed or cut feeds do not count."""
    run(store, listed(TEN))

    first = run(store, listed("abc"))
    run(store, [*listed("abc"), {"title": "no reference"}])
    run(store, xml(*"abc")[:-7])
    second = run(store, listed("abcj"))
    third = run(store, listed("abc"))
    fourth = run(store, listed("abc"))
    left = statuses(store)
    fifth = run(store, listed("abc"))

    assert [one.removed for one in (first, second, third)] == [0, 0, 6]
    assert [one.removals_waiting for one in (first, second, third)] == [7, 6, 1]
    assert left["j"] == "open" or fourth.removed
    assert fourth.removed + fifth.removed == 1
    assert statuses(store) == dict.fromkeys("abc", "open") | dict.fromkeys(
        "defghij", "removed"
    )


def test_a_small_employer_replaces_its_job(store: FailingStore) -> None:
    """A single position does not wait, unless the feed is empty."""
    run(store, listed("a"))

    replaced = run(store, xml("b"))
    empty = run(store, xml())

    assert (replaced.added, replaced.removed, replaced.is_fine) == (1, 1, True)
    assert (empty.removed, empty.removals_waiting) == (0, 1)
    assert statuses(store) == {"a": "removed", "b": "open"}


def test_a_tiny_import_does_not_remove_a_small_catalogue_at_once(
    store: FailingStore,
) -> None:
    """What would go is named; samples make room for whatever comes."""
    run(store, listed("ab"))

    report = run(store, listed("c"))

    assert (report.removed, report.removals_waiting) == (0, 2)
    assert [note.reference for note in report.notes] == ["a", "b"]


def test_samples_make_room_for_the_first_real_catalogue(store: FailingStore) -> None:
    """The samples go, however small the catalogue is."""
    CatalogueImport(store, now=lambda: NOW).run(
        read_feed(io.BytesIO(json.dumps(listed("abcd")).encode())),
        ImportOrder(source=SAMPLES),
    )

    assert run(store, listed("e")).removed == 4


def test_removals_of_half_of_the_positions_do_not_wait(store: FailingStore) -> None:
    """Only more than half of the positions wait."""
    run(store, listed("abcd"))

    assert run(store, listed("ab")).removed == 2


@pytest.mark.parametrize("broken", ["<jobs><job/></jobs>", '[{"reference": ""}]'])
def test_a_feed_of_which_nothing_can_be_read_changes_nothing(
    store: FailingStore, broken: str
) -> None:
    """Not even when it is forced; then the catalogue is whole no more."""
    run(store, listed("abc"))

    with pytest.raises(MalformedError):
        run(store, broken, force=True)

    assert statuses(store) == dict.fromkeys("abc", "open")
    assert not StoredCatalogue(store, now=lambda: NOW).is_whole()


def test_a_feed_that_never_told_anything_makes_no_job_unknown(
    store: FailingStore,
) -> None:
    """After an empty first import, applications still go to triage."""
    report = run(store, xml(), force=True)

    assert report.positions == 0
    assert not StoredCatalogue(store).imported()


def test_a_position_closed_by_hand_stays_closed_after_an_import(
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
    """Of two entries the one that is more open counts, and the other is named."""
    twice = [*listed(["a", "b"]), {"reference": " a", "status": "closed"}]

    report = run(store, twice)

    [fault] = report.faults
    assert (report.added, report.repeated, report.mended) == (2, 1, 1)
    assert (fault.position, fault.reference) == (3, " a")
    assert statuses(store) == {"a": "open", "b": "open"}
    assert run(store, listed(["a", "b"]) + listed("a", hirer="acme")).is_fine


def test_of_a_job_told_twice_the_last_counts(
    store: FailingStore, writer: CatalogueWriter
) -> None:
    """Feeds list a job once per place; the report says how often."""
    feed = xml("DEV-1", "b", "DEV-1").replace("<title>DEV-1", "<title>first", 1)

    report = run(store, feed)

    assert (report.positions, report.added, report.repeated) == (2, 2, 1)
    assert writer.get("dev-1").title == "DEV-1"


@pytest.mark.parametrize("form", ["xml", "json"])
def test_references_that_differ_in_case_are_two_positions(
    store: FailingStore, writer: CatalogueWriter, form: str
) -> None:
    """Each is found by its own spelling, closed, removed and kept by itself."""
    both = ["aB3x", "Ab3X", "other"]
    report = run(store, xml(*both) if form == "xml" else listed(both))
    catalogue = StoredCatalogue(store)

    writer.close("aB3x")
    again = run(store, xml(*both) if form == "xml" else listed(both))

    assert report.added == 3
    [collision] = report.notes
    assert (collision.position, collision.reference) == (2, "Ab3X")
    [nurse] = catalogue.find(ReferenceKind.REFERENCE, "aB3x")
    [driver] = catalogue.find(ReferenceKind.REFERENCE, "Ab3X")
    assert (nurse.status, driver.status) == ("closed", "open")
    assert len(catalogue.find(ReferenceKind.REFERENCE, "ab3x")) == 2
    assert [one.reference for one in catalogue.find(ReferenceKind.REFERENCE, "OTHER")]
    assert again.unchanged == 3
    with pytest.raises(RefusedError, match="differ in case alone: 'Ab3X', 'aB3x'"):
        writer.get("AB3X")
    assert run(store, xml("aB3x", "other")).removed == 1
    assert statuses(store) == {"aB3x": "closed", "Ab3X": "removed", "other": "open"}


def test_aliases_that_differ_in_case_lead_to_their_own_position(
    store: FailingStore,
) -> None:
    """Two aliases in different case are two names, as references are."""
    run(store, [
        {"reference": "nurse", "aliases": {"other": ["aB3x"]}},
        {"reference": "driver", "aliases": {"other": ["Ab3X"]}},
    ])  # fmt: skip
    catalogue = StoredCatalogue(store)

    found = [
        [one.reference for one in catalogue.find(ReferenceKind.OTHER, name)]
        for name in ("aB3x", "Ab3X")
    ]

    assert [names[0] for names in found] == ["nurse", "driver"]
    assert [len(names) for names in found] == [1, 1]


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


def test_a_position_closed_by_hand_during_an_import_stays_closed(
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


def test_the_progress_of_an_import_is_reported_by_stage(store: FailingStore) -> None:
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
