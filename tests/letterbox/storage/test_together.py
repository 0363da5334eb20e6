"""What is put together, and which folders are synced for it, and when."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.storage.directory import DirectoryStore

ID = "careerjet:1"
FOLDER = keys.application(ID)
SOURCE = keys.source(ID, 1)
DOCUMENT = keys.document(ID, "a.pdf")

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="Linux tells what a descriptor is of"
)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> DirectoryStore:
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    return store


@pytest.fixture(name="synced")
def _synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what is synced from now on, below the store; a file as ``file``."""
    synced: list[str] = []
    sync, root = os.fsync, tmp_path / "store"

    def note(descriptor: int) -> None:
        sync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append(f"{path.relative_to(root)}/" if path.is_dir() else "file")

    monkeypatch.setattr(os, "fsync", note)
    return synced


def test_folders_are_synced_once_at_the_end_and_files_before_they_are_moved(
    store: DirectoryStore, synced: list[str]
) -> None:
    """Each folder that was made has its own entry synced too."""
    with store.together(FOLDER):
        store.put(SOURCE, b"as it came")
        store.put(DOCUMENT, b"%PDF")
        store.put(SOURCE, b"with the document's name")
        assert synced == ["file"] * 3

    folders = synced[3:]
    assert sorted(folders) == [
        "./",
        "applications/",
        FOLDER,
        f"{FOLDER}documents/",
        f"{FOLDER}source/",
    ]
    assert store.get(SOURCE) == b"with the document's name"


def test_what_a_try_that_was_cut_short_has_put_is_synced_by_the_next(
    store: DirectoryStore, synced: list[str]
) -> None:
    """The next try finds it in its place, and does not put it again."""
    with suppress(ZeroDivisionError), store.together(FOLDER):
        store.put(DOCUMENT, b"%PDF")
        raise ZeroDivisionError
    assert synced == ["file"]

    with store.together(FOLDER), store.open(DOCUMENT):
        pass

    assert sorted(synced[1:]) == [
        "./",
        "applications/",
        FOLDER,
        f"{FOLDER}documents/",
    ]


def test_a_put_elsewhere_or_afterwards_is_durable_at_once(
    store: DirectoryStore, synced: list[str]
) -> None:
    """A hold, say, which nothing at the end of the block would sync."""
    with store.together(FOLDER):
        store.put(keys.hold(ID), b"{}")
        assert "holds/" in synced
    synced.clear()

    store.put(keys.record(ID), b"{}")
    store.put(keys.record(ID), b"{}")

    assert synced[-2:] == ["file", FOLDER]


def test_nothing_is_made_of_a_folder_that_is_not_there(
    store: DirectoryStore, synced: list[str]
) -> None:
    """An application that has ended meanwhile has none any more."""
    with store.together(FOLDER):
        pass

    assert synced == []
    assert list(store.list("")) == []


def test_what_is_dropped_is_gone_and_costs_no_sync(
    store: DirectoryStore, synced: list[str]
) -> None:
    """Nor does it leave an empty folder; twice is no error."""
    store.put(DOCUMENT, b"%PDF")
    synced.clear()

    store.drop(DOCUMENT)
    store.drop(DOCUMENT)

    assert synced == []
    assert list(store.list("")) == []


def test_a_file_in_the_place_of_a_folder_fails_no_step_that_only_looks_there(
    store: DirectoryStore, synced: list[str]
) -> None:
    """Somebody has put it there: a document that is not found is missing."""
    store.put(f"{FOLDER}documents", b"somebody's")
    synced.clear()

    with store.together(FOLDER), suppress(FileNotFoundError):
        store.get(DOCUMENT)

    assert FOLDER in synced
