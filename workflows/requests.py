"""How people's requests are answered: in time, whatever hangs."""

from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.standing import Interrupted, Standing, refused

with workflow.unsafe.imports_passed_through():
    from uuid import NAMESPACE_URL, uuid5

    from domain.application import Stage

# A server lets ten updates of a workflow wait at a time: none may wait for ever.
_PATIENCE = timedelta(seconds=20)
_PATIENCE_WITH_ERASURE = timedelta(minutes=1)

Result = TypeVar("Result")


class Requests:
    """Waits for a request's turn, and for its end, for no longer than a person does."""

    def __init__(self, standing: Standing, *, is_new: bool) -> None:
        self._standing = standing
        self._is_new = is_new
        self.refusal: str | None = None
        """Why an erasure that was begun is not carried out."""

    def event_id(self) -> str:
        """Name the event that a request makes: the same if a worker dies over it."""
        request = workflow.current_update_info()
        name = f"letterbox:{workflow.info().workflow_id}/{request and request.id}"
        return str(uuid5(NAMESPACE_URL, name))

    async def until(self, is_so: Callable[[], bool], why_not: str) -> None:
        """Wait for a condition; RefusedError if it does not come true in time."""
        if not self._is_new:
            await workflow.wait_condition(is_so)
            return
        if not is_so():
            try:
                await workflow.wait_condition(is_so, timeout=_PATIENCE)
            except TimeoutError:
                raise refused(f"{why_not}: ask again later") from None

    async def alone(
        self,
        step: Coroutine[Any, Any, Result],
        check: Callable[[], None] = lambda: None,
    ) -> Result:
        """Change the record when its turn comes, if a check still allows it."""

        async def checked() -> Result:
            check()
            return await step

        # Who is refused while waiting for his turn has not begun it.
        with closing(step):
            try:
                if self._is_new:
                    lock = self._standing.lock
                    await self.until(
                        lambda: not lock.locked(),
                        "another step on its record is under way",
                    )
                return await self._standing.alone(checked())
            except Interrupted:
                raise refused("the application is being erased") from None

    async def erased(self) -> None:
        """Wait until it is erased; RefusedError where it is not, or not so soon."""

        def is_over() -> bool:
            is_erased = self._standing.status.stage is Stage.ERASED
            return is_erased or self.refusal is not None

        timeout = _PATIENCE_WITH_ERASURE if self._is_new else None
        try:
            await workflow.wait_condition(is_over, timeout=timeout)
        except TimeoutError:
            raise refused(
                "being erased: what is left goes as soon as the store allows it"
            ) from None
        if self.refusal is not None:
            raise refused(self.refusal)


def refusal_of(error: ActivityError) -> str:
    """Say why a step did not do what was asked."""
    return getattr(error.cause, "message", "") or "it could not be carried out"
