"""``letterbox replay``: a recorded history against today's workflow code."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from letterbox.domain.errors import MalformedError, RefusedError
from letterbox.domain.plurals import plural


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: letterbox replay history.json")(replay)


def replay(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="From `temporal workflow show -o json`.",
        ),
    ],
) -> None:
    """Replay a recorded history against the current workflow code."""
    text = file.read_text("utf-8", errors="replace")
    events = asyncio.run(replay_history(file.stem, text))
    typer.echo(f"{file.name} replays: {plural(events, 'event')}")


async def replay_history(workflow_id: str, text: str) -> int:
    """
    Replay a history of JSON, and return the number of its events.

    Raises MalformedError, or RefusedError if today's code does otherwise.
    """
    from temporalio.client import WorkflowHistory
    from temporalio.contrib.pydantic import pydantic_data_converter
    from temporalio.worker import Replayer
    from temporalio.workflow import NondeterminismError

    from worker import WORKFLOWS

    try:
        history = WorkflowHistory.from_json(workflow_id, text)
    except (ValueError, KeyError):
        raise MalformedError(
            "this is not a history: `temporal workflow show -o json` writes one"
        ) from None
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter)
    try:
        await replayer.replay_workflow(history)
    except NondeterminismError as error:
        raise RefusedError(f"the current code does not replay it: {error}") from None
    return len(history.events)
