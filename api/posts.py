"""Whole applications in one body: spooled, verified, and only then looked into."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO

from fastapi import Request

from api.bodies import chunks
from api.dependencies import ANSWER_WITHIN, ApiServices
from letterbox.boards.base import Head, PostBoard, ReceivedPost, Verifier
from letterbox.domain.errors import StoreUnavailableError, TooLargeError
from letterbox.streams import spooled

_MAX_IN_MEMORY = 256 * 1024
# JSON of one MB costs some MB while it is taken apart; of these a few are enough.
_LARGE = 1024 * 1024


@asynccontextmanager
async def read_post(
    request: Request, board: PostBoard, secrets: Sequence[bytes], services: ApiServices
) -> AsyncIterator[ReceivedPost]:
    """
    Read one application; the contents of its documents are closed on leaving.

    Raises SignatureError before anything of the body was looked into, TooLargeError
    beyond the board's limit, StoreUnavailableError where too many large bodies come at
    once.
    """
    head = Head(
        {name.lower(): text for name, text in request.headers.items()},
        dict(request.query_params),
    )
    verifier = board.verifier(head, secrets, services.settings)
    with spooled(_MAX_IN_MEMORY) as body:
        max_bytes = board.max_body_bytes(services.settings)
        size = await _spool(request, body, verifier, max_bytes)
        verifier.verify()
        async with _memory_for(services.large_bodies, size):
            body.seek(0)
            received = await services.in_time(
                partial(board.receive, head, body, datetime.now(UTC), services.settings)
            )
            try:
                yield received
            finally:
                for content in received.contents.values():
                    content.close()


async def _spool(
    request: Request, body: BinaryIO, verifier: Verifier, max_bytes: int
) -> int:
    """
    Write the body into the spool, and return its size.

    One that is too large is read on, up to twice the limit: a sender that is still
    sending sees no answer.
    """
    size = 0
    async for chunk in chunks(request):
        size += len(chunk)
        if size <= max_bytes:
            body.write(chunk)
            verifier.update(chunk)
        elif size > 2 * max_bytes:
            break
    if size > max_bytes:
        raise TooLargeError("the body is too large")
    return size


@asynccontextmanager
async def _memory_for(bodies: asyncio.Semaphore, size: int) -> AsyncIterator[None]:
    """Keep a large body waiting until there is memory for it."""
    if size < _LARGE:
        yield
        return
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await bodies.acquire()
    except TimeoutError:
        message = "too many large applications at once: send it again"
        raise StoreUnavailableError(message) from None
    try:
        yield
    finally:
        bodies.release()
