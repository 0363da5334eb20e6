"""What follows a board's news of a hirer or of an ad, once at a time for each."""

from temporalio import workflow

from workflows.options import ASK_BOARD, HEED_NEWS

with workflow.unsafe.imports_passed_through():
    from activities.board_news import BoardNewsActivities
    from letterbox.domain.board_news import (
        REMEMBERED,
        BackfillInput,
        BackfillPageInput,
        BackfillResult,
        HirerInput,
        PollResult,
        PostingInput,
    )


# Of a hundred events each: a history of some 350 events, then a new run.
_PAGES_A_RUN = 50


@workflow.defn(name="HirerBackfill")
class HirerBackfill:
    """
    Take in the applications of a hirer that no webhook delivered, page by page.

    After news of the relationship, what was withheld is asked for again first; what
    changes meanwhile is looked at once more.
    """

    @workflow.init
    def __init__(self, args: BackfillInput) -> None:
        self._changed = args.is_changed
        self._done = args.done or BackfillResult()

    @workflow.run
    async def run(self, args: BackfillInput) -> BackfillResult:
        """Go on behind the cursor, until there is no next page and no news."""
        cursor, pages = args.cursor, 0
        since = args.since or workflow.now() - REMEMBERED
        while True:
            if cursor is None:
                self._changed = False
            if args.is_news and cursor is None and not await self._may_export(args):
                self._done = self._done.model_copy(update={"is_refused": True})
            else:
                has_next = True
                while has_next:
                    if pages == _PAGES_A_RUN:
                        carried = {
                            "since": since,
                            "cursor": cursor,
                            "done": self._done,
                            "is_changed": self._changed,
                        }
                        workflow.continue_as_new(args.model_copy(update=carried))
                    page = BackfillPageInput(
                        board=args.board,
                        hirer=args.hirer,
                        since=since,
                        cursor=cursor,
                        dry_run=args.dry_run,
                    )
                    polled: PollResult = await workflow.execute_activity_method(
                        BoardNewsActivities.take_in_missed,
                        page,
                        summary="take in a page of what was missed",
                        **(HEED_NEWS if args.is_news else ASK_BOARD),
                    )
                    cursor, has_next, pages = polled.cursor, polled.has_next, pages + 1
                    self._count(polled)
            if not self._changed:
                return self._done
            cursor = None

    @workflow.signal(name="changed")
    def changed(self) -> None:
        """Learn that the relationship has changed."""
        self._changed = True

    @workflow.query(name="progress")
    def progress(self) -> BackfillResult:
        """Return what was done so far."""
        return self._done

    async def _may_export(self, args: BackfillInput) -> bool:
        hirer = HirerInput(board=args.board, hirer=args.hirer)
        may_export: bool = await workflow.execute_activity_method(
            BoardNewsActivities.may_export,
            hirer,
            summary="does the hirer allow the export?",
            **HEED_NEWS,
        )
        if may_export:
            await workflow.execute_activity_method(
                BoardNewsActivities.ask_again_for_hirer,
                hirer,
                summary="ask again for what was withheld",
                **HEED_NEWS,
            )
        return may_export

    def _count(self, polled: PollResult) -> None:
        done = self._done
        self._done = BackfillResult(
            pages=done.pages + 1,
            found=done.found + polled.found,
            taken_in=done.taken_in + polled.taken_in,
        )
        workflow.set_current_details(
            f"Pages: {self._done.pages}, applications of the hirer: "
            f"{self._done.found}, taken in: **{self._done.taken_in}**"
        )


@workflow.defn(name="PostingLookup")
class PostingLookup:
    """Learn what an ad goes by, so that fewer applications wait for a person."""

    def __init__(self) -> None:
        self._changed = False

    @workflow.run
    async def run(self, args: PostingInput) -> bool:
        """Ask the board; once more where the ad was changed meanwhile."""
        while True:
            self._changed = False
            learned: bool = await workflow.execute_activity_method(
                BoardNewsActivities.learn_posting,
                args,
                summary="ask what the ad goes by",
                **HEED_NEWS,
            )
            if not self._changed:
                return learned

    @workflow.signal(name="changed")
    def changed(self) -> None:
        """Learn that the ad was posted or changed."""
        self._changed = True
