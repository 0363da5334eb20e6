"""Steps that fail when a test wants it, and failures that are tried again soon."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from letterbox.domain.errors import ReceiverUnavailableError, StoreUnavailableError

_SOON = timedelta(milliseconds=50)


class Failing(Interceptor):
    """Makes steps fail, by the names of their activities, for as long as ``is_on``."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names
        self.is_on = True

    def intercept_activity(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002 the base's signature
    ) -> ActivityInboundInterceptor:
        """Wrap every activity."""
        return _Fail(next, self)


class _Fail(ActivityInboundInterceptor):
    def __init__(self, next_: ActivityInboundInterceptor, failing: Failing) -> None:
        super().__init__(next_)
        self._failing = failing

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        if self._failing.is_on and activity.info().activity_type in self._failing.names:
            raise StoreUnavailableError("put: ENOSPC")
        return await super().execute_activity(input)


class QuickDelivery(Interceptor):
    """Tries a delivery again at once: the first pause is 10 s otherwise."""

    def intercept_activity(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002 the base's signature
    ) -> ActivityInboundInterceptor:
        """Wrap every activity."""
        return _TryAgainSoon(next)


class _TryAgainSoon(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await super().execute_activity(input)
        except ReceiverUnavailableError as error:
            error.retry_after = _SOON
            raise
