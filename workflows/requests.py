"""How people's requests are answered: in time, whatever hangs."""

from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.record_access import Interrupted, RecordAccess
from workflows.state import ApplicationState

with workflow.unsafe.imports_passed_through():
    from uuid import NAMESPACE_URL, uuid5

    from letterbox.domain.application import Stage
    from letterbox.domain.errors import RefusedError
    from letterbox.domain.status import Recorded


# A server lets ten updates of a workflow wait at a time: none may wait for ever.
_TIMEOUT = timedelta(seconds=20)
_TIMEOUT_OF_ERASURE = timedelta(minutes=1)

Result = TypeVar("Result")


class Requests:
    """Waits for a request's turn, and for its end, for no longer than a person does."""

    def __init__(self, state: ApplicationState, record: RecordAccess) -> None:
        self._state = state
        self._record = record
        self._refusal: str | None = None

    def event_id(self) -> str:
        """Return the id of the event that a request makes: the same in every replay."""
        request = workflow.current_update_info()
        name = f"letterbox:{workflow.info().workflow_id}/{request and request.id}"
        return str(uuid5(NAMESPACE_URL, name))

    def refuse_if_ended(self) -> None:
        """Refuse what would change an application that has ended, or is to end."""
        if self._state.erasure or self._state.is_ended:
            raise refused(f"the application is {self._state.stage_name}")

    async def until_known(self) -> None:
        """Wait until it is known where the application stands, or is to stand."""
        state = self._state

        def is_known() -> bool:
            is_recorded = state.is_new and state.is_recorded
            is_ending = state.is_lost or state.erasure is not None
            return state.is_taken_in or is_recorded or is_ending

        await self._until(
            is_known, "it is not recorded yet, because its board or a service is down"
        )
        if state.is_lost:
            raise refused("there is no such application")
        is_erased = state.status.stage is Stage.ERASED
        if state.erasure and not (is_erased if state.is_new else state.is_taken_in):
            raise refused(f"the application is {state.stage_name}")

    async def alone(
        self,
        step: Coroutine[Any, Any, Result],
        check: Callable[[], None] = lambda: None,
    ) -> Result:
        """Change the record when its turn comes, if a check still allows it."""

        async def checked() -> Result:
            check()
            return await step

        # Who is refused while waiting for the lock has not begun the step.
        with closing(step):
            try:
                if self._state.is_new:
                    lock = self._record.lock
                    await self._until(
                        lambda: not lock.locked(),
                        "another change of its record is in progress",
                    )
                return await self._record.alone(checked())
            except Interrupted:
                raise refused("the application is being erased") from None

    async def change(self, step: Coroutine[Any, Any, Recorded]) -> Recorded:
        """Change the record unless it has ended, and take over what it says then."""
        recorded = await self.alone(step, self.refuse_if_ended)
        self._record.take_over(recorded)
        return recorded

    async def until_erased(self) -> None:
        """Wait until it is erased; RefusedError where it is not, or not so soon."""

        def is_decided() -> bool:
            is_erased = self._state.status.stage is Stage.ERASED
            return is_erased or self._refusal is not None

        timeout = _TIMEOUT_OF_ERASURE if self._state.is_new else None
        try:
            await workflow.wait_condition(is_decided, timeout=timeout)
        except TimeoutError:
            raise refused(
                "being erased: the rest is removed as soon as the store allows"
            ) from None
        if self._refusal is not None:
            raise refused(self._refusal)

    def refuse_erasure(self, error: ActivityError) -> None:
        """Answer those who wait for an erasure with why it was not carried out."""
        message = getattr(error.cause, "message", "")
        self._refusal = message or "it could not be carried out"

    async def _until(self, is_so: Callable[[], bool], why_not: str) -> None:
        """Wait for a condition; RefusedError if it does not come true in time."""
        if self._state.is_new and is_so():
            return
        timeout = _TIMEOUT if self._state.is_new else None
        try:
            await workflow.wait_condition(is_so, timeout=timeout)
        except TimeoutError:
            raise refused(f"{why_not}: try again later") from None


def refused(why: str) -> ApplicationError:
    """Return the failure of an update that a rule declines."""
    return ApplicationError(why, type=RefusedError.__name__, non_retryable=True)
