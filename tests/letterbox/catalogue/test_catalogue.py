"""The catalogue as it is read, and as a person changes it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letterbox.catalogue.changes import CatalogueWriter, mark
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.errors import (
    DamagedError,
    NotFoundError,
    RefusedError,
    StoreUnavailableError,
)
from letterbox.domain.ports import ObjectStore, StoredObject
from letterbox.domain.positions import (
    Aliases,
    Position,
    PositionStatus,
    ReferenceKind,
    normalise,
)
from letterbox.storage.directory import DirectoryStore

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DEV = Position(
    reference="DEV-17",
    title="Developer",
    aliases=Aliases(profile=("P 1",), opening=("o1", "o2"), other=("alias/ä",)),
)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.seconds


class CountingStore(DirectoryStore):
    """Counts how often it was asked for a listing or a description."""

    asked = 0

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Count, and list."""
        self.asked += 1
        return super().list(prefix)

    def stat(self, key: str) -> StoredObject:
        """Count, and describe."""
        self.asked += 1
        return super().stat(key)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> CountingStore:
    store = CountingStore(tmp_path / "store")
    store.prepare()
    return store


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="catalogue")
def _catalogue(folder: CountingStore, clock: Clock) -> StoredCatalogue:
    return StoredCatalogue(folder, entries=3, monotonic=clock)


@pytest.fixture(name="writer")
def _writer(folder: CountingStore) -> CatalogueWriter:
    return CatalogueWriter(folder, lambda: NOW)


def test_every_store_keeps_a_catalogue(unprepared: ObjectStore) -> None:
    """What was put is found by each of its names, and in no other way."""
    unprepared.prepare()
    catalogue = StoredCatalogue(unprepared, timedelta(0))
    before = catalogue.imported(), catalogue.find(ReferenceKind.REFERENCE, "dev-17")

    CatalogueWriter(unprepared).put(DEV)

    assert before == (False, ())
    assert not catalogue.imported()
    assert not catalogue.is_whole()
    for kind, name in [
        (ReferenceKind.REFERENCE, " dev-17 "),
        (ReferenceKind.PROFILE, "p  1"),
        (ReferenceKind.OPENING, "O1"),
        (ReferenceKind.OPENING, "o2"),
        (ReferenceKind.OTHER, "ALIAS/Ä"),
    ]:
        assert catalogue.find(kind, name) == (DEV,)
    assert catalogue.find(ReferenceKind.OTHER, "o1") == ()
    assert catalogue.find(ReferenceKind.REFERENCE, "dev-1") == ()


def test_all_hirers_and_statuses_are_found(
    catalogue: StoredCatalogue, writer: CatalogueWriter
) -> None:
    """Who asks judges; a reference is every hirer's own."""
    offered = [
        Position(reference="r", hirer="a/b", status=PositionStatus.REMOVED),
        Position(reference="R", hirer="acme", status=PositionStatus.CLOSED),
        Position(reference="r"),
    ]
    for position in offered:
        writer.put(position)

    found = catalogue.find(ReferenceKind.REFERENCE, "r")

    assert sorted(found, key=str) == sorted(offered, key=str)


@pytest.mark.parametrize("name", ["", " ", ".", "..", "/", "a/../b", "\0", "x" * 5000])
def test_a_reference_of_any_characters_can_be_looked_up(
    name: str, catalogue: StoredCatalogue
) -> None:
    """A board may say anything."""
    assert catalogue.find(ReferenceKind.REFERENCE, name) == ()
    assert catalogue.find(ReferenceKind.OTHER, name) == ()


def test_what_was_found_or_not_is_remembered_for_a_moment(
    catalogue: StoredCatalogue,
    writer: CatalogueWriter,
    folder: CountingStore,
    clock: Clock,
) -> None:
    """The store is asked again only when a change must be seen."""
    first = catalogue.imported(), catalogue.find(ReferenceKind.REFERENCE, "DEV-17")
    writer.put(DEV)
    mark(folder, NOW, positions=1, source="test")
    folder.asked = 0

    clock.seconds += 1.9
    remembered = catalogue.imported(), catalogue.find(ReferenceKind.REFERENCE, "dev-17")
    asked = folder.asked
    clock.seconds += 0.2
    fresh = catalogue.imported(), catalogue.find(ReferenceKind.REFERENCE, "DEV-17")

    assert (first, remembered, asked) == ((False, ()), (False, ()), 0)
    assert fresh == (True, (DEV,))


def test_a_slow_read_is_as_old_as_its_beginning(
    folder: CountingStore, writer: CatalogueWriter
) -> None:
    """What changed while the store was read is seen as soon as any other change."""
    times = iter([0.0, 2.5])
    catalogue = StoredCatalogue(folder, monotonic=lambda: next(times))
    catalogue.find(ReferenceKind.REFERENCE, "dev-17")
    writer.put(DEV)

    assert catalogue.find(ReferenceKind.REFERENCE, "dev-17") == (DEV,)


def test_the_catalogues_memory_is_bounded(
    catalogue: StoredCatalogue, folder: CountingStore
) -> None:
    """A board that asks for ever new names fills no memory: the oldest goes."""
    for name in "abcd":
        catalogue.find(ReferenceKind.REFERENCE, name)
    folder.asked = 0

    for name in "bcd":
        catalogue.find(ReferenceKind.REFERENCE, name)
    remembered = folder.asked
    catalogue.find(ReferenceKind.REFERENCE, "a")

    assert (remembered, folder.asked) == (0, 1)


def test_many_threads_share_a_catalogue(
    catalogue: StoredCatalogue, writer: CatalogueWriter
) -> None:
    """Asking at once, with a memory too small for all, gives everyone the truth."""
    for name in "abcdef":
        writer.put(Position(reference=name))

    with ThreadPoolExecutor(8) as pool:
        names = list("abcdef" * 100)
        found = pool.map(lambda n: catalogue.find(ReferenceKind.REFERENCE, n), names)

    assert [one.reference for (one,) in found] == names


def test_a_store_that_fails_is_not_an_empty_one(unreachable: ObjectStore) -> None:
    """Callers must be able to tell: nobody is refused over it."""
    catalogue = StoredCatalogue(unreachable)

    with pytest.raises(StoreUnavailableError):
        catalogue.imported()
    with pytest.raises(StoreUnavailableError):
        catalogue.find(ReferenceKind.REFERENCE, "a")


def test_a_document_that_is_not_understood_is_not_an_absent_one(
    catalogue: StoredCatalogue, folder: CountingStore
) -> None:
    """A board must not take the job off line for our broken file."""
    folder.put(keys.position("a", None), b'{"reference"')

    with pytest.raises(DamagedError, match=r"positions/references/a/any"):
        catalogue.find(ReferenceKind.REFERENCE, "a")


def test_a_pointer_that_leads_nowhere_is_passed_over(
    catalogue: StoredCatalogue, folder: CountingStore, writer: CatalogueWriter
) -> None:
    """A crash may leave pointers to what is gone, or to what dropped the name."""
    writer.put(DEV)
    folder.put(keys.alias("other", "old", "dev-17", None), b'{"reference":"dev-17"}')
    folder.put(keys.alias("other", "old", "gone", None), b'{"reference":"gone"}')

    assert catalogue.find(ReferenceKind.OTHER, "old") == ()


def test_putting_again_replaces_the_names(
    catalogue: StoredCatalogue, folder: CountingStore, writer: CatalogueWriter
) -> None:
    """A name that a position dropped is free, and leaves nothing behind."""
    writer.put(DEV)

    writer.put(DEV.model_copy(update={"aliases": Aliases(opening=("o2", "o3"))}))

    assert catalogue.find(ReferenceKind.OPENING, "o1") == ()
    assert len(catalogue.find(ReferenceKind.OPENING, "o2")) == 1
    assert len(catalogue.find(ReferenceKind.OPENING, "o3")) == 1
    assert len(list(folder.list("positions/aliases/"))) == 2


def test_a_person_closes_opens_and_removes(writer: CatalogueWriter) -> None:
    """Each change answers with the position as it is now."""
    writer.put(DEV)

    closed = writer.close(" dev-17")
    opened = writer.open("DEV-17")
    removed = writer.remove("DEV-17")

    assert closed == DEV.closed(NOW)
    assert opened == DEV
    assert removed == writer.get("dev-17") == DEV.removed()


@pytest.mark.parametrize("reference", ["unheard", "", " ", ".."])
def test_an_unknown_position_cannot_be_changed(
    reference: str, writer: CatalogueWriter
) -> None:
    """Nothing is made by closing it."""
    writer.put(DEV)

    for change in (writer.get, writer.close, writer.open, writer.remove):
        with pytest.raises(NotFoundError):
            change(reference)
        with pytest.raises(NotFoundError):
            change("dev-17", "acme")


def test_among_several_hirers_one_must_be_named(writer: CatalogueWriter) -> None:
    """The error says whose there are; the empty name is the position of no hirer."""
    for hirer in ("acme", "other", None):
        writer.put(Position(reference="r", hirer=hirer))

    with pytest.raises(RefusedError, match=r"'', 'acme', 'other'.*--hirer"):
        writer.close("r")
    writer.close("r", "acme")
    writer.close("r", "")

    statuses = [writer.get("r", hirer).status for hirer in ("acme", "other", "")]
    assert statuses == ["closed", "open", "closed"]


@settings(max_examples=30, deadline=None)
@given(
    reference=st.text(min_size=1, max_size=300).filter(normalise),
    hirer=st.none() | st.text(min_size=1, max_size=300),
    alias=st.text(min_size=1, max_size=300).filter(normalise),
)
def test_a_position_is_found_by_any_of_its_names(
    tmp_path_factory: pytest.TempPathFactory,
    reference: str,
    hirer: str | None,
    alias: str,
) -> None:
    """However odd or long names are, they lead to their position."""
    store = DirectoryStore(tmp_path_factory.mktemp("store"))
    store.prepare()
    position = Position(
        reference=reference, hirer=hirer, aliases=Aliases(other=(alias,))
    )

    CatalogueWriter(store).put(position)

    catalogue = StoredCatalogue(store)
    assert catalogue.find(ReferenceKind.REFERENCE, reference) == (position,)
    assert catalogue.find(ReferenceKind.OTHER, alias) == (position,)
