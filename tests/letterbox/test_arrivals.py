"""What `letterbox watch` shows while Temporal is away: the inbox."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from letterbox.arrivals import Arrivals
from letterbox.domain.application import Stage
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from letterbox.temporal.client import connect
from tests.factories import careerjet
from tests.older_inbox import Accept, accept_as_before, accept_today
from tests.support import free_port


@pytest.mark.parametrize("accept", [accept_today, accept_as_before])
async def test_what_waits_in_the_inbox_is_shown_by_its_id(
    accept: Accept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by its folder; once; and what somebody else has put there not at all."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    store, troubles = DirectoryStore(tmp_path / "store"), list[str]()
    store.prepare()
    tell: Callable[[str], None] = troubles.append
    arrivals = Arrivals(
        client=await connect(Settings(), lazy=True),
        task_queue="letterbox",
        store=store,
        applications=StoredApplications(store),
        on_trouble=tell,
    )
    began = datetime.now(UTC) - timedelta(minutes=1)
    submission, contents = careerjet("1")
    accept(store, submission, contents)
    store.put("inbox/00/notes.txt", b"")

    first = [arrival async for arrival in arrivals.since(began)]
    again = [arrival async for arrival in arrivals.since(began)]

    assert [(one.id, one.board, one.stage) for one in first] == [
        ("careerjet:1", "careerjet", Stage.RECEIVED)
    ]
    assert again == []
    assert len(troubles) == 1
