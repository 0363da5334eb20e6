"""Applies erasures and holds anew: to the store, and to the workflows that are open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import typer

from letterbox.domain.errors import (
    LetterboxError,
    RefusedError,
    TemporalUnavailableError,
)
from letterbox.domain.journal_actions import JournalAction
from letterbox.records.ledgers import ErasureLine, HoldLine, Ledgers, LineOutcome
from letterbox.settings import Settings, load_settings
from letterbox_cli.in_journal import open_journal
from letterbox_cli.send_update import open_records

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.common import TypedSearchAttributes

    from letterbox.temporal.updates import Updates

Row = dict[str, str]
Line = TypeVar("Line", ErasureLine, HoldLine)

_RPC_TIMEOUT = timedelta(seconds=5)


def open_ledgers(settings: Settings) -> Ledgers:
    """Open what reads and writes both lists."""
    from letterbox.resources import open_store

    records = open_records(settings)
    return Ledgers(open_store(settings), removal=records.removal, holds=records.holds)


def erase_again(lines: Iterable[ErasureLine], *, dry_run: bool) -> Iterator[Row]:
    """
    Erase each application, and yield what became of each.

    An open workflow is asked first, where Temporal answers: it knows of holds that a
    restored store has lost, and may be writing just now.
    """
    settings = load_settings()
    ledgers = open_ledgers(settings)
    write_to_journal = open_journal(settings)
    with asyncio.Runner() as runner:
        workflows = _OpenWorkflows(settings)

        def erase(line: ErasureLine) -> LineOutcome:
            outcome = ledgers.erase(line, datetime.now(UTC), dry_run=True)
            if dry_run or outcome is LineOutcome.REFUSED:
                return outcome
            write_to_journal(JournalAction.ERASE, line.id)
            is_told = runner.run(workflows.erase(line))
            done = ledgers.erase(line, datetime.now(UTC), dry_run=False)
            if done is LineOutcome.REFUSED:
                return done
            if is_told:
                ledgers.restore_tombstone(line)
            return outcome

        yield from _rows(
            lines,
            erase,
            refused="held: release it first, `letterbox hold ID --release`",
        )


def hold_again(lines: Iterable[HoldLine], *, dry_run: bool) -> Iterator[Row]:
    """Place each hold in the store, so that nothing is removed; then tell workflows."""
    settings = load_settings()
    ledgers = open_ledgers(settings)
    write_to_journal = open_journal(settings)
    with asyncio.Runner() as runner:
        workflows = _OpenWorkflows(settings)

        def hold(line: HoldLine) -> LineOutcome:
            if not dry_run:
                write_to_journal(JournalAction.HOLD, line.id)
            outcome = ledgers.hold(line, datetime.now(UTC), dry_run=dry_run)
            is_held = outcome in {LineOutcome.HELD, LineOutcome.DONE} and not dry_run
            # The store may have a later one than the list.
            placed = ledgers.placed(line.id) if is_held else None
            if placed and runner.run(workflows.hold(placed)):
                # The workflow has placed it anew: restore the time of the first.
                ledgers.place(placed)
            return outcome

        yield from _rows(lines, hold, refused="erased: nothing to hold")


def _rows(
    lines: Iterable[Line], apply: Callable[[Line], LineOutcome], *, refused: str
) -> Iterator[Row]:
    for line in lines:
        try:
            outcome = apply(line)
        except RefusedError as error:
            yield {"id": line.id, "refused": str(error)}
        except LetterboxError as error:
            yield {"id": line.id, "failed": str(error)}
        else:
            is_refused = outcome is LineOutcome.REFUSED
            result = {"refused": refused} if is_refused else {"outcome": outcome}
            yield {"id": line.id, **result}


class _OpenWorkflows:
    """Updates those workflows that run; none, once Temporal has not answered."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None
        self._is_away = False

    async def erase(self, line: ErasureLine) -> bool:
        """Ask the workflow to erase its application; False if none runs."""
        from letterbox.domain.commands import EraseRequest

        args = EraseRequest(
            reason=line.reason[:500] or "already erased", by=line.by[:100]
        )
        if await self._find(line.id) is None:
            return False
        return await self._send(lambda updates: updates.erase(line.id, args))

    async def hold(self, line: HoldLine) -> bool:
        """Ask the workflow to place its hold; False if none runs, or it has done so."""
        from letterbox.domain.application import Flag
        from letterbox.domain.commands import HoldRequest
        from letterbox.temporal.search_attributes import FLAGS

        args = HoldRequest(reason=line.reason[:500], until=line.until, by=line.by[:100])
        known = await self._find(line.id)
        if known is None or Flag.HELD in (known.get(FLAGS) or ()):
            return False
        return await self._send(lambda updates: updates.hold(line.id, args))

    async def _send(self, send: Callable[[Updates], Awaitable[object]]) -> bool:
        from letterbox.temporal.updates import Updates

        if self._client is None:
            return False
        try:
            await send(Updates(self._client, self._settings.task_queue))
        except TemporalUnavailableError as error:
            self._give_up(error)
            return False
        return True

    async def _find(self, application_id: str) -> TypedSearchAttributes | None:
        """Return what is known of a workflow that runs."""
        from temporalio.client import WorkflowExecutionStatus

        from letterbox.temporal.client import connect
        from letterbox.temporal.rpc import none_if_absent, reaching_temporal

        if self._is_away:
            return None
        try:
            self._client = self._client or await connect(self._settings)
            handle = self._client.get_workflow_handle(application_id)
            with reaching_temporal():
                run = await none_if_absent(handle.describe(rpc_timeout=_RPC_TIMEOUT))
        except TemporalUnavailableError as error:
            self._give_up(error)
            return None
        if run is None or run.status is not WorkflowExecutionStatus.RUNNING:
            return None
        # Another installation's of the same id knows nothing of this store.
        is_ours = run.task_queue == self._settings.task_queue
        return run.typed_search_attributes if is_ours else None

    def _give_up(self, error: TemporalUnavailableError) -> None:
        self._is_away = True
        typer.echo(
            f"{error}: only the store was changed; apply again when Temporal answers",
            err=True,
        )
