"""Where an application stands, told to whoever looks, changed by one at a time."""

import asyncio
from collections.abc import Awaitable

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows import search_attributes as attributes
from workflows.details import details
from workflows.status import Status

with workflow.unsafe.imports_passed_through():
    from activities.values import Recorded
    from domain.application import Stage
    from domain.errors import RefusedError

OVER = {Stage.ARCHIVED, Stage.ERASED, Stage.DISCARDED}


class Standing:
    """The status; whoever changes the record holds the ``lock``."""

    def __init__(self, application_id: str) -> None:
        self._id = application_id
        self.lock = asyncio.Lock()
        self.status = Status(stage=Stage.RECEIVED)
        self._tell()

    @property
    def is_over(self) -> bool:
        """Whether nothing more is taken in."""
        return self.status.stage in OVER

    @property
    def is_due(self) -> bool:
        """Whether it is to be archived."""
        due = self.status.archive_by
        return due is None or due <= workflow.now()

    def become(self, status: Status) -> None:
        """Take a new status over, in the search attributes and in the UI."""
        if status != self.status:
            self.status = status
            workflow.upsert_search_attributes(attributes.updates(status))
        self._tell()

    async def amend(self, step: Awaitable[Recorded | None]) -> None:
        """Change the record, alone; a step that finds no record changes nothing."""
        async with self.lock:
            if recorded := await step:
                self.become(Status.of(recorded))

    def _tell(self) -> None:
        workflow.set_current_details(details(self._id, self.status))


def refused(why: str) -> ApplicationError:
    """Make the failure of an update that a rule declines."""
    return ApplicationError(why, type=RefusedError.__name__, non_retryable=True)
