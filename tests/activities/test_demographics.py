"""What a candidate is goes wherever the rest goes, in an object of its own."""

from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.errors import HeldError
from letterbox.domain.ports import ObjectStore
from tests.activities import crash_at_every_write_works as do

MARK = "what Ada Example is"


def apart(store: ObjectStore) -> list[str]:
    """List the objects in which it is told."""
    return [
        found.key for found in store.list("") if MARK.encode() in store.get(found.key)
    ]


def test_a_hold_keeps_what_a_candidate_is_and_an_erasure_removes_it(
    store: ObjectStore,
) -> None:
    """With all the rest, and no sooner."""
    do.make_held(store)
    with pytest.raises(HeldError):
        do.erase(store)
    held = apart(store)

    do.release_hold(store)
    do.erase(store)

    assert held == [keys.demographics(do.ID, 1)]
    assert apart(store) == []


def test_a_repeat_tells_nothing_new_and_a_conflict_has_an_object_of_its_own(
    store: ObjectStore,
) -> None:
    """The first stays as it was told; the second goes with its own view."""
    do.make_application(store)
    do.accept(store)
    do.take_over(store)
    repeated = apart(store)

    do.accept_another(store)
    do.take_over(store)

    assert repeated == [keys.demographics(do.ID, 1)]
    assert sorted(apart(store)) == sorted(
        keys.demographics(do.ID, view) for view in (1, 2)
    )


def test_it_is_a_file_of_its_own_in_the_archive(
    store: ObjectStore, tmp_path: Path
) -> None:
    """Whoever unpacks a bag can leave it out; nothing else in it tells."""
    do.make_archived(store)
    folder = tmp_path / "unpacked"

    do.records_of(store).archives.unpack(do.ID, folder)

    telling = [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and MARK.encode() in path.read_bytes()
    ]
    assert telling == ["demographics.json"]
    assert apart(store) == [keys.archive(do.ID)]
