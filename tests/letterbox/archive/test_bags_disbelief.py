"""A store is not believed: an archive is what it gives back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import pytest

from letterbox.archive.archives import BagArchives
from letterbox.domain import keys
from letterbox.domain.errors import DamagedError
from letterbox.records.holds import StoredHolds
from letterbox.storage.directory import DirectoryStore
from tests.letterbox.archive.packing import directory, invented, keep_open

FILES = {
    "source/1.json": b"{}",
    f"documents/{'a' * 64}.pdf": b"%PDF-1.4 the CV of Ada Example",
}


class OddStore(DirectoryStore):
    """A store that does something else with what it is given than to keep it."""

    def __init__(self, root: Path, oddity: Callable[[bytes], bytes | None]) -> None:
        super().__init__(root)
        self._oddity = oddity

    def put(self, key: str, body: bytes | BinaryIO, size: int | None = None) -> None:
        """Keep something else of an archive, or nothing."""
        if not isinstance(body, bytes) and key.startswith(keys.ARCHIVE):
            kept = self._oddity(body.read(size or 0))
            if kept is None:
                return
            body, size = kept, None
        super().put(key, body, size)


def _flip(body: bytes) -> bytes:
    return body.replace(b"the CV of", b"the DV of")


def _older(body: bytes) -> bytes:
    older = BytesIO()
    with TemporaryDirectory() as folder:
        store = directory(Path(folder))
        record = invented("careerjet:1")
        keep_open(store, record, {})
        BagArchives(store, StoredHolds(store)).pack(record)
        older.write(store.get(keys.archive(record.id)))
    assert older.getvalue() != body
    return older.getvalue()


@pytest.mark.parametrize(
    "oddity",
    [_flip, _older, lambda body: body[:-1], lambda _: b"", lambda _: None],
    ids=["flipped", "older", "short", "empty", "lost"],
)
def test_an_archive_is_read_back_before_packing_succeeds(
    tmp_path: Path, oddity: Callable[[bytes], bytes | None]
) -> None:
    """What does not come back as it was put is no archive, and the open copy stays."""
    store = OddStore(tmp_path / "store", oddity)
    store.prepare()
    record = invented("careerjet:1")
    keep_open(store, record, FILES)

    with pytest.raises(DamagedError):
        BagArchives(store, StoredHolds(store)).pack(record)

    listed = {one.key for one in store.list(keys.application(record.id))}
    assert len(listed) == len(FILES) + 1


class VanishingStore(DirectoryStore):
    """A store from which another removes what was listed."""

    @contextmanager
    def open(self, key: str) -> Iterator[Iterator[bytes]]:
        """Find it gone."""
        if "/documents/" in key:
            self.delete(key)
        with super().open(key) as chunks:
            yield chunks


def test_packing_fails_where_a_file_vanishes_meanwhile(tmp_path: Path) -> None:
    """Half of an application is no archive."""
    store = VanishingStore(tmp_path / "store")
    store.prepare()
    record = invented("careerjet:1")
    keep_open(store, record, FILES)

    with pytest.raises(DamagedError, match="gone"):
        BagArchives(store, StoredHolds(store)).pack(record)

    assert list(store.list(keys.ARCHIVE)) == []
