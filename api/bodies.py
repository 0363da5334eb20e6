"""Request bodies, read as they come and never beyond a limit."""

from collections.abc import AsyncIterator

from fastapi import Request
from starlette.requests import ClientDisconnect

from letterbox.domain.errors import MalformedError, TooLargeError


async def chunks(request: Request) -> AsyncIterator[bytes]:
    """Pass on what comes; MalformedError where the sender goes away."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise MalformedError("the sender went away") from None


async def drain(request: Request, most: int) -> None:
    """Read on before refusing: one who is still sending sees no answer."""
    async for chunk in chunks(request):
        most -= len(chunk)
        if most < 0:
            return


async def whole(request: Request, most: int, drained: int) -> bytes:
    """Read a small body; of a larger one up to ``drained`` bytes (TooLargeError)."""
    body, size = bytearray(), 0
    async for chunk in chunks(request):
        size += len(chunk)
        if size <= most:
            body += chunk
        elif size > drained:
            break
    if size > most:
        raise TooLargeError("the body is too large")
    return bytes(body)
