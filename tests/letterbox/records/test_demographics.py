"""What people are is kept apart from what they sent, and goes with all the rest."""

import json
from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.submission import Submission
from letterbox.records.applications import StoredApplications
from letterbox.storage.directory import DirectoryStore
from tests.letterbox.boards.posts import NOW

CANARY = "canary-of-what-she-is"


def submission(demographics: str | None) -> Submission:
    """Make a submission that tells what its candidate is."""
    return Submission(
        application_id="indeed:1",
        board="indeed",
        board_id="1",
        fingerprint="ab" * 32,
        received_at=NOW,
        said={"id": "1"},
        demographics=demographics,
    )


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> DirectoryStore:
    store = DirectoryStore(tmp_path)
    store.prepare()
    return store


def test_demographic_answers_have_an_object_of_their_own(store: DirectoryStore) -> None:
    """The source, which people look at, has none of them."""
    applications = StoredApplications(store)

    applications.save_view(submission(CANARY), 1)
    applications.save_view(submission(CANARY + "2"), 2)

    holding = [
        key.key for key in store.list("") if CANARY.encode() in store.get(key.key)
    ]
    assert sorted(holding) == [
        "applications/indeed:1/demographics-2.json",
        "applications/indeed:1/demographics.json",
    ]
    assert applications.view("indeed:1", 1).demographics is None
    assert applications.demographics("indeed:1", 1) == CANARY
    assert applications.demographics("indeed:1", 3) is None


def test_a_view_that_tells_none_makes_no_object(store: DirectoryStore) -> None:
    """Most of them do not."""
    StoredApplications(store).save_view(submission(None), 1)

    source = json.loads(store.get(keys.source("indeed:1", 1)))
    assert [found.key for found in store.list("")] == [keys.source("indeed:1", 1)]
    assert source["demographics"] is None
