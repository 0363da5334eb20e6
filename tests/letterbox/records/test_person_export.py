"""A person's zip: read while the store changes, and however much there is."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.history import History
from letterbox.domain.journal_actions import JournalAction
from letterbox.journal.writer import Journal
from letterbox.records.person_export import PersonExport
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.record_factory import attachment, record

_MIB = 1024 * 1024
NAME = f"{'a' * 64}.pdf"
ID = "careerjet:1"


def filled(store: DirectoryStore, cv: bytes = b"the CV") -> None:
    """Have one application, with its CV, and no other object."""
    store.prepare()
    store.put(keys.document(ID, NAME), cv)
    store.put(keys.record(ID), record(ID, attachment(NAME)).model_dump_json().encode())


def test_what_is_archived_while_it_is_read_is_in_the_zip(tmp_path: Path) -> None:
    """The archive is looked for last: it has what the open copy had."""

    class Archiving(DirectoryStore):
        def list(self, prefix: str) -> Iterator:  # type: ignore[type-arg]
            listed = list(super().list(prefix))
            if prefix == keys.application(ID) and not self.is_done:
                self.is_done = True
                records = open_records(Settings(), self)
                kept = records.applications.find(ID)
                assert kept
                records.archives.pack(kept.model_copy(update={"stage": Stage.ARCHIVED}))
                records.removal.delete_open_copy(ID)
            return iter(listed)

        is_done = False

    store = Archiving(tmp_path)
    filled(store)

    body = b"".join(PersonExport(store).chunks({ID: None}))

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        index = json.loads(archive.read("index.json"))
        names = archive.namelist()
    assert "careerjet%3A1/archive.zip" in names
    assert f"documents/{NAME}" in index["applications"][0]["missing"]


def test_a_store_that_goes_away_leaves_no_zip_that_opens(tmp_path: Path) -> None:
    """Half of what is held must not look like all of it."""

    class Failing(DirectoryStore):
        @contextmanager
        def open(self, key: str) -> Iterator[Iterator[bytes]]:
            with super().open(key) as chunks:
                yield failing(chunks) if "/documents/" in key else chunks

    def failing(chunks: Iterator[bytes]) -> Iterator[bytes]:
        yield next(chunks)
        raise StoreUnavailableError("the store is away")

    store = Failing(tmp_path)
    filled(store)
    body: list[bytes] = []

    with pytest.raises(StoreUnavailableError):
        body.extend(PersonExport(store).chunks({ID: None}))

    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(body)))


def test_memory_does_not_depend_on_how_much_there_is(tmp_path: Path) -> None:
    """A document passes in pieces."""
    store = DirectoryStore(tmp_path)
    filled(store, bytes(64 * _MIB))
    chunks = PersonExport(store).chunks({ID: None}, unreadable=2)
    tracemalloc.start()
    try:
        size = sum(map(len, chunks))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert size > 0
    assert peak < 8 * _MIB


def test_no_piece_reads_much_of_the_journal(tmp_path: Path) -> None:
    """What is waited for is limited by the piece: a long journal is many of them."""

    class Counting(DirectoryStore):
        read = 0

        def get(self, key: str) -> bytes:
            self.read += 1
            return super().get(key)

    store = Counting(tmp_path)
    filled(store)
    journal = Journal(store)
    for _ in range(50):
        journal.write(
            JournalAction.READ, operator="ann", by="desk: ann", application=ID
        )
    reads = [0]
    for piece in PersonExport(store).chunks({ID: None}):
        reads.append(store.read)
        assert piece is not None

    assert reads[-1] >= 50
    assert max(after - before for before, after in pairwise(reads)) <= 2


def test_the_readme_says_what_may_be_missing(tmp_path: Path) -> None:
    """An inbox that cannot be read may hold something of the person."""
    store = DirectoryStore(tmp_path)
    filled(store)

    body = b"".join(PersonExport(store).chunks({ID: None}, unreadable=2))

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        readme = archive.read("README.txt").decode()
        index = json.loads(archive.read("index.json"))
    assert "2 applications that wait in the inbox cannot be read" in readme
    assert index["unreadable"] == 2


def test_the_readme_names_what_not_everybody_could_be_asked_about(
    tmp_path: Path,
) -> None:
    """Half of a history must not look like all of it."""
    store = DirectoryStore(tmp_path)
    filled(store)
    known = History(id=ID, stage=Stage.MATCHED, archive_by=None, items=())
    partly = known.model_copy(update={"notes": ("Temporal does not answer",)})

    readmes = [_readme({ID: history}, store) for history in (known, partly, None)]

    assert [f"history.json of\n  {ID}\n" in readme for readme in readmes] == [
        False,
        True,
        True,
    ]


def _readme(histories: dict[str, History | None], store: DirectoryStore) -> str:
    body = b"".join(PersonExport(store).chunks(histories))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return archive.read("README.txt").decode()
