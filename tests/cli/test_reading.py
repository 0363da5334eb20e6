"""Commands that only read leave no trace where there is no store."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.errors import StoreUnavailableError


@pytest.mark.parametrize(
    "arguments",
    [("show", "careerjet:1"), ("positions", "show", "DEV-17"), ("positions", "list")],
)
@pytest.mark.usefixtures("environment")
def test_a_store_that_is_not_there_is_not_made(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """A volume may not be mounted: an empty store would hide it."""
    told = CliRunner().invoke(app, arguments)

    assert isinstance(told.exception, StoreUnavailableError)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("environment")
def test_what_writes_makes_it(tmp_path: Path) -> None:
    """Positions may be imported before anything else was ever done."""
    (tmp_path / "positions.json").write_text('[{"reference": "DEV-17"}]')

    imported = CliRunner().invoke(app, ["positions", "import", "positions.json"])
    shown = CliRunner().invoke(app, ["positions", "show", "dev-17", "--json"])

    assert (imported.exit_code, shown.exit_code) == (0, 0)
