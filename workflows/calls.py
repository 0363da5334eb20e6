"""How a workflow calls a step: on our own store at once, all else as regular ones."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    FailureError,
    is_cancelled_exception,
)

from workflows.options import OWN_STORE, PERSON_WAITS, STORE_AWAY, RegularOptions

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
) -> Step[Args, Result]:
    """
    Make a step that is short as long as the store is there.

    What fails some times goes on as a regular activity of the same name, for as long
    as it takes.
    """

    async def step(args: Args) -> Result:
        text = _text(summary, args)
        try:
            return await _at_once(activity, args, text)
        except FailureError as error:
            if _is_final(error):
                raise
        return await workflow.execute_activity_method(
            activity, args, summary=text, **STORE_AWAY
        )

    return interruptible(step) if is_interruptible else step


def awaited(
    activity: Callable[[Any, Args], Result], summary: Summary[Args]
) -> Step[Args, Result]:
    """Make such a step for which a person waits, and therefore some seconds only."""

    async def step(args: Args) -> Result:
        text = _text(summary, args)
        try:
            return await _at_once(activity, args, text)
        except FailureError as error:
            if _is_final(error):
                raise
        try:
            return await workflow.execute_activity_method(
                activity, args, summary=text, **PERSON_WAITS
            )
        except FailureError as error:
            if _is_final(error):
                raise
            raise ApplicationError(
                "the store does not answer, or cannot be read: ask again later",
                type=StoreUnavailableError.__name__,
                non_retryable=True,
            ) from error

    return step


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


def cause_of(error: FailureError) -> BaseException | None:
    """Return what a step failed of: a local activity's failure comes as it is."""
    return error.cause if isinstance(error, ActivityError) else error


async def _at_once(
    activity: Callable[[Any, Args], Result], args: Args, summary: str
) -> Result:
    return await workflow.execute_local_activity_method(
        activity, args, summary=summary, **OWN_STORE
    )


def _text(summary: Summary[Args], args: Args) -> str:
    return summary if isinstance(summary, str) else summary(args)


def _is_final(error: FailureError) -> bool:
    cause = cause_of(error)
    is_refused = isinstance(cause, ApplicationError) and cause.non_retryable
    return is_refused or is_cancelled_exception(error)
