"""``letterbox export``, as it is typed."""

import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from letterbox.domain import keys
from letterbox.domain.errors import NotFoundError, RefusedError, StoreUnavailableError
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from letterbox_cli import export
from tests.record_factory import record
from tests.support import free_port

Letterbox = Callable[..., Result]
ADDRESS = "ada@example.com"


@pytest.fixture(name="letterbox")
def _letterbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Letterbox:
    monkeypatch.setenv("LETTERBOX_STORE", f"file:{tmp_path / 'store'}")
    monkeypatch.setenv("LETTERBOX_DIGEST_KEY", "a key for tests")
    # Nobody is there: the store alone is asked.
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    app = typer.Typer()
    # With a command of its own, it takes this one by its name.
    app.callback()(lambda: None)
    export.add_to(app)
    return lambda to, address=ADDRESS: CliRunner().invoke(
        app, ["export", "--candidate", "-", "--to", str(to), "--json"], address
    )


@pytest.fixture(name="store", autouse=True)
def _store(tmp_path: Path) -> DirectoryStore:
    """Keep one application of a person."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    records = open_records(Settings(digest_key="a key for tests"), store)
    records.applications.update(records.candidates.mark(record("careerjet:1")))
    return store


def test_a_zip_is_written_that_only_its_owner_reads(
    letterbox: Letterbox, tmp_path: Path, store: DirectoryStore
) -> None:
    """And the journal has it, of each application."""
    to = tmp_path / "ada.zip"

    done = letterbox(to)

    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    assert printed["applications"] == ["careerjet:1"]
    assert printed["size"] == to.stat().st_size
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    with zipfile.ZipFile(to) as archive:
        assert "careerjet%3A1/application.json" in archive.namelist()
        history = json.loads(archive.read("careerjet%3A1/history.json"))
        readme = archive.read("README.txt").decode()
    assert history["items"][0]["event"] == "received"
    assert "Temporal does not answer" in history["notes"][0]
    assert "history.json of\n  careerjet:1" in readme
    assert "warning: the history of careerjet:1 may be incomplete" in done.stderr
    entries = [store.get(one.key) for one in store.list(keys.JOURNAL)]
    assert [json.loads(entry)["what"] for entry in entries] == ["candidate exported"]
    assert ADDRESS.encode() not in b"".join(entries)


def test_no_file_is_written_over_and_of_nobody_there_is_none(
    letterbox: Letterbox, tmp_path: Path
) -> None:
    """Nor is one left that could be taken for an answer."""
    taken, new = tmp_path / "taken.zip", tmp_path / "new.zip"
    taken.write_text("somebody's")

    over, nobody = letterbox(taken), letterbox(new, "nobody@example.com")
    nowhere = letterbox(tmp_path / "no folder" / "ada.zip")

    assert isinstance(over.exception, RefusedError)
    assert taken.read_text() == "somebody's"
    assert isinstance(nobody.exception, NotFoundError)
    assert not new.exists()
    assert isinstance(nowhere.exception, RefusedError)


def test_half_a_zip_is_removed_again(tmp_path: Path) -> None:
    """A store that goes away while it is read leaves no file behind."""
    to = tmp_path / "ada.zip"

    def chunks() -> Iterator[bytes]:
        yield b"PK"
        assert to.exists()
        raise StoreUnavailableError("the store is away")

    with pytest.raises(StoreUnavailableError):
        export.write_file(to, chunks())

    assert not to.exists()


def test_what_cannot_be_read_in_the_inbox_is_told(
    letterbox: Letterbox, tmp_path: Path, store: DirectoryStore
) -> None:
    """It may be the person's: the zip is there, and the command has not succeeded."""
    store.put(keys.inbox_record("careerjet:2", "f" * 64), b"no delivery")
    to = tmp_path / "ada.zip"

    done = letterbox(to)

    assert done.exit_code == 1
    assert "1 application in the inbox cannot be read" in done.stderr
    assert to.exists()
