"""What a candidate is: no command prints it."""

import pytest
from typer.testing import CliRunner

from letterbox.resources import open_store
from letterbox.settings import load_settings
from letterbox_cli.main import app
from tests.activities import crash_at_every_write_works as do
from tests.support import free_port


@pytest.mark.parametrize("is_archived", [False, True], ids=["open", "archived"])
def test_no_command_prints_what_a_candidate_is(
    environment: pytest.MonkeyPatch, *, is_archived: bool
) -> None:
    """Neither for people nor for programs, open or archived."""
    environment.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    store = open_store(load_settings())
    store.prepare()
    (do.make_archived if is_archived else do.make_application)(store)
    runner = CliRunner()

    said = [
        runner.invoke(app, words).output
        for command in ("show", "history")
        for words in ([command, do.ID], [command, do.ID, "--json"])
    ]

    assert all(do.ID in one for one in said)
    assert "race" not in "".join(said)
    assert "what Ada Example is" not in "".join(said)
