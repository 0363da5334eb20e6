"""A board's stream of events, asked for what no webhook delivered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import time

import structlog
from temporalio import activity

from activities.threads import heartbeating
from letterbox.boards.fetching import EventStream, Notices, PostingClosed
from letterbox.domain.board_news import PollInput, PollResult
from letterbox.domain.errors import BoardUnavailableError, LetterboxError
from letterbox.domain.ports import Applications
from letterbox.domain.submission import Submission
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

_CONCURRENCY = 8

log = structlog.get_logger()


class NewSubmissions:
    """Makes durable what is not known yet, and starts it; the rest is left alone."""

    def __init__(
        self, applications: Applications, start: Callable[[str], Awaitable[object]]
    ) -> None:
        self._applications = applications
        self._start = start

    async def known(self, submission: Submission) -> bool:
        """Return whether there is, or was, anything of an application."""
        known = self._applications.known
        return await asyncio.to_thread(known, submission.application_id)

    async def accept(self, submissions: Sequence[Submission]) -> int:
        """Return how many of the submissions were not known."""
        slots = asyncio.Semaphore(_CONCURRENCY)

        async def accept(submission: Submission) -> bool:
            async with slots:
                return await self._accept_one(submission)

        return sum(await asyncio.gather(*map(accept, submissions)))

    async def _accept_one(self, submission: Submission) -> bool:
        if await self.known(submission):
            return False
        await asyncio.to_thread(self._applications.accept, submission, {})
        note(Transition.RECEIVED, submission.application_id, by="reconciliation")
        try:
            await self._start(submission.application_id)
        except LetterboxError:
            # It lies in the inbox, where the sweep finds it.
            log.warning("left to the sweep", application=submission.application_id)
        return True


class ReconcileActivities:
    """Accept what a board knows and we do not; what is known is left alone."""

    def __init__(
        self,
        *,
        streams: Mapping[str, EventStream],
        acceptance: NewSubmissions,
        close: Callable[[PostingClosed], Awaitable[object]],
        follow: Callable[[str, Notices], Awaitable[object]],
    ) -> None:
        self._streams = streams
        self._acceptance = acceptance
        self._close = close
        self._follow = follow

    @activity.defn(name="poll_events")
    async def poll_events(self, args: PollInput) -> PollResult:
        """Accept one page behind the cursor; asking again accepts nothing twice."""
        async with heartbeating():
            page = await self._streams[args.board].poll(args.cursor)
            if page.is_anew and args.began_anew:
                raise BoardUnavailableError(
                    "the board refuses the cursors of its own pages: "
                    "its events cannot be read to their end"
                )
            submissions = page.notices.submissions
            accepted = await self._acceptance.accept(submissions)
            for closing in page.notices.closings:
                await self._close(closing)
            await self._follow(args.board, page.notices)
        note_unreadable(args.board, page.notices)
        _note_success(args.board)
        return PollResult(
            cursor=page.end_cursor or args.cursor,
            has_next=page.has_next,
            found=len(submissions),
            taken_in=accepted,
            began_anew=page.is_anew,
        )


def note_unreadable(board: str, notices: Notices) -> None:
    """Log and count events that nothing can be done about: somebody may be on them."""
    if not notices.unreadable:
        return
    log.error("events that cannot be read", board=board, count=notices.unreadable)
    if activity.in_activity():
        activity.metric_meter().create_counter(
            "letterbox_events", "Events of boards."
        ).add(notices.unreadable, {"board": board, "kind": "unreadable"})


def _note_success(board: str) -> None:
    """Set when a board's events were last read: it forgets them one day."""
    if activity.in_activity():
        activity.metric_meter().create_gauge_float(
            "letterbox_reconcile_last_success_timestamp_seconds",
            "When this worker last read a page of a board's events.",
        ).set(time(), {"board": board})
