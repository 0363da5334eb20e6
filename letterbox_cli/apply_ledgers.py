"""Applies erasures and holds: to the store, and to the workflows that are open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

from letterbox.domain.errors import (
    LetterboxError,
    RefusedError,
    TemporalUnavailableError,
)
from letterbox.records.ledgers import ErasureLine, HoldLine, Ledgers, Outcome
from letterbox.settings import Settings, load_settings
from letterbox_cli.requests import records, store

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.common import TypedSearchAttributes

Row = dict[str, str]

_TIMEOUT = timedelta(seconds=5)
_HELD = "held: release it first, `letterbox hold ID --release`"


def open_ledgers(settings: Settings) -> Ledgers:
    """Put together what reads and writes both lists."""
    of = records(settings)
    return Ledgers(
        store(settings),
        removal=of.removal,
        holds=of.holds,
    )


def erase_again(lines: Iterable[ErasureLine], *, dry_run: bool) -> Iterator[Row]:
    """
    Erase each, and tell of each what became of it.

    An open workflow is asked first, where Temporal answers: it knows of holds that a
    restored store has lost, and may be writing just now.
    """
    settings = load_settings()
    ledgers = open_ledgers(settings)
    with asyncio.Runner() as runner:
        open_ones = _OpenWorkflows(settings)
        for line in lines:
            try:
                outcome = ledgers.erase(line, datetime.now(UTC), dry_run=True)
                if outcome is Outcome.REFUSED:
                    yield {"id": line.id, "refused": _HELD}
                    continue
                if not dry_run:
                    is_told = runner.run(open_ones.erase(line))
                    done = ledgers.erase(line, datetime.now(UTC), dry_run=False)
                    if is_told and done is not Outcome.REFUSED:
                        ledgers.restore_tombstone(line)
                    if done is Outcome.REFUSED:
                        yield {"id": line.id, "refused": _HELD}
                        continue
                yield {"id": line.id, "outcome": outcome}
            except RefusedError as error:
                yield {"id": line.id, "refused": str(error)}
            except LetterboxError as error:
                yield {"id": line.id, "failed": str(error)}


def hold_again(lines: Iterable[HoldLine], *, dry_run: bool) -> Iterator[Row]:
    """Place each in the store, from then on nothing is removed; then tell workflows."""
    settings = load_settings()
    ledgers = open_ledgers(settings)
    with asyncio.Runner() as runner:
        open_ones = _OpenWorkflows(settings)
        for line in lines:
            try:
                outcome = ledgers.hold(line, datetime.now(UTC), dry_run=dry_run)
                if outcome is Outcome.REFUSED:
                    yield {"id": line.id, "refused": "erased: nothing to hold"}
                    continue
                is_held = outcome in {Outcome.HELD, Outcome.DONE} and not dry_run
                # The store may have a later one than the list.
                placed = ledgers.placed(line.id) if is_held else None
                if placed and runner.run(open_ones.hold(placed)):
                    # The workflow has placed it anew: keep when that was.
                    ledgers.place(placed)
                yield {"id": line.id, "outcome": outcome}
            except RefusedError as error:
                yield {"id": line.id, "refused": str(error)}
            except LetterboxError as error:
                yield {"id": line.id, "failed": str(error)}


class _OpenWorkflows:
    """Tells those workflows that run; once Temporal does not answer, none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None
        self._is_away = False

    async def erase(self, line: ErasureLine) -> bool:
        """Have a workflow erase what it looks after; False where none runs."""
        from letterbox.domain.commands import Erasure

        given = Erasure(reason=line.reason[:500] or "erased before", by=line.by[:100])
        found = await self._find(line.id)
        return found is not None and await self._tell("erase", line.id, given)

    async def hold(self, line: HoldLine) -> bool:
        """Have a workflow know of its hold; False where none runs, or it does."""
        from letterbox.domain.application import Flag
        from letterbox.domain.commands import Holding
        from letterbox.temporal.search_attributes import FLAGS

        given = Holding(reason=line.reason[:500], until=line.until, by=line.by[:100])
        found = await self._find(line.id)
        if found is None or Flag.HELD in (found.get(FLAGS) or ()):
            return False
        return await self._tell("hold", line.id, given)

    async def _tell(self, name: str, application_id: str, given: object) -> bool:
        from letterbox.temporal.updates import Updates

        if self._client is None:
            return False
        updates = Updates(self._client, self._settings.task_queue)
        try:
            await getattr(updates, name)(application_id, given)
        except TemporalUnavailableError as error:
            self._leave(str(error))
            return False
        return True

    async def _find(self, application_id: str) -> TypedSearchAttributes | None:
        """Tell what is known of a workflow that runs."""
        from temporalio.client import WorkflowExecutionStatus
        from temporalio.service import RPCError, RPCStatusCode

        from letterbox.temporal.client import connect

        if self._is_away:
            return None
        try:
            self._client = self._client or await connect(self._settings)
            handle = self._client.get_workflow_handle(application_id)
            described = await handle.describe(rpc_timeout=_TIMEOUT)
        except TemporalUnavailableError as error:
            self._leave(str(error))
            return None
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                self._leave(f"Temporal answers {error.status.name}")
            return None
        # Another installation's of the same id knows nothing of this store.
        is_ours = described.task_queue == self._settings.task_queue
        is_open = is_ours and described.status is WorkflowExecutionStatus.RUNNING
        return described.typed_search_attributes if is_open else None

    def _leave(self, why: str) -> None:
        self._is_away = True
        typer.echo(
            f"{why}: only the store is written; apply again when Temporal answers",
            err=True,
        )
