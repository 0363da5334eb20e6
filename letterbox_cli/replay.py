"""What ``letterbox replay`` does."""

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from letterbox.domain.errors import MalformedError, RefusedError
from worker import WORKFLOWS


async def replay_history(workflow_id: str, text: str) -> int:
    """
    Replay a history of JSON, and count its events.

    Raises MalformedError, or RefusedError where today's code does otherwise.
    """
    try:
        history = WorkflowHistory.from_json(workflow_id, text)
    except (ValueError, KeyError):
        raise MalformedError(
            "this is not a history: `temporal workflow show -o json` makes one"
        ) from None
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=pydantic_data_converter,
    )
    try:
        await replayer.replay_workflow(history)
    except NondeterminismError as error:
        raise RefusedError(f"today's code does not replay it: {error}") from None
    return len(history.events)
