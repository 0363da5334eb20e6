"""A route of the desk: for who has signed in, and for forms that are its own."""

import re
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from api.desk.cookies import read_cookie
from api.desk.dependencies import desk_of
from api.desk.pages import page
from api.operator.auth import admit, limited_to, permission_of, refresh_callers
from api.operator.authorship import MAX_AUTHOR

COOKIE = "letterbox_desk"
SIGN_IN = "/desk/sign-in"
_MAX_FORM = 64 * 1024
_HERE = re.compile(r"/desk(/[A-Za-z0-9%._~:=&?/+-]*)?")
_OWN = {"same-origin", "none"}


class DeskRoute(APIRoute):
    """
    A route that wants a session, and of what changes anything a token in the form.

    Without a session a browser is led to where one is opened. What else is asked of a
    caller is asked as by the operator API: ``openapi_extra=needs(…)``.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the checks before what FastAPI does."""
        handle = super().get_route_handler()
        permission = permission_of(self)

        async def guarded(request: Request) -> Response:
            await refresh_callers(request)
            session = desk_of(request).sessions.find(read_cookie(request, COOKIE))
            if session is None:
                return _signed_out(request)
            request.state.session = session
            request.state.author = f"desk: {session.caller.operator.name}"[:MAX_AUTHOR]
            await admit(request, session.caller, permission)
            limited = limited_form(request)
            if request.method == "POST":
                refuse_foreign(request)
                fields = await limited.form(max_files=0, max_fields=50)
                if not session.has_made(str(fields.get("csrf", ""))):
                    raise HTTPException(
                        HTTPStatus.FORBIDDEN,
                        "this form was not made for your session: go back, reload the"
                        " page, and send it again",
                    )
            return await handle(limited)

        return guarded


def author(request: Request) -> str:
    """Return who asks, as it is kept with what is done, and in the journal."""
    by: str = request.state.author
    return by


def refuse_foreign(request: Request) -> None:
    """Refuse a form that a page of another site has sent, where the browser tells."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in _OWN:
        raise HTTPException(
            HTTPStatus.FORBIDDEN,
            "this form was sent from another site: open the desk and send it there",
        )


def limited_form(request: Request) -> Request:
    """Return the request with a body that is no longer than any form of ours."""
    return Request(request.scope, limited_to(_MAX_FORM, request.receive))


def within_desk(address: str) -> str:
    """Return an address to go on to, if it is one of the desk's; else the first."""
    return address if _HERE.fullmatch(address) and "//" not in address else "/desk"


def _signed_out(request: Request) -> Response:
    """Lead to where a session is opened; the cookie stays away from foreign links."""
    is_page = request.method == "GET"
    came_from = request.headers.get("Sec-Fetch-Site", "none")
    if is_page and not read_cookie(request, COOKIE) and came_from not in _OWN:
        # A browser sends a strict cookie along once the page asks for itself.
        return _again(request)
    raw = request.scope.get("raw_path") or quote(request.url.path).encode()
    here = raw.decode("latin-1")
    if is_page:
        here += f"?{request.url.query}" if request.url.query else ""
    else:
        here = here.rpartition("/")[0]
    address = f"{SIGN_IN}?next={quote(here, safe='')}"
    if "HX-Request" in request.headers:
        headers = {"HX-Redirect": address}
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers=headers)
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _again(request: Request) -> HTMLResponse:
    return page(request, "again.html")
