"""``letterbox seek backfill``: what no webhook delivered of a hirer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from letterbox.settings import Settings, load_settings
from letterbox_cli.confirmation import DryRun
from letterbox_cli.options import Json
from letterbox_cli.output import print_json, shown_progress

if TYPE_CHECKING:
    from letterbox.domain.board_news import BackfillInput, BackfillResult

_OLDEST = timedelta(days=90)
_EVERY = 0.5


def backfill(
    hirer: Annotated[str, typer.Option(help="SEEK's id of the hirer.")],
    since: Annotated[
        datetime,
        typer.Option(
            metavar="TIME",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
            help="Since this time (UTC); SEEK keeps 90 days.",
        ),
    ],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """
    Fetch a hirer's applications that no webhook delivered.

    A worker does this: Ctrl-C does not stop it, and the same command joins it again.
    Applications that are known already are not touched.
    """
    from letterbox.domain.board_news import BackfillInput
    from letterbox_cli.seek_models import Backfilled

    if not hirer.strip():
        raise typer.BadParameter("--hirer is SEEK's id of the hirer, and not blank")
    begin = since.replace(tzinfo=UTC)
    if begin > datetime.now(UTC):
        raise typer.BadParameter("--since is in the future")
    if datetime.now(UTC) - begin > _OLDEST + timedelta(days=1):
        typer.echo("SEEK keeps 90 days: anything older is gone there", err=True)
    # Ids that people type come with blanks.
    args = BackfillInput(
        board="seek", hirer=hirer.strip(), since=begin, dry_run=dry_run
    )
    result = asyncio.run(_backfill(load_settings(), args))
    if as_json:
        print_json(Backfilled(found=result.found, taken_in=result.taken_in))
        return
    done = "would be fetched" if dry_run else "fetched"
    typer.echo(f"applications of the hirer: {result.found}; {done}: {result.taken_in}")


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
                progress = await handle.query("progress", result_type=BackfillResult)
                show("pages of events", progress.pages, None)
    return await running
