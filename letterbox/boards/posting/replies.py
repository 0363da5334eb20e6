"""What boards are answered that read no more than the status."""

from http import HTTPStatus

from pydantic import JsonValue

from letterbox.boards.base import Outcome, Reply

_AGAIN = {Outcome.UNAVAILABLE, Outcome.UNEXPECTED}


def reply_by_status(
    status: HTTPStatus, outcome: Outcome, application_id: str | None, detail: str | None
) -> Reply:
    """Say in the body, for people, what the status means."""
    body: dict[str, JsonValue] = {"status": outcome.value}
    if application_id:
        body["id"] = application_id
    if detail:
        body["detail"] = detail
    return Reply(status, body, {"Retry-After": "30"} if outcome in _AGAIN else {})
