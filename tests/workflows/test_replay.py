"""Histories that were recorded replay against today's code."""

from importlib.metadata import version

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from letterbox.temporal.converter import DATA_CONVERTER
from tests.history_scenarios import LIVES
from tests.record_histories import recorded, told_of_people
from tests.workflows.changed import Patched, Unpatched
from tests.workflows.sandbox_runner import QuickSandboxRunner
from worker import WORKFLOWS

HISTORIES = recorded()
OPEN = [name for name in HISTORIES if name.endswith("-waiting")]


async def failure(name: str, *workflows: type) -> Exception | None:
    """Replay in the sandbox, as ``letterbox replay`` does; return why it cannot be."""
    replayer = Replayer(
        workflows=workflows,
        data_converter=pydantic_data_converter,
        workflow_runner=QuickSandboxRunner(),
    )
    result = await replayer.replay_workflow(
        HISTORIES[name], raise_on_replay_failure=False
    )
    return result.replay_failure


@pytest.mark.parametrize("name", HISTORIES)
async def test_what_was_recorded_replays(name: str) -> None:
    """An application that sleeps for 180 days survives our releases."""
    assert await failure(name, *WORKFLOWS) is None


async def test_workers_replay_what_was_recorded() -> None:
    """They run workflows without the sandbox in which the tests run them."""
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=DATA_CONVERTER,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    for name, history in HISTORIES.items():
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)

        assert result.replay_failure is None, name


@pytest.mark.parametrize("name", OPEN)
async def test_a_patched_step_leaves_what_waits_alone(name: str) -> None:
    """A history recorded before a compatible change replays after it."""
    assert await failure(name, Patched) is None


@pytest.mark.parametrize("name", OPEN)
async def test_a_step_more_without_a_patch_is_found_out(name: str) -> None:
    """A history recorded before an incompatible change fails the tests after it."""
    found = await failure(name, Unpatched)

    assert isinstance(found, NondeterminismError)


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_tells_nothing_of_a_candidate(name: str) -> None:
    """It is kept in the repository, where everybody sees it."""
    assert told_of_people(HISTORIES[name]) == []


def test_every_life_of_this_version_was_recorded() -> None:
    """Say ``python -m tests.record_histories`` where this fails."""
    assert {f"{version('letterbox')}/{life}" for life in LIVES} <= set(HISTORIES)
