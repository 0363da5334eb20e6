"""Commands that only read leave no trace where there is no store."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from letterbox.domain import keys
from letterbox.domain.application import Tombstone
from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.directory import DirectoryStore
from letterbox_cli.main import app


@pytest.mark.parametrize(
    "arguments",
    [("show", "careerjet:1"), ("positions", "show", "DEV-17"), ("positions", "list")],
)
@pytest.mark.usefixtures("environment")
def test_commands_that_read_do_not_create_a_store(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """A volume may not be mounted: an empty store would hide it."""
    result = CliRunner().invoke(app, arguments)

    assert isinstance(result.exception, StoreUnavailableError)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("environment")
def test_commands_that_write_create_the_store(tmp_path: Path) -> None:
    """Positions may be imported before anything else was ever done."""
    (tmp_path / "positions.json").write_text('[{"reference": "DEV-17"}]')

    imported = CliRunner().invoke(app, ["positions", "import", "positions.json"])
    shown = CliRunner().invoke(app, ["positions", "show", "dev-17", "--json"])

    assert (imported.exit_code, shown.exit_code) == (0, 0)


@pytest.mark.usefixtures("environment")
def test_show_tells_when_and_why_an_application_was_erased(tmp_path: Path) -> None:
    """A person who looks for it wants to know who asked for that."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    at = datetime(2026, 11, 30, 7, 41, tzinfo=UTC)
    tombstone = Tombstone(reason="request 17", by="jane.doe", removed_at=at, removed=3)
    store.put(keys.tombstone("careerjet:1"), tombstone.model_dump_json().encode())

    shown = CliRunner().invoke(app, ["show", "careerjet:1"])
    as_json = CliRunner().invoke(app, ["show", "careerjet:1", "--json"])

    assert shown.stdout == (
        "id               careerjet:1\n"
        "stage            erased\n"
        "removed at       2026-11-30 07:41 UTC\n"
        "by               jane.doe\n"
        "reason           request 17\n"
        "objects removed  3\n"
    )
    told = json.loads(as_json.stdout)
    assert (told["id"], told["stage"]) == ("careerjet:1", "erased")
    assert told["record"] is None
    assert told["tombstone"] == json.loads(tombstone.model_dump_json())


@pytest.mark.usefixtures("environment")
def test_show_of_a_damaged_archive_says_where_it_lies(tmp_path: Path) -> None:
    """It is all that is left of the application; the audit says what to do."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    store.put(keys.archive("careerjet:1"), b"PK cut off")

    shown = CliRunner().invoke(app, ["show", "careerjet:1"])
    as_json = CliRunner().invoke(app, ["show", "careerjet:1", "--json"])

    assert "cannot be read: see `letterbox audit`" in shown.stdout
    told = json.loads(as_json.stdout)
    assert (told["stage"], told["record"]) == ("archived", None)
    assert told["archive"].endswith("store/archive/careerjet:1.zip")
