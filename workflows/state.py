"""Where an application stands, told to whoever looks, changed by one at a time."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import closing
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import (
    ApplicationError,
    FailureError,
    is_cancelled_exception,
)

from workflows.details import details
from workflows.store_steps import cause_of

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.application import Flag, Stage
    from letterbox.domain.commands import Held
    from letterbox.domain.errors import NotFoundError, RefusedError
    from letterbox.domain.status import Recorded, Status
    from letterbox.temporal import search_attributes as attributes


OVER = {Stage.ARCHIVED, Stage.ERASED, Stage.DISCARDED}

Result = TypeVar("Result")


class Interrupted(Exception):  # noqa: N818 no error: an erasure has its way
    """An erasure takes the place of whatever else would change the record."""


class ApplicationState:
    """
    The status; whoever changes the record does so ``alone``.

    A hold and the alarm are in the status at once, and in the record when it can be
    written. ``on_recorded`` is called with what a step on the record says.
    """

    def __init__(
        self,
        application_id: str,
        *,
        is_new: bool,
        on_recorded: Callable[[Recorded, Status], None],
    ) -> None:
        self._id = application_id
        self._is_new = is_new
        self._on_recorded = on_recorded
        self.lock = asyncio.Lock()
        self._under_way: asyncio.Task[Any] | None = None
        self._is_interrupted = False
        self._held: Held | None = None
        self._is_overdue = False
        self.status = Status(stage=Stage.RECEIVED)
        self._tell()

    @property
    def is_over(self) -> bool:
        """Whether nothing more is taken in."""
        return self.status.stage in OVER

    @property
    def is_recorded(self) -> bool:
        """Whether there is, or was, a record."""
        return self.status.archive_by is not None

    @property
    def is_due(self) -> bool:
        """Whether it is to be archived."""
        due = self.status.archive_by
        return due is None or due <= workflow.now()

    def set_status(self, status: Status) -> None:
        """Take a new status over, in the search attributes and in the UI."""
        status = self._with_what_is_not_noted(status)
        if status != self.status:
            self.status = status
            workflow.upsert_search_attributes(attributes.updates(status))
        self._tell()

    def take_over(self, recorded: Recorded) -> None:
        """Take over what a step says of the record, and what the ATS is owed."""
        self.set_status(recorded.status)
        self._on_recorded(recorded, self.status)

    def be_held(self, held: Held | None) -> None:
        """Say that it is held, or not, ahead of the record; None when that says so."""
        self._held = held
        self.set_status(self.status)

    def be_overdue(self) -> None:
        """Say that the archive is overdue, whatever the record says."""
        self._is_overdue = True
        self.set_status(self.status)

    async def alone(self, step: Coroutine[Any, Any, Result]) -> Result:
        """Take a step that reads and writes the record while nobody else does."""
        # Whoever is cancelled while waiting for his turn has not begun it.
        with closing(step):
            async with self.lock:
                if not self._is_new:
                    return await step
                if self._is_interrupted:
                    raise Interrupted
                self._under_way = under_way = asyncio.create_task(step)
                try:
                    return await under_way
                except (asyncio.CancelledError, FailureError) as error:
                    # A step that has failed before is a regular activity by now: its
                    # cancellation is a failure of its own.
                    if self._is_interrupted and is_cancelled_exception(error):
                        raise Interrupted from None
                    raise
                finally:
                    self._under_way = None

    async def amend(self, step: Coroutine[Any, Any, Recorded | None]) -> None:
        """Change the record, alone; a step that finds no record changes nothing."""
        try:
            recorded = await self.alone(step)
        except FailureError as error:
            # A record that is lost: the next look into the store says so.
            if self._is_new and _is_not_found(error):
                return
            raise
        if recorded:
            self.take_over(recorded)

    def interrupt(self) -> None:
        """Stop whoever changes the record, and let nobody else begin."""
        self._is_interrupted = True
        if self._under_way:
            self._under_way.cancel()

    def go_on(self) -> None:
        """Let others begin again."""
        self._is_interrupted = False

    def _with_what_is_not_noted(self, status: Status) -> Status:
        if status.stage is Stage.ERASED:
            return status
        flags, until = set(status.flags), status.held_until
        if self._is_overdue:
            flags.add(Flag.OVERDUE)
        if self._held:
            flags.discard(Flag.HELD)
            until = self._held.until
            if self._held.is_held:
                flags.add(Flag.HELD)
        if self._is_overdue or self._held:
            changes = {"flags": tuple(sorted(flags)), "held_until": until}
            return status.model_copy(update=changes)
        return status

    def _tell(self) -> None:
        workflow.set_current_details(details(self._id, self.status))


def _is_not_found(error: FailureError) -> bool:
    cause = cause_of(error)
    return isinstance(cause, ApplicationError) and cause.type == NotFoundError.__name__


def refused(why: str) -> ApplicationError:
    """Make the failure of an update that a rule declines."""
    return ApplicationError(why, type=RefusedError.__name__, non_retryable=True)
