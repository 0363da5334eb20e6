"""Thousands of applications that no webhook delivered."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.failures import Failures
from activities.reconciling import NewSubmissions, ReconcileActivities
from letterbox.boards.fetching import EventStream, Notices, PostingClosed
from letterbox.resources import open_fetchers
from seek_sandbox.orders import ApplicationOrder
from tests.end_to_end.seek.histories import events
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.support import THOROUGH
from workflows.scheduled import SeekReconcile

_MISSED = 10_000 if THOROUGH else 5_200
"""More than one run of the polling takes over: fifty pages of a hundred."""
_MAX_EVENTS = 2_000


@asynccontextmanager
async def reconciling(desk: Desk, started: list[str]) -> AsyncIterator[None]:
    """Work on nothing but the polling: the applications wait in the inbox."""

    async def start(name: str) -> None:
        # That a start is harmless to repeat is shown elsewhere, with fewer.
        started.append(name)

    async def close(closing: PostingClosed) -> None:
        raise AssertionError(closing)

    async def follow(_: str, notices: Notices) -> None:
        assert not notices.hirers
        assert not notices.postings

    async with open_fetchers(desk.settings) as fetchers:
        activities = ReconcileActivities(
            streams={
                name: fetcher
                for name, fetcher in fetchers.items()
                if isinstance(fetcher, EventStream)
            },
            acceptance=NewSubmissions(desk.applications, start),
            close=close,
            follow=follow,
        )
        async with Worker(
            desk.client,
            task_queue=desk.settings.task_queue,
            workflows=[SeekReconcile],
            activities=[activities.poll_events],
            interceptors=[Failures()],
        ):
            yield


async def runs(
    handle: WorkflowHandle[Any, Any], desk: Desk
) -> list[Sequence[HistoryEvent]]:
    """Read the histories of a workflow's runs, from the first to the last."""
    histories = []
    run = handle.first_execution_run_id
    while run:
        history = await events(desk.client.get_workflow_handle(handle.id, run_id=run))
        histories.append(history)
        run = history[
            -1
        ].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return histories


async def test_thousands_of_missed_applications_drain_without_a_long_history(
    tmp_path: Path, skipping: WorkflowEnvironment
) -> None:
    """All of them are durable and started once; a full run hands over to another."""
    started: list[str] = []
    async with open_desk(tmp_path, skipping.client) as desk:
        await desk.control.apply(ApplicationOrder(count=_MISSED, deliver=False))

        async with reconciling(desk, started):
            handle = await desk.client.start_workflow(
                SeekReconcile.run,
                id=f"backlog-{uuid4()}",
                task_queue=desk.settings.task_queue,
            )
            await handle.result()

        expected = {of(one) for one in await desk.control.events()}
        lengths = [len(history) for history in await runs(handle, desk)]
        assert len(expected) == _MISSED
        assert Counter(started) == dict.fromkeys(expected, 1)
        assert sum(1 for _ in desk.store.list("inbox/")) == _MISSED
        assert len(lengths) > 1
        assert max(lengths) < _MAX_EVENTS
