"""What follows a board's news: of a hirer's permission, and of what an ad goes by."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import structlog
from temporalio import activity

from activities.reconciling import NewSubmissions, note_unreadable
from activities.threads import heartbeating, in_thread
from letterbox.boards.fetching import Fetcher, HirerNews, PostingNews
from letterbox.domain.board_news import (
    BackfillPageInput,
    HirerInput,
    PollResult,
    PostingInput,
)
from letterbox.domain.errors import NotFoundError
from letterbox.domain.matching import References

log = structlog.get_logger()


class Lessons(Protocol):
    """What boards have told of their ads. Blocking."""

    def learn(self, references: References) -> bool:
        """Remember what an ad goes by; False where it names no position."""


class BoardNewsActivities:
    """Ask a board about a hirer or an ad as they are now; each may run twice."""

    def __init__(
        self,
        *,
        fetchers: Mapping[str, Fetcher],
        acceptance: NewSubmissions,
        ask_again: Callable[[HirerInput, str], Awaitable[object]],
        lessons: Lessons,
    ) -> None:
        self._fetchers = fetchers
        self._acceptance = acceptance
        self._ask_again = ask_again
        self._lessons = lessons

    @activity.defn(name="may_export")
    async def may_export(self, args: HirerInput) -> bool:
        """Return whether the hirer lets us fetch its applications now."""
        async with heartbeating():
            allowed = await self._news_of_hirers(args).may_export(args.hirer)
        if not allowed:
            # What it withholds from now on is asked for ever more rarely.
            log.error("a hirer does not allow the export any more", hirer=args.hirer)
        return allowed

    @activity.defn(name="ask_again_for_hirer")
    async def ask_again_for_hirer(self, args: HirerInput) -> None:
        """Signal the applications of a hirer that the board withheld to ask again."""
        # A run may look more than once: a later look is no repeat of an earlier one.
        info = activity.info()
        await self._ask_again(args, f"{info.workflow_run_id} {info.activity_id}")

    @activity.defn(name="take_in_missed")
    async def take_in_missed(self, args: BackfillPageInput) -> PollResult:
        """Accept one page of a hirer's applications; what is known is left alone."""
        async with heartbeating():
            news = self._news_of_hirers(args)
            page = await news.missed(args.hirer, args.since, args.cursor)
            submissions = page.notices.submissions
            if args.dry_run:
                known = await asyncio.gather(*map(self._acceptance.known, submissions))
                accepted = known.count(False)
            else:
                accepted = await self._acceptance.accept(submissions)
                note_unreadable(args.board, page.notices)
        return PollResult(
            cursor=page.end_cursor or args.cursor,
            has_next=page.has_next,
            found=len(submissions),
            taken_in=accepted,
        )

    @activity.defn(name="learn_posting")
    async def learn_posting(self, args: PostingInput) -> bool:
        """Teach the catalogue what an ad goes by; False where nothing was learned."""
        fetcher = self._fetchers.get(args.board)
        if not isinstance(fetcher, PostingNews):
            raise NotFoundError(f"{args.board} does not tell of its ads")
        async with heartbeating():
            references = await fetcher.posting(args.posting)
            if references is None:
                return False
            return await in_thread(self._lessons.learn, references)

    def _news_of_hirers(self, args: HirerInput) -> HirerNews:
        fetcher = self._fetchers.get(args.board)
        if not isinstance(fetcher, HirerNews):
            raise NotFoundError(f"{args.board} does not tell of its hirers")
        return fetcher
