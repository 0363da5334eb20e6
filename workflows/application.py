"""The life of one application: take it in, match it, wait for its archive date."""

from contextlib import suppress
from datetime import timedelta

from temporalio import workflow

from workflows import search_attributes as attributes
from workflows.options import OWN_STORE

with workflow.unsafe.imports_passed_through():
    from activities.applications import ApplicationActivities
    from activities.values import (
        Collected,
        MatchedPosition,
        Recorded,
        Recording,
        Step,
    )
    from domain.application import Stage
    from workflows.details import Status, details


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
        self._redelivered = True
        self._tell()

    @workflow.run
    async def run(self, application_id: str) -> Status:  # noqa: ARG002 see __init__
        """Every step may run twice; none counts twice."""
        while self._redelivered:
            self._redelivered = False
            ended = await self._take_in()
            if ended:
                return self._status
            await self._wait()
        return self._status

    @workflow.signal(name="redelivered")
    def redelivered(self) -> None:
        """Look into the inbox again: the board has sent something."""
        self._redelivered = True

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
                self._status = Status(stage=collected.ended)
                self._publish()
                return True
            recorded = collected.recorded
            if collected.fingerprint:
                step = Step(application_id=self._id, fingerprint=collected.fingerprint)
                recorded = await self._record(step, is_first=recorded is None)
            if recorded:
                self._status = Status.of(recorded)
                self._publish()
            if not collected.more:
                return False

    async def _record(self, step: Step, *, is_first: bool) -> Recorded:
        stored = await workflow.execute_local_activity_method(
            ApplicationActivities.store_documents,
            step,
            summary="check and recognise the documents",
            **OWN_STORE,
        )
        matched: MatchedPosition | None = None
        if is_first:
            self._status = Status(stage=Stage.STORED)
            matched = await workflow.execute_local_activity_method(
                ApplicationActivities.match_position,
                step,
                summary="find the position",
                **OWN_STORE,
            )
        return await workflow.execute_local_activity_method(
            ApplicationActivities.record,
            Recording(step=step, stored=stored, matched=matched),
            summary="write the record, clear the inbox",
            **OWN_STORE,
        )

    async def _wait(self) -> None:
        due = self._status.archive_by
        left = due - workflow.now() if due else timedelta(0)
        if left > timedelta(0):
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._redelivered,
                    timeout=left,
                    timeout_summary="until archiving is due",
                )

    def _publish(self) -> None:
        status = self._status
        workflow.upsert_search_attributes(
            [
                attributes.STAGE.value_set(status.stage),
                attributes.FLAGS.value_set(list(status.flags)),
                *(
                    key.value_set(value)
                    for key, value in (
                        (attributes.POSITION, status.position),
                        (attributes.POSTING, status.posting),
                        (attributes.HIRER, status.hirer),
                    )
                    if value
                ),
                *(
                    [attributes.ARCHIVE_BY.value_set(status.archive_by)]
                    if status.archive_by
                    else []
                ),
            ]
        )
        self._tell()

    def _tell(self) -> None:
        workflow.set_current_details(details(self._id, self._status))
