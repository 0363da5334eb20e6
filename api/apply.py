"""Where boards post whole applications."""

from functools import partial
from typing import cast

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from api.acceptance import Decision
from api.board_responses import respond
from api.dependencies import ApiServices
from api.request_ids import request_id_of
from api.verified import ChallengeDep, VerifiedSubmission, read_submission
from letterbox.boards.base import Outcome
from letterbox.domain.repeats import Repeat
from letterbox.domain.transitions import Transition
from letterbox.transition_log import note

log = structlog.get_logger()

# Each board's own address is documented by api/board_openapi.py.
router = APIRouter(include_in_schema=False)


async def apply(request: Request) -> Response:
    """Accept one application, or refuse it, in the board's own words."""
    services = cast("ApiServices", request.app.state.services)
    board = request.path_params["board"]
    async with read_submission(board, request, services) as verified:
        decision = await services.in_time(partial(_accepted, services, verified))
        _note(services, verified, decision, request_id_of(request))
        return respond(
            request,
            services.metrics,
            verified.board,
            _outcome(verified, decision),
            more=verified.remarks,
        )


class _Route(Route):
    """A route that the log names by its path, as it does FastAPI's own."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Leave word of the route itself."""
        match, found = super().matches(scope)
        return match, {**found, "route": self}


# Starlette's own kind: FastAPI's dependencies take a tenth of the whole answer.
route = _Route("/apply/{board}", apply, methods=["POST"])
"""Not in ``router``: FastAPI would make a plain one of it."""


@router.get("/apply/{board}")
async def challenge(board: str, answer: ChallengeDep) -> Response:
    """Show a board that the address knows its secret."""
    log.info("challenge answered", board=board)
    # A cache between us would answer for a secret that was changed.
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _accepted(services: ApiServices, verified: VerifiedSubmission) -> Decision:
    submission = verified.submission
    return services.acceptance.accept(
        submission,
        verified.board.read(submission),
        verified.contents,
        refuses=verified.refuses,
    )


def _outcome(verified: VerifiedSubmission, decision: Decision) -> Outcome:
    is_known = decision.repeat is Repeat.KEPT
    if is_known and Outcome.DUPLICATE in verified.refuses:
        return Outcome.DUPLICATE
    return decision.outcome


def _note(
    services: ApiServices,
    verified: VerifiedSubmission,
    decision: Decision,
    request_id: str | None,
) -> None:
    """Log the application by its id, count it, and have a new one started."""
    submission = verified.submission
    if decision.outcome is not Outcome.ACCEPTED:
        about = {"reason": decision.outcome.value}
        note(Transition.REFUSED, submission.application_id, **about)
    elif decision.repeat is Repeat.NEW:
        count = len(submission.documents)
        note(Transition.RECEIVED, submission.application_id, documents=count)
    else:
        about = {"repeat": decision.repeat.value}
        note(Transition.REPEATED, submission.application_id, **about)
    if decision.repeat is Repeat.ENDED:
        services.metrics.dropped.labels(verified.board.name).inc()
    if decision.outcome is Outcome.ACCEPTED and decision.repeat is Repeat.NEW:
        services.starter.offer(submission.application_id, request_id)
