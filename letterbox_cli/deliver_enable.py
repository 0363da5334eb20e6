"""``letterbox deliver --enable``: delivers all that the ATS is owed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from letterbox.domain.errors import LetterboxError, TemporalUnavailableError
from letterbox_cli.output import shown_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from letterbox.domain.ports import ObjectStore
    from letterbox.settings import Settings
    from letterbox.temporal.updates import Updates
    from letterbox_cli.output import ShowProgress

_CONCURRENCY = 8
# Then there is no worker, and each one costs half a minute.
_MAX_SILENCES = 3
_MAX_NAMED = 10


def catch_up(settings: Settings, store: ObjectStore, *, quietly: bool) -> None:
    """
    Ask every application to deliver what the ATS is owed; the workers deliver.

    It may be interrupted and repeated, since what was delivered is owed no longer.
    ``quietly`` prints to standard error.
    """
    from letterbox.records.owed_events import owed_applications

    with shown_progress() as show:
        ids = list(
            owed_applications(store, lambda read: show("reading records", read, None))
        )
        if not ids:
            typer.echo("the ATS is owed nothing", err=quietly)
            return
        failed = asyncio.run(_ask_all(settings, ids, show))
    done = len(ids) - len(failed)
    typer.echo(f"{done} applications tell the ATS what it is owed", err=quietly)
    for application_id, why in failed[:_MAX_NAMED]:
        typer.echo(f"{application_id}: {why}", err=True)
    if failed:
        typer.echo(
            f"{len(failed)} could not be asked: say `letterbox deliver --enable` again",
            err=True,
        )
        raise typer.Exit(1)


async def _ask_all(
    settings: Settings, ids: Sequence[str], show: ShowProgress
) -> list[tuple[str, str]]:
    from letterbox.temporal.client import connect
    from letterbox.temporal.updates import Updates

    client = await connect(settings)
    requests = _Requests(Updates(client, settings.task_queue), ids, show)
    async with asyncio.TaskGroup() as group:
        for _ in range(_CONCURRENCY):
            group.create_task(requests.work())
    return requests.failed


class _Requests:
    """Asks one application after the other; several tasks share it."""

    def __init__(
        self, updates: Updates, ids: Sequence[str], show: ShowProgress
    ) -> None:
        self._updates = updates
        self._ids = iter(ids)
        self._total = len(ids)
        self._show = show
        self._done = self._silences = 0
        self.failed: list[tuple[str, str]] = []

    async def work(self) -> None:
        for application_id in self._ids:
            if self._silences >= _MAX_SILENCES:
                self.failed.append((application_id, "not asked: nobody answers"))
                continue
            await self._ask(application_id)
            self._done += 1
            self._show("asking applications", self._done, self._total)

    async def _ask(self, application_id: str) -> None:
        try:
            await self._updates.catch_up(application_id)
        except TemporalUnavailableError as error:
            self._silences += 1
            self.failed.append((application_id, str(error)))
        except LetterboxError as error:
            self.failed.append((application_id, str(error)))
        else:
            self._silences = 0
