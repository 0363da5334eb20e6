"""Polling and news of hirers, with a board that is played: what is never forgotten."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.board_news import BoardNewsActivities, Lessons
from activities.reconciling import NewSubmissions
from letterbox.boards.fetching import (
    Attachments,
    EventPage,
    FetchResult,
    Notices,
    Withheld,
)
from letterbox.domain.board_news import (
    BackfillInput,
    HirerInput,
    PollInput,
    PollResult,
)
from letterbox.domain.submission import Submission
from workflows.board_news import HirerBackfill
from workflows.scheduled import SeekReconcile

# As many as a run reads before it goes on as a new one.
_PAGES = 50


class Played:
    """A board of sixty pages; its hirer's relationship changes on the third."""

    def __init__(self) -> None:
        self.looks = 0
        self.pages: list[str | None] = []
        self.requests: list[str] = []
        self.third = asyncio.Event()
        self.goes_on = asyncio.Event()

    @property
    def attachments(self) -> Attachments:
        """Have none."""
        raise AssertionError

    async def fetch(self, notice: Submission) -> FetchResult | Withheld:
        """Have no applications."""
        raise AssertionError(notice)

    async def may_export(self, hirer: str) -> bool:
        """Allow it."""
        del hirer
        self.looks += 1
        return True

    async def ask_again(self, args: HirerInput, request_id: str) -> None:
        """Have nothing that was withheld."""
        del args
        self.requests.append(request_id)

    async def missed(
        self, hirer: str, since: datetime, cursor: str | None
    ) -> EventPage:
        """Return the next page; the third one takes its time."""
        del hirer, since
        number = int(cursor or 0) + 1
        if number == 3 and self.looks == 1:
            self.third.set()
            await self.goes_on.wait()
        self.pages.append(cursor)
        return EventPage(Notices(), str(number), number < _PAGES + 10)

    async def accept(self, submissions: Sequence[Submission]) -> int:
        """Take in what there is: nothing."""
        return len(submissions)


@asynccontextmanager
async def working(client: Client, activities: Sequence[Any]) -> AsyncIterator[str]:
    """Run a worker with played steps; yield its task queue."""
    queue = str(uuid4())
    workflows = [HirerBackfill, SeekReconcile]
    async with Worker(
        client, task_queue=queue, workflows=workflows, activities=activities
    ):
        yield queue


async def test_news_during_a_long_backfill_is_heeded_behind_its_end(
    temporal_client: Client,
) -> None:
    """It goes on as a new run in between, which must know that there was news."""
    board = Played()
    activities = BoardNewsActivities(
        fetchers={"seek": board},
        acceptance=cast("NewSubmissions", board),
        ask_again=board.ask_again,
        lessons=cast("Lessons", board),
    )
    steps = [
        activities.may_export,
        activities.ask_again_for_hirer,
        activities.take_in_missed,
    ]
    async with working(temporal_client, steps) as queue:
        handle = await temporal_client.start_workflow(
            HirerBackfill.run,
            BackfillInput(board="seek", hirer="hirer-1", is_news=True),
            id=queue,
            task_queue=queue,
        )
        await board.third.wait()
        await handle.signal(HirerBackfill.changed)
        board.goes_on.set()
        await handle.result()

    assert board.looks == 2
    assert board.pages.count(None) == 2
    # The server takes a batch of the same id for a repeat, and does nothing.
    assert len(set(board.requests)) == 2


async def test_a_board_that_refuses_each_of_its_cursors_is_not_asked_in_a_circle(
    temporal_client: Client,
) -> None:
    """It begins anew once; the second time the step knows, and may fail."""
    asked: list[bool] = []

    @activity.defn(name="poll_events")
    async def poll(args: PollInput) -> PollResult:
        asked.append(args.began_anew)
        if args.began_anew:
            raise ApplicationError("the second time", non_retryable=True)
        return PollResult(cursor="1", has_next=True, began_anew=True)

    async with working(temporal_client, [poll]) as queue:
        with pytest.raises(WorkflowFailureError):
            await temporal_client.execute_workflow(
                SeekReconcile.run, "old", id=queue, task_queue=queue
            )

    assert asked == [False, True]
