"""How a workflow calls a step: local on our own store, regular on anything else."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    FailureError,
    is_cancelled_exception,
)

from workflows.options import (
    ENDED,
    PERSON_WAITS,
    SECOND,
    STORE_AWAY,
    STORE_CALL,
    RegularOptions,
)

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.errors import StoreUnavailableError
    from letterbox.temporal.task_queues import own

Args = TypeVar("Args")
Result = TypeVar("Result")
Step = Callable[[Args], Coroutine[Any, Any, Result]]
Summary = str | Callable[[Args], str]


def local(
    activity: Callable[[Any, Args], Result],
    summary: Summary[Args],
    *,
    is_interruptible: bool = True,
    when_away: RegularOptions = STORE_AWAY,
) -> Step[Args, Result]:
    """
    Make a step that is short as long as the store is there.

    A few tries within seconds need no timer, and so the history does not grow. What
    fails all of them goes on as a regular activity of the same name.
    """

    async def step(args: Args) -> Result:
        text = _text(summary, args)
        try:
            return await workflow.execute_local_activity_method(
                activity,
                args,
                summary=text,
                cancellation_type=ENDED,
                schedule_to_close_timeout=STORE_CALL,
                start_to_close_timeout=STORE_CALL,
                retry_policy=RetryPolicy(
                    initial_interval=0.5 * SECOND, maximum_attempts=4
                ),
                local_retry_threshold=5 * SECOND,
            )
        except FailureError as error:
            if _is_final(error):
                raise
        return await workflow.execute_activity_method(
            activity, args, summary=text, **when_away
        )

    return interruptible(step) if is_interruptible else step


def awaited(
    activity: Callable[[Any, Args], Result], summary: Summary[Args]
) -> Step[Args, Result]:
    """Make such a step for which a person waits, and therefore some seconds only."""
    step = local(activity, summary, is_interruptible=False, when_away=PERSON_WAITS)

    async def answered(args: Args) -> Result:
        try:
            return await step(args)
        except FailureError as error:
            if _is_final(error):
                raise
            raise ApplicationError(
                "the store does not answer, or cannot be read: try again later",
                type=StoreUnavailableError.__name__,
                non_retryable=True,
            ) from error

    return answered


def regular(
    activity: Callable[[Any, Args], Awaitable[Result]],
    summary: Summary[Args],
    options: RegularOptions,
    *,
    queue: str = "",
    is_interruptible: bool = True,
) -> Step[Args, Result]:
    """Make a step that waits for others; ``queue`` names one that has own slots."""

    async def step(args: Args) -> Result:
        return await workflow.execute_activity_method(
            activity,
            args,
            summary=_text(summary, args),
            task_queue=own(queue) if queue else None,
            **options,
        )

    return interruptible(step) if is_interruptible else step


def interruptible(step: Step[Args, Result]) -> Step[Args, Result]:
    """
    Make a step raise ``CancelledError`` when its task was cancelled.

    The SDK lets an activity that ends well in spite of a cancellation swallow it.
    """

    @wraps(step)
    async def checked(args: Args) -> Result:
        result = await step(args)
        task = asyncio.current_task()
        if task and task.cancelling():
            raise asyncio.CancelledError
        return result

    return checked


async def unless_away(step: Coroutine[Any, Any, Result], otherwise: Result) -> Result:
    """Return a board's answer, or ``otherwise`` where it has not come in time."""
    try:
        return await step
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return otherwise


def cause_of(error: FailureError) -> BaseException | None:
    """Return why a step failed; a local activity's failure comes without a wrapper."""
    return error.cause if isinstance(error, ActivityError) else error


def _text(summary: Summary[Args], args: Args) -> str:
    return summary if isinstance(summary, str) else summary(args)


def _is_final(error: FailureError) -> bool:
    cause = cause_of(error)
    is_refused = isinstance(cause, ApplicationError) and cause.non_retryable
    return is_refused or is_cancelled_exception(error)
