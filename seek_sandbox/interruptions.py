"""Faults that strike a whole call before it is looked at."""

import asyncio
from collections.abc import Set as AbstractSet
from http import HTTPStatus

from fastapi import Response

from seek_sandbox.active_faults import ActiveFaults
from seek_sandbox.faults import RateLimit, ServerError, Slow, Target, Unauthenticated


async def interrupted(
    faults: ActiveFaults, target: Target, profiles: AbstractSet[str]
) -> Response | None:
    """Wait if the call is to be slow; give an HTTP answer if there is to be one."""
    if slow := faults.take(Slow, profiles, target):
        await asyncio.sleep(slow.seconds)
    if broken := faults.take(ServerError, profiles, target, _of_http):
        text = "<html><body>Something broke on demand.</body></html>"
        return Response(text, broken.status, media_type="text/html")
    if limited := faults.take(RateLimit, profiles, target, _of_http):
        status = HTTPStatus.TOO_MANY_REQUESTS
        return Response(status_code=status, headers=_retry_after(limited))
    return None


def coded_refusal(
    faults: ActiveFaults, profiles: AbstractSet[str]
) -> tuple[str, dict[str, str]] | None:
    """Return the code that a whole GraphQL call is refused with, and its headers."""
    if broken := faults.take(ServerError, profiles, "graphql"):
        return broken.code or "", {}
    if limited := faults.take(RateLimit, profiles, "graphql"):
        return limited.code or "", _retry_after(limited)
    if faults.take(Unauthenticated, profiles, "graphql"):
        return "UNAUTHENTICATED", {}
    return None


def _of_http(fault: ServerError | RateLimit) -> bool:
    return fault.code is None


def _retry_after(fault: RateLimit) -> dict[str, str]:
    seconds = fault.retry_after
    return {} if seconds is None else {"Retry-After": str(seconds)}
