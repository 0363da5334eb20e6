"""What boards are answered, in their own words, and the count of it."""

from time import perf_counter

from fastapi import Request
from fastapi.responses import JSONResponse

from api.metrics import Metrics
from letterbox.boards.base import FormBoard, Outcome


def respond(  # noqa: PLR0913 the response, and what is known of the request
    request: Request,
    metrics: Metrics,
    board: FormBoard,
    outcome: Outcome,
    detail: str | None = None,
    *,
    counted_as: str | None = None,
) -> JSONResponse:
    """
    Answer a form in its board's words, and count the answer.

    ``counted_as`` tells a sender's fault from ours, where the board has one word for
    both.
    """
    status, words = board.responses[outcome]
    metrics.answers.labels(board.name, counted_as or outcome).inc()
    if began := getattr(request.state, "began", None):
        metrics.seconds.labels(board.name).observe(perf_counter() - began)
    content = {"status": words} | ({"detail": detail} if detail else {})
    return JSONResponse(content, status)
