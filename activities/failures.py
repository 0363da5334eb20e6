"""The translation of our errors into Temporal's: one of the two translators."""

from datetime import timedelta
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import (
    ApplicationError,
    ApplicationErrorCategory,
    FailureError,
)
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from letterbox.domain.errors import (
    LetterboxError,
    RefusedError,
    StoreUnavailableError,
)
from letterbox.logs import place_of

# For so many attempts a wait that is asked for is kept as it is.
_MAX_UNCHANGED = 10
_BENIGN = ApplicationErrorCategory.BENIGN
_UNSPECIFIED = ApplicationErrorCategory.UNSPECIFIED

log = structlog.get_logger()


class Failures(Interceptor):
    """
    Gives Temporal an error's type, its own text, and whether a retry helps.

    ``store`` is where the objects lie, for whoever reads in the log that it is away.
    """

    def __init__(self, store: str = "") -> None:
        self._store = store

    def intercept_activity(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002 the base's signature
    ) -> ActivityInboundInterceptor:
        """Wrap every activity."""
        return _Translate(next, self._store)


class _Translate(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, store: str) -> None:  # noqa: A002 the base's
        super().__init__(next)
        self._store = store

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await super().execute_activity(input)
        except FailureError:
            raise
        except LetterboxError as error:
            is_by_rule = isinstance(error, RefusedError)
            if not is_by_rule:
                _log(error, self._store)
            raise ApplicationError(
                str(error),
                type=type(error).__name__,
                non_retryable=not error.retryable,
                next_retry_delay=_pause(error.retry_after),
                # The SDK logs no failure then, and counts none.
                category=_BENIGN if is_by_rule else _UNSPECIFIED,
            ) from None
        except Exception as error:  # noqa: BLE001 its text may quote a candidate
            line = place_of(error)
            log.error(  # noqa: TRY400 a traceback may quote what it read
                "step failed", **_where(), error=type(error).__name__, at=line
            )
            raise ApplicationError(
                f"unexpected error in {line}", type=type(error).__name__
            ) from None


def _pause(retry_after: timedelta | None) -> timedelta | None:
    """
    Return for how long the other side is left alone, where it asks for that.

    One that asks for a second every time is asked ever more rarely all the same: for a
    month, that would keep every worker busy.
    """
    info = activity.info()
    if retry_after is None or info.retry_policy is None:
        return retry_after
    longest = max(retry_after, info.retry_policy.maximum_interval or retry_after)
    doublings = min(max(info.attempt - _MAX_UNCHANGED, 0), 20)
    return min(retry_after * (1 << doublings), longest)


def _log(error: LetterboxError, store: str) -> None:
    """
    Log what keeps a step from being done, in the place of the SDK's line and stack.

    A first attempt may have met a hiccup: from the second on it is an outage.
    """
    is_outage = activity.info().attempt > 1 or not error.retryable
    is_of_store = store and isinstance(error, StoreUnavailableError)
    (log.error if is_outage else log.warning)(
        "unavailable" if error.retryable else "step failed",
        **_where(),
        error=type(error).__name__,
        reason=str(error),
        **({"store": store} if is_of_store else {}),
        do="it is tried again; `letterbox doctor`"
        if error.retryable
        else "`letterbox audit`",
    )


def _where() -> dict[str, object]:
    """Name the step and, of an application's own steps, the application."""
    info = activity.info()
    about: dict[str, object] = {"step": info.activity_type, "attempt": info.attempt}
    if info.workflow_type != "Application" or info.workflow_id is None:
        return about
    board = info.workflow_id.partition(":")[0]
    return {"application": info.workflow_id, "board": board, **about}
