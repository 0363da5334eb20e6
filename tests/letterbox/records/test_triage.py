"""What lists add to applications that wait for a person to choose their position."""

from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.application import PositionOpening, Source, Stage
from letterbox.domain.listing import Item
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.records.triage import with_triage
from letterbox.storage.directory import DirectoryStore
from tests.record_factory import record

ID = "careerjet:1"


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> ObjectStore:
    """Keep one application that waits for a person."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    source = Source(board="careerjet", board_id="1", job_reference="DEV-71")
    waiting = record(ID, position=PositionOpening(triage="ambiguous"))
    changes = {"source": source, "stage": Stage.TRIAGE}
    StoredApplications(store).update(waiting.model_copy(update=changes))
    return store


def listed(store: ObjectStore, stage: Stage = Stage.TRIAGE) -> Item:
    """List it, as Temporal knows it."""
    item = Item(id=ID, stage=stage, board="careerjet")
    [found] = with_triage(StoredApplications(store), [item])
    return found


def test_what_waits_has_the_boards_reference_and_the_reason(store: ObjectStore) -> None:
    """Without them a person would have to look at each application."""
    found = listed(store)

    assert (found.job_reference, found.triage) == ("DEV-71", "ambiguous")


def test_no_record_is_read_of_what_does_not_wait(store: ObjectStore) -> None:
    """A page of two hundred that are matched costs the store nothing."""
    found = listed(store, Stage.MATCHED)

    assert (found.job_reference, found.triage) == (None, None)


@pytest.mark.parametrize("body", [None, b"", b"{", "another's"])
def test_what_cannot_be_read_is_listed_all_the_same(
    body: bytes | str | None, store: ObjectStore
) -> None:
    """Lost, cut or foreign: the list is where a person sees that it is there."""
    if body is None:
        store.delete(keys.record(ID))
    elif isinstance(body, bytes):
        store.put(keys.record(ID), body)
    else:
        store.put(keys.record(ID), record("careerjet:2").model_dump_json().encode())

    assert listed(store).triage is None


def test_without_a_store_there_is_a_list_all_the_same(tmp_path: Path) -> None:
    """Temporal knows them without it."""
    assert listed(DirectoryStore(tmp_path / "nowhere")).id == ID
