"""What was done, said on the page that follows it: by us, and by no link to it."""

from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.background import BackgroundTask
from starlette.datastructures import URL

from api.desk.sessions import Session, is_sealed, seal

_NOTICES = {
    "asked": "The board is asked again, soon.",
    "assigned": "The position is assigned.",
    "cleared": "The document is out of quarantine, and stays out.",
    "closed": "The position is closed, whatever a feed says.",
    "erased": "The application is erased.",
    "held": "The application is on hold: nothing of it will be removed.",
    "noted": "The status is noted.",
    "opened": "The position is open, until a feed or a person closes it.",
    "released": "The hold is released.",
    "told": "The ATS is told once more.",
}


def done(
    request: Request, address: str, what: str, then: BackgroundTask | None = None
) -> Response:
    """Lead on to a page that says what was done."""
    session: Session = request.state.session
    sealed = seal(session.csrf.encode(), "done", what)
    url = URL(address).include_query_params(done=f"{what}.{sealed}")
    return RedirectResponse(str(url), HTTPStatus.SEE_OTHER, background=then)


def notice_of(request: Request, session: Session | None) -> str:
    """Return what was done; nothing where this session has not done it."""
    if session is None:
        return ""
    what, _, sealed = request.query_params.get("done", "").partition(".")
    if what not in _NOTICES:
        return ""
    # Only pages of this session can name it.
    is_ours = is_sealed(sealed, session.csrf.encode(), "done", what)
    return _NOTICES[what] if is_ours else ""
