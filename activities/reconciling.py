"""SEEK's stream of events, asked for what no webhook delivered."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import structlog
from temporalio import activity

from activities.threads import heartbeating
from letterbox.boards.base import PostingClosed
from letterbox.boards.fetching import Graph
from letterbox.boards.seek.client.fetch import verdict_on
from letterbox.boards.seek.events import closings, submissions
from letterbox.boards.seek.polling import Page, read_page
from letterbox.boards.seek.queries import EVENTS, EventsQuery
from letterbox.boards.seek.verdict import Action
from letterbox.domain.errors import BoardUnavailableError, LetterboxError
from letterbox.domain.messages import Polled, Polling
from letterbox.domain.ports import Applications
from letterbox.domain.submission import Submission

_CONCURRENCY = 8

log = structlog.get_logger()


class ReconcileActivities:
    """Take in what SEEK knows and we do not; what is known is left alone."""

    def __init__(
        self,
        *,
        graph: Graph,
        query: EventsQuery,
        applications: Applications,
        start: Callable[[str], Awaitable[object]],
        close: Callable[[PostingClosed], Awaitable[object]],
    ) -> None:
        self._graph = graph
        self._query = query
        self._applications = applications
        self._start = start
        self._close = close

    @activity.defn(name="poll_events")
    async def poll_events(self, given: Polling) -> Polled:
        """Take in one page behind the cursor; asking again takes in nothing twice."""
        async with heartbeating():
            page = await self._page(given.cursor)
            found = submissions(page.events, datetime.now(UTC))
            taken_in = await self._take_in(found)
            for closing in closings(page.events):
                await self._close(closing)
        if page.unreadable:
            log.error("events without usable ids", count=page.unreadable)
        return Polled(
            cursor=page.end_cursor or given.cursor,
            has_next=page.has_next,
            found=len(found),
            taken_in=taken_in,
        )

    async def _page(self, cursor: str | None) -> Page:
        answer = await self._graph.ask(EVENTS, self._query.variables(cursor))
        connection = (answer.data or {}).get("events")
        verdict = verdict_on(answer, is_null=connection is None)
        if verdict.action is Action.UNAVAILABLE:
            if cursor is not None:
                # SEEK forgets in 90 days. To begin anew is safe: the store knows.
                return await self._page(None)
            raise BoardUnavailableError("SEEK refuses the events query")
        return read_page(connection, self._query.subscription_id)

    async def _take_in(self, found: Sequence[Submission]) -> int:
        slots = asyncio.Semaphore(_CONCURRENCY)

        async def take_in(submission: Submission) -> bool:
            async with slots:
                return await self._take_in_one(submission)

        return sum(await asyncio.gather(*map(take_in, found)))

    async def _take_in_one(self, submission: Submission) -> bool:
        known = self._applications.known
        if await asyncio.to_thread(known, submission.application_id):
            return False
        await asyncio.to_thread(self._applications.accept, submission, {})
        try:
            await self._start(submission.application_id)
        except LetterboxError:
            # It lies in the inbox, where the sweep finds it.
            log.warning("left to the sweep", application=submission.application_id)
        return True
