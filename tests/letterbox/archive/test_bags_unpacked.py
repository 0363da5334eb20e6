"""Where archives are unpacked to: a free folder, all of it, and nobody else's."""

import stat
from pathlib import Path

import pytest

from letterbox.archive import bagit
from letterbox.archive.archives import BagArchives
from letterbox.domain import keys
from letterbox.domain.errors import RefusedError
from letterbox.records.holds import StoredHolds
from letterbox.storage.directory import DirectoryStore
from tests.letterbox.archive.packing import archive_of, described, directory, invented

RECORD = invented("careerjet:1")
KEY = keys.archive(RECORD.id)
RECORD_FILE = {bagit.RECORD: RECORD.model_dump_json().encode()}
BAG = described({**RECORD_FILE, "data/source/1.json": b"{}"})


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> DirectoryStore:
    return directory(tmp_path)


@pytest.fixture(name="archives")
def _archives(store: DirectoryStore) -> BagArchives:
    return BagArchives(store, StoredHolds(store))


@pytest.mark.parametrize("taken", ["file", "folder"])
def test_unpacking_into_a_folder_with_files_is_refused(
    store: DirectoryStore, archives: BagArchives, tmp_path: Path, taken: str
) -> None:
    """What is in it stays as it is."""
    store.put(KEY, archive_of(BAG))
    folder = tmp_path / "taken"
    if taken == "file":
        folder.write_bytes(b"mine")
    else:
        folder.mkdir()
        (folder / "mine").write_bytes(b"mine")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(RefusedError, match="folder"):
        archives.unpack(RECORD.id, folder)

    assert sorted(tmp_path.rglob("*")) == before


def test_an_archive_is_unpacked_into_an_empty_folder(
    store: DirectoryStore, archives: BagArchives, tmp_path: Path
) -> None:
    """It may be there already."""
    store.put(KEY, archive_of(BAG))
    (tmp_path / "empty").mkdir()

    archives.unpack(RECORD.id, tmp_path / "empty")

    assert (tmp_path / "empty" / bagit.RECORD).read_bytes() == BAG[bagit.RECORD]


@pytest.mark.parametrize("is_new", [True, False])
def test_unpacking_that_fails_leaves_no_files(
    store: DirectoryStore, archives: BagArchives, tmp_path: Path, *, is_new: bool
) -> None:
    """Half a bag is removed again: here a file lies where another has its folder."""
    good = {**RECORD_FILE, "data/z": b"", "data/z/below": b""}
    store.put(KEY, archive_of(described(good)))
    folder = tmp_path / "unpacked"
    if not is_new:
        folder.mkdir()

    with pytest.raises(RefusedError, match="cannot be written"):
        archives.unpack(RECORD.id, folder)

    assert folder.exists() is not is_new
    assert list(tmp_path.glob("unpacked/**/*")) == []


def test_unpacked_files_are_readable_by_their_owner_alone(
    store: DirectoryStore, archives: BagArchives, tmp_path: Path
) -> None:
    """An application is for the account that restores it."""
    store.put(KEY, archive_of(BAG))

    archives.unpack(RECORD.id, tmp_path / "unpacked")

    found = [tmp_path / "unpacked", *(tmp_path / "unpacked").rglob("*")]
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in found}
    assert modes == {0}
