"""The life of one application: take it in, match it, wait for its archive date."""

from contextlib import suppress
from datetime import datetime, timedelta

from pydantic import AwareDatetime
from temporalio import workflow

from workflows import search_attributes as attributes
from workflows.options import ASK_BOARD, OWN_STORE

with workflow.unsafe.imports_passed_through():
    from activities.applications import ApplicationActivities
    from activities.fetching import FetchActivities
    from activities.values import (
        Closing,
        Collected,
        Fetched,
        MatchedPosition,
        Recorded,
        Recording,
        Step,
        StoredDocuments,
    )
    from domain.application import Flag, Stage
    from domain.patience import until_asked_again
    from workflows.details import details
    from workflows.status import Status


_OVER = {Stage.ARCHIVED, Stage.ERASED, Stage.DISCARDED}


@workflow.defn(name="Application")
class Application:
    """
    Carry one application from a board's delivery to its archive.

    The order of the steps must stay replayable for as long as the longest open
    application waits: what may change lives in the activities.
    """

    @workflow.init
    def __init__(self, application_id: str) -> None:
        self._id = application_id
        self._status = Status(stage=Stage.RECEIVED)
        self._redelivered = False
        self._closed_at: datetime | None = None
        self._asked_in_vain = 0
        self._tell()

    @workflow.run
    async def run(self, application_id: str) -> Status:  # noqa: ARG002 see __init__
        """Every step may run twice; none counts twice."""
        over = await self._take_in()
        while not over:
            if workflow.info().is_continue_as_new_suggested() and not self._has_news():
                # Signals have grown the history; the store knows where we stand.
                workflow.continue_as_new(self._id)
            await self._wait()
            if self._redelivered:
                self._redelivered = False
                over = await self._take_in()
            elif self._closed_at:
                await self._note_closing(self._closed_at)
            elif self._is_due():
                over = True
            else:
                over = await self._take_in()
        return self._status

    @workflow.signal(name="redelivered")
    def redelivered(self) -> None:
        """Look into the inbox again: the board has sent something."""
        self._redelivered = True

    @workflow.signal(name="position_closed")
    def position_closed(self, closed_at: AwareDatetime) -> None:
        """Learn that the ad was closed; of several moments the latest counts."""
        self._closed_at = max(closed_at, self._closed_at or closed_at)

    @workflow.query(name="status")
    def status(self) -> Status:
        """Tell where the application stands."""
        return self._status

    async def _take_in(self) -> bool:
        """Take over whatever lies in the inbox; True where the end was reached."""
        while True:
            collected: Collected = await workflow.execute_local_activity_method(
                ApplicationActivities.collect,
                self._id,
                summary="find what the board delivered",
                **OWN_STORE,
            )
            if collected.ended:
                self._become(Status(stage=collected.ended))
                return True
            recorded = collected.recorded
            if collected.fresh:
                recorded = await self._take_over(collected)
            if recorded:
                self._become(Status.of(recorded))
            if self._status.stage in _OVER:
                return True
            if not collected.more:
                return False

    async def _take_over(self, collected: Collected) -> Recorded:
        step = Step(application_id=self._id, view=collected.view)
        fetched = await self._fetch(step) if collected.fetch else None
        if fetched:
            is_told = fetched.available and fetched.whole
            self._asked_in_vain = 0 if is_told else self._asked_in_vain + 1
        stored, matched = StoredDocuments(), None
        if not (fetched and not fetched.available):
            stored = await self._store_documents(step, fetch=collected.fetch)
        if collected.fetch or collected.recorded is None:
            if collected.recorded is None:
                self._status = Status(stage=Stage.STORED)
            matched = await self._match(step)
        return await workflow.execute_local_activity_method(
            ApplicationActivities.record,
            Recording(
                step=step,
                stored=stored,
                matched=matched,
                available=fetched.available if fetched else True,
                whole=fetched.whole if fetched else True,
            ),
            summary="write the record, clear the inbox",
            **OWN_STORE,
        )

    async def _match(self, step: Step) -> MatchedPosition:
        return await workflow.execute_local_activity_method(
            ApplicationActivities.match_position,
            step,
            summary="find the position",
            **OWN_STORE,
        )

    async def _fetch(self, step: Step) -> Fetched:
        return await workflow.execute_activity_method(
            FetchActivities.fetch_application,
            step,
            summary="ask the board for the application",
            **ASK_BOARD,
        )

    async def _store_documents(self, step: Step, *, fetch: bool) -> StoredDocuments:
        if fetch:
            return await workflow.execute_activity_method(
                FetchActivities.fetch_documents,
                step,
                summary="fetch the documents from the board",
                **ASK_BOARD,
            )
        return await workflow.execute_local_activity_method(
            ApplicationActivities.store_documents,
            step,
            summary="check and recognise the documents",
            **OWN_STORE,
        )

    async def _note_closing(self, closed_at: datetime) -> None:
        self._closed_at = None
        recorded = await workflow.execute_local_activity_method(
            ApplicationActivities.note_closing,
            Closing(application_id=self._id, closed_at=closed_at),
            summary="the position was closed: move the archive date",
            **OWN_STORE,
        )
        self._become(Status.of(recorded))

    async def _wait(self) -> None:
        """Wait for a signal, the archive date, or the time to ask the board again."""
        due = self._status.archive_by
        left = due - workflow.now() if due else timedelta(0)
        why = "until archiving is due"
        if Flag.UNAVAILABLE in self._status.flags:
            pause = until_asked_again(self._asked_in_vain)
            if pause < left:
                left, why = pause, "until the board is asked again"
        if left > timedelta(0):
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    self._has_news, timeout=left, timeout_summary=why
                )

    def _has_news(self) -> bool:
        return self._redelivered or self._closed_at is not None

    def _is_due(self) -> bool:
        due = self._status.archive_by
        return due is None or due <= workflow.now()

    def _become(self, status: Status) -> None:
        if status != self._status:
            self._status = status
            workflow.upsert_search_attributes(attributes.updates(status))
        self._tell()

    def _tell(self) -> None:
        workflow.set_current_details(details(self._id, self._status))
