"""Steps on our own store: at once as local activities, patiently as regular ones."""

from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    FailureError,
    is_cancelled_exception,
)

from workflows.options import OWN_STORE, PERSON_WAITS, STORE_AWAY

with workflow.unsafe.imports_passed_through():
    from letterbox.domain.errors import StoreUnavailableError


Result = TypeVar("Result")


async def on_store(
    step: Callable[[Any, Any], Result],
    given: Any,
    summary: str,
    *,
    a_person_waits: bool = False,
) -> Result:
    """
    Take a step that is short as long as the store is there.

    What fails some times goes on as a regular activity of the same name, for as long
    as it takes; or, where a person waits for the answer, for some seconds only.
    """
    try:
        return await workflow.execute_local_activity_method(
            step, given, summary=summary, **OWN_STORE
        )
    except FailureError as error:
        if is_cancelled_exception(error) or _is_final(error):
            raise
    if not a_person_waits:
        return await workflow.execute_activity_method(
            step, given, summary=summary, **STORE_AWAY
        )
    try:
        return await workflow.execute_activity_method(
            step, given, summary=summary, **PERSON_WAITS
        )
    except FailureError as error:
        if is_cancelled_exception(error) or _is_final(error):
            raise
        raise ApplicationError(
            "the store does not answer, or cannot be read: ask again later",
            type=StoreUnavailableError.__name__,
            non_retryable=True,
        ) from error


def cause_of(error: FailureError) -> BaseException | None:
    """Give what a step failed of: a local activity's failure comes as it is."""
    return error.cause if isinstance(error, ActivityError) else error


def _is_final(error: FailureError) -> bool:
    cause = cause_of(error)
    return isinstance(cause, ApplicationError) and cause.non_retryable
