"""``letterbox seek backfill``: what no webhook delivered of a hirer."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.settings import Settings, load_settings
from letterbox_cli.confirmation import DryRun
from letterbox_cli.options import Json
from letterbox_cli.output import shown_progress

if TYPE_CHECKING:
    from letterbox.domain.board_news import BackfillInput, BackfillResult

_OLDEST = timedelta(days=90)
_EVERY = 0.5


def backfill(
    hirer: Annotated[str, typer.Option(help="SEEK's id of the hirer.")],
    since: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
            help="In UTC; SEEK remembers 90 days.",
        ),
    ],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """
    Take in a hirer's applications since then that no webhook delivered.

    A worker does it: Ctrl-C leaves it at work, and the same command joins it again.
    What is known is left alone.
    """
    from letterbox.domain.board_news import BackfillInput

    begin = since.replace(tzinfo=UTC)
    if begin > datetime.now(UTC):
        raise typer.BadParameter("--since is in the future")
    if datetime.now(UTC) - begin > _OLDEST + timedelta(days=1):
        typer.echo("SEEK remembers 90 days: what is older is gone there", err=True)
    # Ids that people type come with blanks.
    args = BackfillInput(
        board="seek", hirer=hirer.strip(), since=begin, dry_run=dry_run
    )
    result = asyncio.run(_backfill(load_settings(), args))
    if as_json:
        typer.echo(json.dumps(result.model_dump(include={"found", "taken_in"})))
        return
    done = "would be taken in" if dry_run else "taken in"
    typer.echo(f"{result.found} applications of the hirer, {result.taken_in} {done}")


async def _backfill(settings: Settings, args: BackfillInput) -> BackfillResult:
    from temporalio.service import RPCError

    from letterbox.domain.board_news import BackfillResult
    from letterbox.temporal.board_news import start_backfill
    from letterbox.temporal.client import connect

    client = await connect(settings)
    handle = await start_backfill(client, settings.task_queue, args)
    running = asyncio.create_task(handle.result())
    with shown_progress() as show:
        while not (await asyncio.wait({running}, timeout=_EVERY))[0]:
            # No worker is no reason to stop waiting for one.
            with suppress(RPCError):
                told = await handle.query("progress", result_type=BackfillResult)
                show("pages of events", told.pages, None)
    return await running
