"""A board's stream of events, asked for what no webhook delivered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from temporalio import activity

from activities.threads import heartbeating
from letterbox.boards.fetching import EventStream, PostingClosed
from letterbox.domain.errors import LetterboxError
from letterbox.domain.messages import PollInput, PollResult
from letterbox.domain.ports import Applications
from letterbox.domain.submission import Submission
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

_CONCURRENCY = 8

log = structlog.get_logger()


class ReconcileActivities:
    """Accept what a board knows and we do not; what is known is left alone."""

    def __init__(
        self,
        *,
        streams: Mapping[str, EventStream],
        applications: Applications,
        start: Callable[[str], Awaitable[object]],
        close: Callable[[PostingClosed], Awaitable[object]],
    ) -> None:
        self._streams = streams
        self._applications = applications
        self._start = start
        self._close = close

    @activity.defn(name="poll_events")
    async def poll_events(self, args: PollInput) -> PollResult:
        """Accept one page behind the cursor; asking again accepts nothing twice."""
        async with heartbeating():
            page = await self._streams[args.board].poll(args.cursor)
            submissions = page.notices.submissions
            accepted = await self._accept(submissions)
            for closing in page.notices.closings:
                await self._close(closing)
        if page.notices.unreadable:
            log.error("events without usable ids", count=page.notices.unreadable)
        return PollResult(
            cursor=page.end_cursor or args.cursor,
            has_next=page.has_next,
            found=len(submissions),
            taken_in=accepted,
        )

    async def _accept(self, submissions: Sequence[Submission]) -> int:
        """Return how many of the submissions were not known."""
        slots = asyncio.Semaphore(_CONCURRENCY)

        async def accept(submission: Submission) -> bool:
            async with slots:
                return await self._accept_one(submission)

        return sum(await asyncio.gather(*map(accept, submissions)))

    async def _accept_one(self, submission: Submission) -> bool:
        known = self._applications.known
        if await asyncio.to_thread(known, submission.application_id):
            return False
        await asyncio.to_thread(self._applications.accept, submission, {})
        note(Transition.RECEIVED, submission.application_id, by="reconciliation")
        try:
            await self._start(submission.application_id)
        except LetterboxError:
            # It lies in the inbox, where the sweep finds it.
            log.warning("left to the sweep", application=submission.application_id)
        return True
