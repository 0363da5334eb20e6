"""``POST /oauth/token``."""

import hmac
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, ValidationError

from seek_sandbox.faults import Unauthenticated
from seek_sandbox.interruptions import interrupted
from seek_sandbox.state import Running, Sandbox

router = APIRouter(tags=["SEEK"])


class _TokenRequest(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    audience: str
    client_id: str
    client_secret: str
    grant_type: Literal["client_credentials"]


@router.post("/oauth/token")
async def token(request: Request, sandbox: Running) -> Response:
    """
    Issue a partner token for the right credentials and audience.

    NOT SEEN: what SEEK answers to wrong ones; the status is an option.
    """
    request.state.operations = ["token"]
    if struck := await interrupted(sandbox.faults, "token", frozenset()):
        return struck
    refusal = sandbox.options.token_refusal_status
    try:
        token_request = _TokenRequest.model_validate_json(await request.body())
    except ValidationError:
        return JSONResponse({"error": "invalid_request"}, HTTPStatus.BAD_REQUEST)
    wrong = sandbox.faults.take(Unauthenticated, frozenset(), "token")
    if wrong or not _right(token_request, sandbox):
        return JSONResponse({"error": "access_denied"}, refusal)
    tokens = sandbox.tokens
    return JSONResponse(
        {
            "access_token": tokens.issue(),
            "expires_in": int(tokens.lifetime),
            "token_type": "Bearer",
        }
    )


def _right(token_request: _TokenRequest, sandbox: Sandbox) -> bool:
    options = sandbox.options
    pairs = (
        (token_request.client_id, options.client_id),
        (token_request.client_secret, options.client_secret),
        (token_request.audience, options.audience),
    )
    return all(
        hmac.compare_digest(value.encode(), known.encode()) for value, known in pairs
    )
