"""Asks a provider, and reads its answers: bounded in time and size, no redirects."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from letterbox.boards.client.bounded import MAX_BYTES, ResponseTooLongError
from letterbox.boards.client.http import NETWORK_ERRORS
from letterbox.domain.errors import ProviderFaultError, ProviderUnavailableError
from letterbox.network_reasons import reason_of

_MAX_BYTES = 512 * 1024


async def ask(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> tuple[int, dict[str, Any]]:
    """
    Return the status and the JSON object that a provider answers with.

    Raises ProviderUnavailableError where it cannot be reached or fails, and
    ProviderFaultError where its answer is not JSON, or too long.
    """
    try:
        response = await http.request(
            method,
            url,
            headers={"Accept": "application/json", **(headers or {})},
            content=body,
            extensions={MAX_BYTES: _MAX_BYTES},
        )
    except ResponseTooLongError:
        raise ProviderFaultError("its answer is too long", code="too-long") from None
    except NETWORK_ERRORS as error:
        # None of their texts: they may quote addresses and headers.
        raise ProviderUnavailableError(
            f"it cannot be reached: {reason_of(error)}", code="unreachable"
        ) from None
    return response.status_code, _object(response)


def _object(response: httpx.Response) -> dict[str, Any]:
    status = response.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ProviderUnavailableError(f"it answers {status}", code="fails")
    if response.is_redirect:
        raise ProviderFaultError(f"it answers {status}, a redirect", code="redirect")
    try:
        content = json.loads(response.content)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise ProviderFaultError(
            f"it answers {status} with something that is not a JSON object",
            code="not-json",
        )
    return content


async def fetch(
    http: httpx.AsyncClient, url: str, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a JSON object that is there."""
    status, content = await ask(http, "GET", url, headers=headers)
    if status != HTTPStatus.OK:
        raise ProviderFaultError(f"it answers {status}", code="status")
    return content
