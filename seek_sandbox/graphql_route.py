"""``POST /graphql``."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from graphql import GraphQLError
from pydantic import ValidationError

from seek_sandbox.execution import GraphQLRequest, answer, operations
from seek_sandbox.faults import Partial
from seek_sandbox.graph_call import GraphCall, refused
from seek_sandbox.interruptions import coded_refusal, interrupted
from seek_sandbox.state import Origin, Running, Sandbox

router = APIRouter(tags=["SEEK"])


@router.post("/graphql")
async def graphql(request: Request, sandbox: Running, origin: Origin) -> Response:
    """
    Answer a GraphQL request; HTTP 200 whatever GraphQL says, as SEEK does.

    Not authenticated: every root field is refused with UNAUTHENTICATED.
    """
    try:
        graphql_request = GraphQLRequest.model_validate_json(await request.body())
    except ValidationError:
        request.state.operations = ["malformed"]
        return _malformed(sandbox)
    request.state.operations = operations(graphql_request.query)
    profiles = frozenset(_texts(graphql_request.variables or {}))
    if struck := await interrupted(sandbox.faults, "graphql", profiles):
        return struck
    headers: dict[str, str] = {}
    call = _call(sandbox, origin)
    if not sandbox.tokens.good(request.headers.get("Authorization")):
        call.refusal = _unauthenticated()
    elif coded := coded_refusal(sandbox.faults, profiles):
        code, headers = coded
        call.refusal = (
            _unauthenticated()
            if code == "UNAUTHENTICATED"
            else refused("Refused on demand", code)
        )
    return _response(sandbox, answer(graphql_request, call), headers=headers)


def _call(sandbox: Sandbox, origin: str) -> GraphCall:
    return GraphCall(
        world=sandbox.world,
        options=sandbox.options,
        faults=sandbox.faults,
        postman=sandbox.postman,
        origin=origin,
        partials=sandbox.faults.of(Partial),
    )


def _unauthenticated() -> GraphQLError:
    return refused("Not authenticated", "UNAUTHENTICATED")


def _malformed(sandbox: Sandbox) -> Response:
    options = sandbox.options
    error = {
        "message": "Not a GraphQL request",
        "extensions": {"code": options.invalid_document_code},
    }
    return _response(sandbox, {"errors": [error]}, options.malformed_status)


def _response(
    sandbox: Sandbox,
    body: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    content_type = {"Content-Type": sandbox.options.graphql_content_type}
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, headers={**content_type, **(headers or {})})


def _texts(value: Any) -> Iterator[str]:
    """Return every text in the variables: an application's id is among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
