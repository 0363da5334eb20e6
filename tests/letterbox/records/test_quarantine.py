"""Quarantine, over every store."""

import pytest

from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore
from letterbox.records.quarantine import StoredQuarantine

NAME = "0" * 64 + ".pdf"
BODY = b"%PDF-1.4 infected " * 100_000


@pytest.fixture(name="application_id")
def _application_id(area: str) -> str:
    return f"careerjet:{area.removesuffix('/')}"


def test_a_document_moved_to_quarantine_is_whole(
    store: ObjectStore, application_id: str
) -> None:
    """A scanner may be wrong: what it objects to is not lost."""
    quarantine = StoredQuarantine(store)
    store.put(keys.document(application_id, NAME), BODY)
    assert not quarantine.contains(application_id, NAME)

    quarantine.move(application_id, NAME)

    assert quarantine.contains(application_id, NAME)
    assert store.get(keys.quarantined(application_id, NAME)) == BODY
    assert names(store, application_id) == [keys.quarantined(application_id, NAME)]


def test_a_move_to_quarantine_that_was_killed_is_repeated(
    store: ObjectStore, application_id: str
) -> None:
    """Between the copy and the removal there are two; so when a board sends again."""
    store.put(keys.document(application_id, NAME), BODY)
    store.put(keys.quarantined(application_id, NAME), BODY)

    for _ in range(2):
        StoredQuarantine(store).move(application_id, NAME)

        assert names(store, application_id) == [keys.quarantined(application_id, NAME)]


def test_moving_an_absent_document_to_quarantine_is_harmless(
    store: ObjectStore, application_id: str
) -> None:
    """It was erased meanwhile: nothing of it may come back."""
    StoredQuarantine(store).move(application_id, NAME)

    assert names(store, application_id) == []


def names(store: ObjectStore, application_id: str) -> list[str]:
    """List what there is of an application."""
    return [found.key for found in store.list(keys.application(application_id))]
