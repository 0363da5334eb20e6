"""/desk/sign-in and /desk/sign-out: a session for who has a token."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.desk.cookies import delete_cookie, read_cookie, set_cookie
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
from api.operator.auth import caller_of, needs, operator_of, recognise, refused_token
from letterbox.domain.operators import Caller, Permission

_ENDED = "Your session has ended, or your token has changed: please sign in again."
_WRONG = {
    HTTPStatus.UNAUTHORIZED: "This token is not known.",
    HTTPStatus.TOO_MANY_REQUESTS: "There were too many wrong tokens. Wait a minute.",
}
_OUT = "out"
_PATH = "/desk"

router = APIRouter(include_in_schema=False)
_signed_in = APIRouter(include_in_schema=False, route_class=DeskRoute)
log = structlog.get_logger()


@router.get(SIGN_IN)
async def ask(request: Request) -> Response:
    """Ask for a token, or lead to the identity provider."""
    goes_on = within_desk(request.query_params.get("next", ""))
    provider = desk_of(request).provider
    signs_out = provider is not None and _OUT in request.query_params
    note = _ENDED if read_cookie(request, COOKIE) else ""
    if provider and signs_out:
        note = f"You are signed out here, but perhaps not at {provider.name}."
    return sign_in_page(request, goes_on, note=note, signs_out=signs_out)


def sign_in_page(
    request: Request, goes_on: str, status: int = HTTPStatus.OK, **why: Any
) -> HTMLResponse:
    """Return the page where one signs in; ``why`` is what it says of the reason."""
    desk = desk_of(request)
    # By the desk's own address: at another one nobody would be found who comes back.
    base = desk.provider.desk_url if desk.provider else ""
    about = {"note": "", "wrong": "", "signs_out": False, **why}
    return page(
        request,
        "sign_in.html",
        status,
        next=goes_on,
        provider=desk.provider,
        sign_in_url=f"{base}/desk/sign-in/provider?{urlencode({'next': goes_on})}",
        by_token=desk.by_token,
        **about,
    )


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
        answer = sign_in_page(request, goes_on, error.status_code, wrong=wrong)
        answer.headers.update(error.headers or {})
        return answer
    log.info("signed in", operator=caller.operator.name)
    signed_in = RedirectResponse(goes_on, HTTPStatus.SEE_OTHER)
    is_secure = request.url.scheme == "https"
    life = desk_of(request).sessions.life
    keep_session(request, signed_in, caller, life, is_secure=is_secure)
    return signed_in


def keep_session(
    request: Request,
    answer: Response,
    caller: Caller,
    life: timedelta,
    *,
    is_secure: bool,
) -> None:
    """Open a session, whose cookie goes along with an answer."""
    set_cookie(
        answer,
        COOKIE,
        desk_of(request).sessions.open(caller, life),
        max_age=int(life.total_seconds()),
        path=_PATH,
        is_secure=is_secure,
    )


async def _recognised(request: Request, token: str) -> Caller:
    if not token:
        raise refused_token(request, is_counted=False)
    return await recognise(request, token.encode())


@_signed_in.post("/desk/sign-out", openapi_extra=needs(Permission.READ))
async def sign_out(request: Request) -> Response:
    """End the session in this browser."""
    log.info("signed out", operator=operator_of(request).name)
    provider = desk_of(request).provider
    is_there_too = provider and provider.has_signed_in(caller_of(request))
    address = f"{SIGN_IN}?{_OUT}=1" if is_there_too else SIGN_IN
    answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    delete_cookie(request, answer, COOKIE, _PATH)
    return answer


router.include_router(_signed_in)
