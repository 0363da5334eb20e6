"""``letterbox restore``, as it is typed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from letterbox.archive.archives import BagArchives
from letterbox.domain import keys
from letterbox.domain.application import Tombstone
from letterbox.domain.errors import (
    DamagedError,
    NotFoundError,
    RefusedError,
    StoreUnavailableError,
)
from letterbox.records.holds import StoredHolds
from letterbox.storage.directory import DirectoryStore
from letterbox_cli import restore
from tests.letterbox.archive.packing import invented, keep_open

RECORD = invented("careerjet:1")

Letterbox = Callable[..., Result]


@pytest.fixture(name="letterbox")
def _letterbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Letterbox:
    monkeypatch.setenv("LETTERBOX_STORE", f"file:{tmp_path / 'store'}")
    monkeypatch.delenv("COLUMNS", raising=False)
    app = typer.Typer()
    # With a command of its own, it takes this one by its name.
    app.callback()(lambda: None)
    restore.add_to(app)
    return lambda *given: CliRunner().invoke(app, [str(one) for one in given])


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> DirectoryStore:
    """Keep one application archived."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    keep_open(store, RECORD, {"source/1.json": b"{}"})
    BagArchives(store, StoredHolds(store)).pack(RECORD)
    return store


def snapshot(folder: Path) -> dict[Path, int]:
    """Tell what is in the folders of a store, and when it was last written."""
    return {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and "journal" not in path.parts
    }


def test_an_archive_is_unpacked_and_the_store_left_as_it_is(
    letterbox: Letterbox, store: DirectoryStore, tmp_path: Path
) -> None:
    """What is told is where it is, and how much; only the journal says who did it."""
    size = store.stat(keys.archive(RECORD.id)).size
    before = snapshot(tmp_path / "store")

    said = letterbox("restore", RECORD.id, "--to", tmp_path / "restored")

    assert said.exit_code == 0
    assert f"unpacked into {tmp_path / 'restored'}: 2 files" in said.stdout
    assert (tmp_path / "restored" / "data" / "source" / "1.json").read_text() == "{}"
    assert snapshot(tmp_path / "store") == before

    told = letterbox("restore", RECORD.id, "--to", tmp_path / "again", "--json")
    assert json.loads(told.stdout) == {
        "id": RECORD.id,
        "folder": str(tmp_path / "again"),
        "size": size,
        "files": 2,
    }


def test_what_is_not_archived_may_still_be_open(
    letterbox: Letterbox, store: DirectoryStore, tmp_path: Path
) -> None:
    """The message says where to look, and what was erased says so."""
    tombstone = Tombstone(reason="asked", removed_at=datetime.now(UTC))
    store.put(keys.tombstone("seek:2"), tombstone.model_dump_json().encode())

    unknown = letterbox("restore", "seek:1", "--to", tmp_path / "restored")
    erased = letterbox("restore", "seek:2", "--to", tmp_path / "restored")

    for said, words in [(unknown, "letterbox show seek:1"), (erased, "was erased")]:
        assert said.exit_code == 1
        assert isinstance(said.exception, NotFoundError)
        assert words in str(said.exception)
    assert not (tmp_path / "restored").exists()


def test_a_damaged_archive_is_not_unpacked(
    letterbox: Letterbox, store: DirectoryStore, tmp_path: Path
) -> None:
    """Half a restoration is worse than none."""
    store.put(keys.archive(RECORD.id), store.get(keys.archive(RECORD.id))[:-1])

    said = letterbox("restore", RECORD.id, "--to", tmp_path / "restored")

    assert said.exit_code == 1
    assert isinstance(said.exception, DamagedError)
    assert "nothing was unpacked" in str(said.exception)
    assert not (tmp_path / "restored").exists()


def test_a_folder_with_something_in_it_is_refused(
    letterbox: Letterbox, store: DirectoryStore, tmp_path: Path
) -> None:
    """Nothing of the operator's is mixed with it."""
    assert store.stat(keys.archive(RECORD.id))

    said = letterbox("restore", RECORD.id, "--to", tmp_path)

    assert said.exit_code == 1
    assert isinstance(said.exception, RefusedError)
    assert "not empty" in str(said.exception)


def test_wrong_usage_is_told_apart(letterbox: Letterbox, tmp_path: Path) -> None:
    """Exit code 2, for a folder that was not named or that is a file."""
    (tmp_path / "file").touch()

    assert letterbox("restore", RECORD.id).exit_code == 2
    assert letterbox("restore", RECORD.id, "--to", tmp_path / "file").exit_code == 2


def test_no_store_is_made(letterbox: Letterbox, tmp_path: Path) -> None:
    """A volume that is not mounted is not replaced by an empty folder."""
    said = letterbox("restore", RECORD.id, "--to", tmp_path / "restored")

    assert said.exit_code == 1
    assert isinstance(said.exception, StoreUnavailableError)
    assert list(tmp_path.iterdir()) == []
