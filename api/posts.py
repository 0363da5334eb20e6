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
from letterbox.boards.base import Head, PostBoard, Received, Verifier
from letterbox.domain.errors import StoreUnavailableError, TooLargeError
from letterbox.streams import spooled

_MAX_IN_MEMORY = 256 * 1024
# JSON of one MB costs some MB while it is taken apart; of these a few are enough.
_LARGE = 1024 * 1024


@asynccontextmanager
async def read_post(
    request: Request, board: PostBoard, secrets: Sequence[bytes], services: ApiServices
) -> AsyncIterator[Received]:
    """
    Read one application; the contents of its documents are closed on leaving.

    Raises SignatureError before anything of the body was looked into, TooLargeError
    beyond the board's limit, StoreUnavailableError where too many large ones come at
    once.
    """
    head = Head(
        {name.lower(): text for name, text in request.headers.items()},
        dict(request.query_params),
    )
    verifier = board.verifier(head, secrets, services.settings)
    with spooled(_MAX_IN_MEMORY) as body:
        most = board.max_body_bytes(services.settings)
        size = await _spool(request, body, verifier, most)
        verifier.verify()
        async with _place(services.large_bodies, size):
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
    request: Request, body: BinaryIO, verifier: Verifier, most: int
) -> int:
    """Write the body down; of one too large as much again is read, to be heard."""
    size = 0
    async for chunk in chunks(request):
        size += len(chunk)
        if size <= most:
            body.write(chunk)
            verifier.update(chunk)
        elif size > 2 * most:
            break
    if size > most:
        raise TooLargeError("the body is too large")
    return size


@asynccontextmanager
async def _place(places: asyncio.Semaphore, size: int) -> AsyncIterator[None]:
    """Keep a large body waiting until there is memory for it."""
    if size < _LARGE:
        yield
        return
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await places.acquire()
    except TimeoutError:
        raise StoreUnavailableError("too many large ones at once: send it again") from (
            None
        )
    try:
        yield
    finally:
        places.release()
