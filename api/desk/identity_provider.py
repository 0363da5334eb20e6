"""Signing in at an identity provider: the way there, the way back, and out."""

import hmac
from http import HTTPStatus

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.desk.cookies import delete_cookie, read_cookie, set_cookie
from api.desk.dependencies import IdentityProvider, desk_of
from api.desk.pages import page
from api.desk.pending_sign_ins import LIFE, PendingSignIn
from api.desk.route import within_desk
from api.desk.sign_in import keep_session, sign_in_page
from letterbox.domain.errors import SignInError, SignInRefusedError

PENDING = "letterbox_desk_sign_in"
_BEGIN = "/desk/sign-in/provider"
_CALLBACK = "/desk/sign-in/callback"
_MAX_CODE = 8192
_DENIED = {"access_denied", "consent_required", "interaction_required"}
_BUSY = {"server_error", "temporarily_unavailable"}

router = APIRouter(include_in_schema=False)
log = structlog.get_logger()


@router.get(_BEGIN)
async def begin(request: Request) -> Response:
    """Lead somebody to the provider; a link does, for no form may lead elsewhere."""
    provider = _provider_of(request)
    goes_on = within_desk(request.query_params.get("next", ""))
    pending, cookie = desk_of(request).pending_sign_ins.begin(goes_on)
    try:
        address = await provider.authorization_url(pending)
    except SignInError as error:
        return _failed(request, error, goes_on)
    leaving = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    set_cookie(
        leaving,
        PENDING,
        cookie,
        max_age=LIFE,
        path=_CALLBACK,
        is_secure=_is_secure(request, provider),
        is_strict=False,
    )
    return leaving


@router.get(_CALLBACK)
async def callback(request: Request) -> Response:
    """Open a session for who comes back; that is tried once, whatever comes of it."""
    is_secure = _is_secure(request, _provider_of(request))
    cookie = read_cookie(request, PENDING, is_secure=is_secure)
    found = desk_of(request).pending_sign_ins.find(cookie)
    state = (_single(request, "state") or "").encode()
    if found is None or not hmac.compare_digest(state, found.state.encode()):
        # The one that is under way in this browser, if there is one, may still arrive.
        error = SignInError(
            "it was begun in another browser or tab, was completed before, or took too"
            " long: begin again",
            code="state",
        )
        return _failed(request, error, "/desk")
    answer = await _complete(request, found)
    delete_cookie(request, answer, PENDING, _CALLBACK)
    return answer


async def _complete(request: Request, pending: PendingSignIn) -> Response:
    """Return what somebody gets who comes back by the answer to their own sign-in."""
    provider = _provider_of(request)
    try:
        code, issuer = _code_of(request), _single(request, "iss")
        caller = await provider.signed_in(pending, code, issuer)
    except SignInError as error:
        return _failed(request, error, pending.next)
    operator = caller.operator
    log.info("signed in", operator=operator.name, role=operator.role)
    # Not a redirect: a browser would not send the session's cookie along with one that
    # another site has begun. A page of ours that goes on does.
    refresh = f"0;url={pending.next}"
    answer = page(request, "signed_in.html", next=pending.next, refresh=refresh)
    is_secure = _is_secure(request, provider)
    keep_session(request, answer, caller, provider.session, is_secure=is_secure)
    return answer


@router.get("/desk/sign-out/provider")
async def sign_out(request: Request) -> Response:
    """Lead to where the provider's own session is ended; ours is, before."""
    try:
        address = await _provider_of(request).sign_out_address()
    except SignInError as error:
        return _failed(request, error, "/desk")
    if address is None:
        raise HTTPException(
            HTTPStatus.NOT_FOUND,
            "the provider does not say where one signs out: do it on its own pages",
        )
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _code_of(request: Request) -> str:
    """Return the code that the provider gives (SignInError: it says why not)."""
    if error := _single(request, "error"):
        raise _told(error)
    code = _single(request, "code") or ""
    if not 0 < len(code) <= _MAX_CODE:
        raise SignInError("the answer has no code: begin again", code="no-code")
    return code


def _told(error: str) -> SignInError:
    """Return what the provider says; its words are a stranger's until it is asked."""
    if error in _DENIED:
        return SignInRefusedError("you were not let in there", code="denied")
    if error in _BUSY:
        return SignInError("it cannot do this now: try again", code="provider-busy")
    return SignInError("it has not signed you in: try again", code="provider-error")


def _single(request: Request, name: str) -> str | None:
    """Return a parameter; of two nobody knows which counts, so that none does."""
    found = request.query_params.getlist(name)
    if not found:
        return None
    return found[0] if len(found) == 1 else ""


def _failed(request: Request, error: SignInError, goes_on: str) -> HTMLResponse:
    """Say what is wrong where one can sign in again, by a token too."""
    log.warning("sign-in failed", code=error.code, reason=str(error))
    name = _provider_of(request).name
    wrong = f"Signing in with {name} did not work: {error}."
    return sign_in_page(request, goes_on, error.status, wrong=wrong)


def _is_secure(request: Request, provider: IdentityProvider) -> bool:
    return request.url.scheme == "https" or provider.desk_url.startswith("https:")


def _provider_of(request: Request) -> IdentityProvider:
    if provider := desk_of(request).provider:
        return provider
    raise HTTPException(HTTPStatus.NOT_FOUND, "there is no single sign-on here")
