"""/desk/sign-in and /desk/sign-out: a session for who has a token."""

from http import HTTPStatus

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from api.desk.dependencies import desk_of
from api.desk.pages import page
from api.desk.route import (
    COOKIE,
    SIGN_IN,
    DeskRoute,
    limited_form,
    refuse_foreign,
    within_desk,
)
from api.operator.auth import needs, operator_of, recognise, refused_token
from letterbox.domain.operators import Caller, Permission

_ENDED = "Your session has ended, or your token has changed: please sign in again."
_WRONG = {
    HTTPStatus.UNAUTHORIZED: "This token is not known.",
    HTTPStatus.TOO_MANY_REQUESTS: "There were too many wrong tokens. Wait a minute.",
}

router = APIRouter(include_in_schema=False)
_signed_in = APIRouter(include_in_schema=False, route_class=DeskRoute)
log = structlog.get_logger()


@router.get(SIGN_IN)
async def ask(request: Request) -> Response:
    """Ask for a token."""
    goes_on = within_desk(request.query_params.get("next", ""))
    note = _ENDED if COOKIE in request.cookies else ""
    return page(request, "sign_in.html", next=goes_on, note=note, wrong="")


@router.post(SIGN_IN)
async def sign_in(request: Request) -> Response:
    """Open a session, and go on to where somebody wanted to go."""
    refuse_foreign(request)
    fields = await limited_form(request).form(max_files=0, max_fields=10)
    goes_on = within_desk(str(fields.get("next", "")))
    try:
        caller = await _recognised(request, str(fields.get("token", "")).strip())
    except HTTPException as error:
        if (wrong := _WRONG.get(HTTPStatus(error.status_code))) is None:
            raise
        about = {"next": goes_on, "note": "", "wrong": wrong}
        answer = page(request, "sign_in.html", error.status_code, **about)
        answer.headers.update(error.headers or {})
        return answer
    log.info("signed in", operator=caller.operator.name)
    sessions = desk_of(request).sessions
    signed_in = RedirectResponse(goes_on, HTTPStatus.SEE_OTHER)
    signed_in.set_cookie(
        COOKIE,
        sessions.open(caller),
        max_age=int(sessions.life.total_seconds()),
        path="/desk",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return signed_in


async def _recognised(request: Request, token: str) -> Caller:
    if not token:
        raise refused_token(request, is_counted=False)
    return await recognise(request, token.encode())


@_signed_in.post("/desk/sign-out", openapi_extra=needs(Permission.READ))
async def sign_out(request: Request) -> Response:
    """End the session in this browser."""
    log.info("signed out", operator=operator_of(request).name)
    answer = RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE, path="/desk", httponly=True, samesite="strict")
    return answer


router.include_router(_signed_in)
