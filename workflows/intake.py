"""From a delivery to the record: fetch, store, scan, match, record."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from workflows import steps
from workflows.alarms import Tries

with workflow.unsafe.imports_passed_through():
    from activities.scan_values import Scanned
    from activities.values import (
        Collected,
        Fetched,
        MatchedPosition,
        Recorded,
        Recording,
        Step,
        StoredDocuments,
    )


class Intake:
    """Takes deliveries of one application over; remembers what was done in vain."""

    def __init__(self, application_id: str) -> None:
        self._id = application_id
        self.asked = Tries(workflow.now())
        self.scanned = Tries(workflow.now())

    async def take_over(self, collected: Collected, *, is_last: bool) -> Recorded:
        """
        Make a delivery part of the record; every step may run twice.

        The board is asked with less patience for the last time, before archiving.
        """
        step = Step(application_id=self._id, view=collected.view)
        fetched = await self._fetch(step, is_last=is_last) if collected.fetch else None
        stored = await self._store(step, fetched, is_last=is_last)
        is_whole = stored.whole and (fetched is None or fetched.whole)
        scanned = await self._scan(stored) if collected.scan else None
        recorded = await steps.record(
            Recording(
                step=step,
                stored=stored,
                scanned=scanned,
                matched=await self._match(step, collected),
                available=fetched.available if fetched else True,
                whole=is_whole,
            )
        )
        now = workflow.now()
        self.scanned = Tries(now)
        if fetched:
            is_told = fetched.available and is_whole
            self.asked = self.asked.another(now, in_vain=not is_told)
        return recorded

    async def _fetch(self, step: Step, *, is_last: bool) -> Fetched:
        try:
            return await steps.fetch_application(step, is_last=is_last)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # Not to be had for a day: recorded as far as it is known.
            return Fetched(available=False)

    async def _store(
        self, step: Step, fetched: Fetched | None, *, is_last: bool
    ) -> StoredDocuments:
        if fetched is None:
            return await steps.store_documents(step)
        if not fetched.available:
            return StoredDocuments()
        try:
            return await steps.fetch_documents(step, is_last=is_last)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # What we hold stays; the board is asked for the others again.
            return StoredDocuments(whole=False)

    async def _scan(self, stored: StoredDocuments) -> Scanned:
        # The missing too: an earlier run may have put them in quarantine.
        names = tuple(one.name for one in stored.documents if one.name)
        return await steps.scan_documents(self._id, names) if names else Scanned()

    async def _match(self, step: Step, collected: Collected) -> MatchedPosition | None:
        """Leave the position alone where a second, whole delivery came."""
        if collected.recorded and not collected.fetch:
            return None
        return await steps.match_position(step)
