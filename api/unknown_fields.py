"""Names a field that a request should not have, and the one that was meant."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from fastapi import Request

# A name that a program has; what else was sent is the sender's, and is not repeated.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")


def unknown_field(request: Request, at: Sequence[object]) -> str | None:
    """Return what to say of it; None where its name is none that could be meant."""
    name = str(at[-1])
    if not _NAME.fullmatch(name):
        return None
    known = _known(request, at)
    if close := get_close_matches(name, known, n=1):
        return f"unknown field `{name}`; did you mean `{close[0]}`?"
    among = (
        f"; known fields are {', '.join(f'`{one}`' for one in known)}" if known else ""
    )
    return f"unknown field `{name}`{among}"


def _known(request: Request, at: Sequence[object]) -> list[str]:
    """List the names that the OpenAPI document has at that place."""
    document: dict[str, Any] = request.app.openapi()
    path = getattr(request.scope.get("route"), "path_format", "")
    operation = document["paths"].get(path, {}).get(request.method.lower(), {})
    if at[0] == "query":
        parameters = operation.get("parameters", [])
        return [one["name"] for one in parameters if one["in"] == "query"]
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] = next((one["schema"] for one in content.values()), {})
    for step in at[1:-1]:
        properties = _resolved(document, schema).get("properties", {})
        schema = properties.get(str(step), {})
    return list(_resolved(document, schema).get("properties", {}))


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference; of several kinds that a value may have, to the first."""
    if options := schema.get("anyOf"):
        schema = next((one for one in options if "$ref" in one), {})
    name = schema.get("$ref", "").rpartition("/")[2]
    if not name:
        return schema
    found: dict[str, Any] = document["components"]["schemas"].get(name, {})
    return found
