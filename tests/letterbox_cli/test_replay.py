"""``letterbox replay``, as it is typed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from letterbox.domain.errors import MalformedError, RefusedError
from letterbox_cli.main import app
from tests.record_histories import HISTORIES

WAITING = min(HISTORIES.glob("*/application-waiting.json"))
_MARKER = "markerRecordedEventAttributes"

Replay = Callable[[Path], Result]


@pytest.fixture(name="replay")
def _replay() -> Replay:
    return lambda path: CliRunner().invoke(app, ["replay", str(path)])


def test_a_history_replays(replay: Replay) -> None:
    """It says so, and how long the history is."""
    said = replay(WAITING)

    assert said.exit_code == 0
    assert said.output == "application-waiting.json replays: 10 events\n"


def test_a_file_that_is_no_text_is_no_history(replay: Replay, tmp_path: Path) -> None:
    """As some shells write what a command prints: in UTF-16."""
    (tmp_path / "history.json").write_text(WAITING.read_text(), "utf-16")

    assert isinstance(replay(tmp_path / "history.json").exception, MalformedError)


def test_another_order_of_steps_does_not_replay(replay: Replay, tmp_path: Path) -> None:
    """The last two steps are swapped: today's code takes them otherwise."""
    history = json.loads(WAITING.read_text())
    *_, one, other = (event for event in history["events"] if _MARKER in event)
    one[_MARKER], other[_MARKER] = other[_MARKER], one[_MARKER]

    said = replay(_written(history, tmp_path))

    assert isinstance(said.exception, RefusedError)
    assert "the current code does not replay it" in str(said.exception)


def test_a_file_that_is_no_history_is_refused_with_advice(
    replay: Replay, tmp_path: Path
) -> None:
    """And how to get one."""
    said = replay(_written({"pages": []}, tmp_path))

    assert isinstance(said.exception, MalformedError)
    assert "temporal workflow show" in str(said.exception)


def _written(history: Any, folder: Path) -> Path:
    path = folder / "history.json"
    path.write_text(json.dumps(history))
    return path
