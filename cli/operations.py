"""``letterbox init``, ``doctor`` and ``replay``: for those who run it."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

import temporal
from cli.context import open_store
from cli.diagnosis import Finding, diagnose
from domain.errors import MalformedError, RefusedError
from settings import load_settings
from workflows.application import Application
from workflows.inbox_sweep import InboxSweep


def add_to(app: typer.Typer) -> None:
    """Give the command its subcommands about operation."""
    app.command(epilog="Example: letterbox init")(init)
    app.command(epilog="Example: letterbox doctor --json")(doctor)
    app.command(epilog="Example: letterbox replay history.json")(replay)


def init() -> None:
    """Make the bucket, the search attributes and the schedules; repeat at will."""
    settings = load_settings()
    open_store().check()
    typer.echo(f"store       {settings.store_url}")

    async def prepare() -> None:
        client = await temporal.connect(settings)
        await temporal.add_search_attributes(client)
        typer.echo(f"attributes  in namespace {client.namespace}")
        await temporal.make_schedules(client, settings)
        typer.echo(f"schedules   {temporal.INBOX_SWEEP}")

    asyncio.run(prepare())


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check the settings, the store, Temporal and the boards; say what is wrong."""
    findings = asyncio.run(diagnose())
    if as_json:
        typer.echo(json.dumps([finding.model_dump() for finding in findings]))
    else:
        for finding in findings:
            typer.echo(_line(finding))
    if any(not finding.fine for finding in findings):
        raise typer.Exit(1)


def _line(finding: Finding) -> str:
    mark = "ok   " if finding.fine else "WRONG"
    return f"{mark}  {finding.what}: {finding.words}"


def replay(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Replay a recorded history against today's workflow code."""
    try:
        history = WorkflowHistory.from_json(file.stem, file.read_text())
    except (ValueError, KeyError):
        raise MalformedError(
            f"{file.name} is not a history: `temporal workflow show -o json` makes one"
        ) from None
    replayer = Replayer(
        workflows=[Application, InboxSweep], data_converter=pydantic_data_converter
    )
    try:
        asyncio.run(replayer.replay_workflow(history))
    except NondeterminismError as error:
        raise RefusedError(
            f"today's code does not replay {file.name}: {error}"
        ) from None
    typer.echo(f"{file.name} replays: {len(history.events)} events")
