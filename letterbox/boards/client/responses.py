"""Reads GraphQL responses: what may be judged and logged, and no message."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx

from letterbox.boards.graphql import GraphQLResponse, QueryError
from letterbox.retry_after import wait_asked

if TYPE_CHECKING:
    from graphql import ExecutionResult

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,63}")
_MAX_ERRORS = 100


def read_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object; gql would trip over any other JSON."""
    content = json.loads(body)
    if not isinstance(content, dict):
        raise TypeError("not an object")
    return content


def response_of(
    result: ExecutionResult, response: httpx.Response, request_id: str
) -> GraphQLResponse:
    """Take a response apart; what does not look like GraphQL is left out."""
    # The types are what gql hopes for; these are a stranger's bytes.
    data: object = result.data
    errors: object = result.errors
    entries = errors if isinstance(errors, list) else [errors] if errors else []
    wait = wait_asked(response.headers)
    return GraphQLResponse(
        status=response.status_code,
        data=data if isinstance(data, dict) else None,
        errors=tuple(map(_error, entries[:_MAX_ERRORS])),
        retry_after=None if wait is None else wait.total_seconds(),
        request_id=request_id,
    )


def _error(entry: object) -> QueryError:
    entry = entry if isinstance(entry, dict) else {}
    extensions = entry.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    path = entry.get("path")
    return QueryError(
        code=code if isinstance(code, str) and _CODE.fullmatch(code) else None,
        path=tuple(filter(_is_step, path if isinstance(path, list) else [])),
    )


def _is_step(step: object) -> bool:
    # The names are of our own queries; anything else is not a path.
    is_name = isinstance(step, str) and _NAME.fullmatch(step) is not None
    return is_name or (isinstance(step, int) and not isinstance(step, bool))
