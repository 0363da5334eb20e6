"""What boards are answered, in their own words, and the count of it."""

from collections.abc import Mapping
from time import perf_counter

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import JsonValue

from api.dependencies import ApiServices
from api.metrics import Metrics
from letterbox.boards.base import FormBoard, Outcome, PostBoard, Reply


def respond(  # noqa: PLR0913 the response, and what is known of the request
    request: Request,
    metrics: Metrics,
    board: FormBoard | PostBoard,
    outcome: Outcome,
    detail: str | None = None,
    *,
    counted_as: str | None = None,
    more: Mapping[str, JsonValue] | None = None,
) -> Response:
    """
    Answer a board in its own words, and count the answer.

    ``counted_as`` tells a sender's fault from ours, where the board has one word for
    both. ``more`` goes beside the board's own words, where they are an object.
    """
    metrics.answers.labels(board.name, counted_as or outcome).inc()
    if began := getattr(request.state, "began", None):
        metrics.seconds.labels(board.name).observe(perf_counter() - began)
    application_id = getattr(request.state, "application", None)
    services: ApiServices = request.app.state.services
    reply = _reply(services, board.name, outcome, application_id, detail)
    if reply.body is None:
        return Response(None, reply.status, dict(reply.headers))
    body = reply.body
    if isinstance(body, dict):
        body = {**body, **(more or {})}
    return JSONResponse(body, reply.status, dict(reply.headers))


def _reply(
    services: ApiServices,
    board: str,
    outcome: Outcome,
    application_id: str | None,
    detail: str | None,
) -> Reply:
    if form_board := services.form_boards.get(board):
        status, words = form_board.responses[outcome]
        body: dict[str, JsonValue] = {"status": words}
        return Reply(status, body | ({"detail": detail} if detail else {}))
    post_board = services.post_boards[board]
    return post_board.reply(outcome, application_id, detail, services.settings)
