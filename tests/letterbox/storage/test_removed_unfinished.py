"""A put whose bytes an erasure removes before they are in their place."""

import os
from io import BytesIO
from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.directory import DirectoryStore

ID = "careerjet:1"


class Interrupted(BytesIO):
    """A body at whose end all of its application is removed."""

    def __init__(self, store: DirectoryStore, body: bytes) -> None:
        super().__init__(body)
        self._store = store

    def read(self, size: int | None = -1, /) -> bytes:
        """Read on."""
        data = super().read(size)
        self._store.remove_unfinished(keys.application(ID).rstrip("/"))
        self._store.remove_below(keys.application(ID))
        return data


def test_a_put_that_was_removed_leaves_not_even_a_folder(tmp_path: Path) -> None:
    """The id of an erased application would be there for good, in no list."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    body = Interrupted(store, b"of a candidate")

    with pytest.raises(StoreUnavailableError):
        store.put(keys.document(ID, "a.pdf"), body, 14)

    assert not (tmp_path / "store" / keys.APPLICATIONS).exists()
    assert list((tmp_path / "store" / ".tmp").iterdir()) == []


def test_nor_does_one_that_is_removed_while_its_folders_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two calls of the system."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    make = os.mkdir

    def make_too_late(path: str, mode: int) -> None:
        store.remove_unfinished(keys.application(ID).rstrip("/"))
        make(path, mode)

    monkeypatch.setattr(os, "mkdir", make_too_late)

    with pytest.raises(StoreUnavailableError):
        store.put(keys.document(ID, "a.pdf"), b"of a candidate")

    assert not (tmp_path / "store" / keys.APPLICATIONS).exists()
