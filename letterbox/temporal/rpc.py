"""Remote calls to Temporal: failures become our own error, absence becomes None."""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from temporalio.client import Client, ScheduleDescription
from temporalio.service import RPCError, RPCStatusCode

from letterbox.domain.errors import TemporalUnavailableError

Response = TypeVar("Response")

_UNANSWERED = {
    RPCStatusCode.CANCELLED,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.UNAVAILABLE,
}


@contextmanager
def reaching_temporal() -> Iterator[None]:
    """Raise TemporalUnavailableError for whatever a client's call fails with."""
    try:
        yield
    except RPCError as error:
        # What the client says of a call that nobody has answered in time.
        if error.status in _UNANSWERED:
            raise TemporalUnavailableError("Temporal does not answer") from None
        raise TemporalUnavailableError(
            f"Temporal answers {error.status.name}"
        ) from None
    except RuntimeError:
        # What a lazy client raises until it has connected once.
        raise TemporalUnavailableError("Temporal cannot be reached") from None


async def none_if_absent(call: Awaitable[Response]) -> Response | None:
    """Return the response of a call; None where Temporal knows no such thing."""
    try:
        return await call
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None


async def find_schedule(client: Client, name: str) -> ScheduleDescription | None:
    """Return the description of a schedule; None where there is none."""
    return await none_if_absent(client.get_schedule_handle(name).describe())
