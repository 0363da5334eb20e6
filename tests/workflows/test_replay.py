"""Histories that were recorded replay against today's code."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from workflows.application import Application
from workflows.inbox_sweep import InboxSweep
from workflows.seek_reconcile import SeekReconcile

HISTORIES = {
    path.stem: path.read_text()
    for path in sorted((Path(__file__).parents[1] / "histories").glob("*.json"))
}


def replayer() -> Replayer:
    """Build a replayer as ``letterbox replay`` does."""
    return Replayer(
        workflows=[Application, InboxSweep, SeekReconcile],
        data_converter=pydantic_data_converter,
    )


@pytest.mark.parametrize("name", HISTORIES)
async def test_what_was_recorded_replays(name: str) -> None:
    """An application that sleeps for 180 days survives our releases."""
    history = WorkflowHistory.from_json("recorded", HISTORIES[name])

    result = await replayer().replay_workflow(history, raise_on_replay_failure=False)

    assert result.replay_failure is None


async def test_another_order_of_steps_does_not_replay() -> None:
    """Prove that the test above can fail: the first two steps are swapped."""
    history = json.loads(HISTORIES["application-waiting"])
    markers = [
        event for event in history["events"] if "markerRecordedEventAttributes" in event
    ]
    name = "markerRecordedEventAttributes"
    markers[0][name], markers[1][name] = markers[1][name], markers[0][name]
    swapped = WorkflowHistory.from_json("swapped", history)

    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(swapped)
