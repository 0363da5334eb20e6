"""What ends a worker is known by the mark that it left."""

from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.key_owners import Place, placed
from letterbox.records.applications import StoredApplications
from letterbox.storage.directory import DirectoryStore

ID = "careerjet:1"
NAME = f"{'ab' * 32}.bin"


class Away(DirectoryStore):
    """A store that goes away after the mark was put."""

    def delete(self, key: str) -> None:
        """Fail as a store does that is down."""
        raise StoreUnavailableError(f"delete {key[:5]}: EIO")


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> DirectoryStore:
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    return store


def test_a_look_that_ends_leaves_no_mark(store: DirectoryStore) -> None:
    """The next one may look again, and so on."""
    for _ in range(2):
        with StoredApplications(store).looking(ID, NAME) as may_look:
            assert may_look
            assert [one.key for one in store.list("")] == [keys.looking(ID, NAME)]

    assert not list(store.list(""))


def test_a_look_that_fails_leaves_no_mark(store: DirectoryStore) -> None:
    """An error is no death: whoever raised it lives to try again."""
    with pytest.raises(ZeroDivisionError), StoredApplications(store).looking(ID, NAME):
        raise ZeroDivisionError

    assert not list(store.list(""))


def test_a_look_that_never_ended_forbids_the_next(store: DirectoryStore) -> None:
    """The mark stays, since nobody knows better; audit knows whose it is."""
    key = keys.looking(ID, NAME)
    store.put(key, b"")

    for _ in range(2):
        with StoredApplications(store).looking(ID, NAME) as may_look:
            assert not may_look

    found = placed(key)
    assert found is not None
    assert found.place is Place.LOOKING


def test_a_store_that_goes_away_meanwhile_spoils_no_look(tmp_path: Path) -> None:
    """What was seen is seen; the mark goes with the application's folder."""
    store = Away(tmp_path / "store")
    store.prepare()

    with StoredApplications(store).looking(ID, NAME) as may_look:
        assert may_look
