"""Keeping, imports and changes by hand at the same moment do not undo each other."""

import io
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.catalogue.feeds.read import read_feed
from letterbox.catalogue.imports.lease import ImportLease
from letterbox.catalogue.imports.report import ImportOrder
from letterbox.catalogue.imports.run import CatalogueImport
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.errors import ImportBusyError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Aliases, Position, PositionStatus, ReferenceKind
from letterbox.storage.directory import DirectoryStore

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Interrupted(DirectoryStore):
    """Has something happen once, between the reading of a position and its writing."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.meanwhile: Callable[[], object] | None = None

    def get_version(self, key: str) -> tuple[bytes, str]:
        """Read, and then have it happen."""
        try:
            return super().get_version(key)
        finally:
            if self.meanwhile and key.startswith(keys.POSITIONS):
                happens, self.meanwhile = self.meanwhile, None
                happens()


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Interrupted:
    store = Interrupted(tmp_path / "store")
    store.prepare()
    return store


def run(store: ObjectStore, *entries: dict[str, str]) -> None:
    """Import a list."""
    feed = read_feed(io.BytesIO(json.dumps(entries).encode()))
    CatalogueImport(store, now=lambda: NOW).run(feed, ImportOrder(source="test"))


IMPORT = {"reference": "A", "title": "new"}


@pytest.mark.parametrize(
    ("by_hand", "status", "title"),
    [
        (lambda writer: writer.close("A"), "closed", "new"),
        (lambda writer: writer.remove("A"), "open", "new"),
        (
            lambda writer: writer.put(
                Position(reference="A", title="put", status=PositionStatus.CLOSED)
            ),
            "open",
            "new",
        ),
    ],
    ids=["close", "remove", "put"],
)
def test_an_import_looks_again_at_what_a_person_did(
    store: Interrupted,
    by_hand: Callable[[CatalogueWriter], object],
    status: str,
    title: str,
) -> None:
    """What is closed by hand while a feed is written stays closed."""
    writer = CatalogueWriter(DirectoryStore(store._root), lambda: NOW)  # noqa: SLF001
    writer.put(Position(reference="A", title="old"))
    store.meanwhile = lambda: by_hand(writer)

    run(store, IMPORT)

    found = writer.get("A")
    assert (found.status, found.title) == (status, title)


def test_a_removal_looks_again_at_what_a_person_did(store: Interrupted) -> None:
    """The close is not forgotten when the position leaves the feed."""
    writer = CatalogueWriter(DirectoryStore(store._root), lambda: NOW)  # noqa: SLF001
    run(store, IMPORT, {"reference": "B"})
    store.meanwhile = lambda: writer.close("B")

    run(store, IMPORT)

    found = writer.get("B")
    assert (found.status, found.closed_by_hand) == (PositionStatus.REMOVED, True)


def test_a_person_looks_again_at_what_an_import_did(store: Interrupted) -> None:
    """Closing by hand takes the title that came meanwhile."""
    other = DirectoryStore(store._root)  # noqa: SLF001
    CatalogueWriter(other).put(Position(reference="A", title="old"))
    store.meanwhile = lambda: run(other, IMPORT)

    CatalogueWriter(store, lambda: NOW).close("A")

    found = CatalogueWriter(other).get("A")
    assert (found.status, found.title) == (PositionStatus.CLOSED, "new")


def test_a_name_that_two_write_at_once_is_found(store: Interrupted) -> None:
    """Who drops an alias does not take another's pointer of that name away."""
    old = Position(reference="A", aliases=Aliases(other=("x",)))
    new = Position(reference="A", aliases=Aliases(other=("y",)))
    other = CatalogueWriter(DirectoryStore(store._root))  # noqa: SLF001
    other.put(old)

    def both() -> None:
        other.put(new)
        other.put(old)

    store.meanwhile = both

    CatalogueWriter(store).put(new)
    CatalogueWriter(store).put(old)

    assert StoredCatalogue(store).find(ReferenceKind.OTHER, "x") == (old,)


def test_many_who_put_close_and_import_lose_no_close(store: Interrupted) -> None:
    """Threads that do all of it at once leave what was closed by hand closed."""
    writer = CatalogueWriter(store, lambda: NOW)
    names = [str(number) for number in range(20)]
    run(store, *({"reference": name} for name in names))
    threads = [
        threading.Thread(target=lambda: [writer.close(name) for name in names]),
        threading.Thread(
            target=lambda: run(
                store, *({"reference": name, "title": "new"} for name in names)
            )
        ),
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = [writer.get(name) for name in names]
    assert {(one.status, one.title) for one in found} == {("closed", "new")}


def test_there_is_one_import_at_a_time(store: Interrupted) -> None:
    """The second is told so, and the catalogue is as whole as it was."""
    run(store, IMPORT)

    with ImportLease(store).held(), pytest.raises(ImportBusyError):
        run(store, IMPORT, {"reference": "B"})

    assert StoredCatalogue(store, now=lambda: NOW).is_whole()
    run(store, IMPORT, {"reference": "B"})


def test_an_import_whose_process_died_holds_up_the_next_for_a_moment_only(
    store: Interrupted,
) -> None:
    """Its lease runs out; and what this very process left behind is nobody's."""
    store.put(keys.IMPORT_LEASE, json.dumps({"owner": "x", "until": 1.0}).encode())
    run(store, IMPORT)
    store.put(keys.IMPORT_LEASE, b"no lease")
    run(store, IMPORT)

    assert CatalogueWriter(store).get("A")


def test_a_lease_is_renewed_for_as_long_as_it_is_held(store: Interrupted) -> None:
    """However long an import takes."""
    ended = threading.Event()
    holder = ImportLease(store, lasts=0.4, every=0.05)
    with holder.held():
        ended.wait(1.0)
        holder.check()
        with pytest.raises(ImportBusyError):
            ImportLease(store).held().__enter__()


@pytest.mark.parametrize("until", [4e9, 1e300, float("inf"), float("nan")])
def test_a_lease_by_a_clock_that_was_far_ahead_holds_up_nobody(
    until: float, store: Interrupted
) -> None:
    """No lease lasts that long: who wrote it had the time wrong, or is not ours."""
    lease = json.dumps({"owner": "x", "until": until})
    store.put(keys.IMPORT_LEASE, lease.encode())

    run(store, IMPORT)

    assert CatalogueWriter(store).get("A")
