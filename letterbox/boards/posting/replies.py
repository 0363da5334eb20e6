"""What boards are answered that read no more than the status."""

from collections.abc import Mapping
from http import HTTPStatus

from pydantic import JsonValue

from letterbox.boards.base import Outcome, Reply

STATUSES: Mapping[Outcome, HTTPStatus] = {
    Outcome.ACCEPTED: HTTPStatus.OK,
    Outcome.MALFORMED: HTTPStatus.BAD_REQUEST,
    Outcome.INVALID_SOURCE: HTTPStatus.UNAUTHORIZED,
    Outcome.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Outcome.UNEXPECTED: HTTPStatus.INTERNAL_SERVER_ERROR,
    Outcome.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What HTTP says of each, for boards that prescribe nothing; nobody is refused."""
_AGAIN = {Outcome.UNAVAILABLE, Outcome.UNEXPECTED}


def reply_by_status(
    status: HTTPStatus, outcome: Outcome, application_id: str | None, detail: str | None
) -> Reply:
    """Return the status, with a body that tells people what it means."""
    body: dict[str, JsonValue] = {"status": outcome.value}
    if application_id:
        body["id"] = application_id
    if detail:
        body["detail"] = detail
    return Reply(status, body, {"Retry-After": "30"} if outcome in _AGAIN else {})
