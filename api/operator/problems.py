"""Problems as RFC 9457 has them, and their documentation in OpenAPI."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

_MEDIA_TYPE = "application/problem+json"
_REASONS = {
    HTTPStatus.BAD_REQUEST: "the request is malformed",
    HTTPStatus.UNAUTHORIZED: "the bearer token is missing or wrong",
    HTTPStatus.FORBIDDEN: "your role is viewer: this needs triage or admin",
    HTTPStatus.NOT_FOUND: "no such application, document or position",
    HTTPStatus.CONFLICT: "held until released: release it first",
    HTTPStatus.GONE: "the application was erased",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the body is too large",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "the document is shorter",
    HTTPStatus.UNPROCESSABLE_ENTITY: "the request is not valid",
    HTTPStatus.TOO_MANY_REQUESTS: "too many wrong bearer tokens",
    HTTPStatus.SERVICE_UNAVAILABLE: "no answer in time: is a worker running?",
}


class Fault(BaseModel):
    """One thing that is wrong with a request; what was sent is not repeated."""

    at: list[str] = Field(examples=[["query", "limit"]])
    problem: str = Field(examples=["Input should be less than or equal to 200"])


class Problem(BaseModel):
    """Why a request failed (RFC 9457, of type about:blank)."""

    model_config = ConfigDict(extra="allow")

    title: str = Field(description="The name of the HTTP status.")
    status: int
    detail: str = Field(description="For people; the wording may change.")
    stage: str | None = Field(None, description="How the application ended (410).")
    removed_at: str | None = Field(None, description="When it was erased (410).")
    errors: list[Fault] | None = Field(
        None, description="What is wrong with the request (422)."
    )


def problem(
    status: HTTPStatus,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """Return a problem; ``more`` goes beside the usual members."""
    body = {"title": status.phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers, media_type=_MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document which problems an operation can answer with."""
    return {status: _documented(HTTPStatus(status)) for status in statuses}


def _documented(status: HTTPStatus) -> dict[str, Any]:
    detail = _REASONS[status]
    example = {"title": status.phrase, "status": status.value, "detail": detail}
    content = {
        # Put there by api/openapi.py: FastAPI would have it be application/json.
        "schema": {"$ref": "#/components/schemas/Problem"},
        "example": example,
    }
    return {"description": status.phrase, "content": {_MEDIA_TYPE: content}}
