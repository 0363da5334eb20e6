"""Which references boards asked for in vain: kept, bounded, and never waited for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterbox.catalogue.refused_references import RefusedReferenceCounter, load_refused
from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import ObjectStore
from tests.letterbox.failing import FailingStore

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_processes_add_up_what_they_counted(store: ObjectStore, area: str) -> None:
    """In every store, board by board."""
    del area
    for _ in range(2):
        refused = RefusedReferenceCounter(store)
        refused.note("careerjet", "X")
        refused.note("careerjet", "X")
        refused.note("other", "X")
        refused.flush()

    found = {(one.board, one.reference): one.times for one in load_refused(store)}

    assert found == {("careerjet", "X"): 4, ("other", "X"): 2}


def test_a_flood_of_references_fills_nothing(tmp_path: Path) -> None:
    """The latest are kept, and of each its beginning."""
    store = FailingStore(tmp_path)
    store.prepare()
    refused = RefusedReferenceCounter(store)

    for number in range(2000):
        refused.note("careerjet", f"{number}-{'x' * 5000}")
        if number % 500 == 0:
            refused.flush()
    refused.flush()

    found = list(load_refused(store))
    assert len(found) == 500
    assert found[0].reference.startswith("1999-")
    assert max(len(one.reference) for one in found) == 200
    assert store.stat(keys.refused_references("careerjet")).size < 300_000


@pytest.mark.parametrize("body", [b"", b"{]", b'{"refused": 1}'])
def test_unreadable_refused_references_are_begun_anew(
    tmp_path: Path, body: bytes
) -> None:
    """It is a help to people, and no record."""
    store = FailingStore(tmp_path)
    store.prepare()
    store.put(keys.refused_references("careerjet"), body)
    refused = RefusedReferenceCounter(store)

    refused.note("careerjet", "X")
    refused.flush()

    assert [one.reference for one in load_refused(store)] == ["X"]


def test_a_store_that_is_away_says_so_once_it_is_written(tmp_path: Path) -> None:
    """Noting itself never asks the store."""
    store = FailingStore(tmp_path)
    store.prepare()
    store.changes_left = 0
    refused = RefusedReferenceCounter(store)

    refused.note("careerjet", "X")

    with pytest.raises(StoreUnavailableError):
        refused.flush()


@pytest.mark.parametrize(
    "key",
    [
        keys.CATALOGUE_STATUS,
        keys.IMPORT_LEASE,
        keys.refused_references("careerjet"),
        keys.waiting_removals(None),
        keys.waiting_removals("acme/1"),
        keys.position("a", "acme", "0123456789abcdef"),
        keys.alias("other", "x", "a", None, "0123456789abcdef"),
    ],
)
def test_the_audit_knows_what_the_catalogue_keeps(key: str) -> None:
    """It is ours, and of no application."""
    found = placed(key)

    assert found
    assert found.place is Place.OTHER
