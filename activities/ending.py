"""What a step meets of an application that has ended, or ends in it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from activities.values import Recorded
from domain.application import Application, Stage, Tombstone
from domain.inbox import Delivery
from domain.ports import Applications, Removal

log = structlog.get_logger()


class Ending:
    """Removes what must not stay, and finishes removals that were cut short."""

    def __init__(self, applications: Applications, removal: Removal) -> None:
        self._applications = applications
        self._removal = removal

    def remove_late(
        self, application_id: str, waiting: Sequence[Delivery], ended: Stage
    ) -> None:
        """Remove what a late repeat brought back."""
        for delivery in waiting:
            log.info("late repeat removed", application=application_id, stage=ended)
            self._applications.discard(delivery)
        # A removal that was cut short is finished here. What cannot be read stays in
        # the inbox for a person, unless nothing of the candidate may stay.
        if ended is Stage.ARCHIVED:
            self._removal.retire(application_id)
        else:
            self._removal.finish(application_id)

    def finish_removal(self, application_id: str) -> Recorded:
        """Finish the removal that took a source; FileNotFoundError if there is none."""
        ended = self._applications.ended(application_id)
        if ended is None:
            raise FileNotFoundError("a source is missing")
        self._removal.finish(application_id)
        return Recorded(stage=ended)

    def discard(self, foreign: Application) -> Recorded:
        """Remove an application for an ad that is surely not ours."""
        tombstone = Tombstone(
            stage=Stage.DISCARDED,
            reason="for an ad not posted by us, of no position of ours",
            removed_at=datetime.now(UTC),
            id=foreign.id,
        )
        self._removal.bury(foreign.id, tombstone, foreign)
        return Recorded(stage=Stage.DISCARDED)
