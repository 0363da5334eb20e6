"""Bodies of responses of boards: decoded in pieces, and only up to a limit."""

import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing

import httpx

MAX_BYTES = "letterbox.max_bytes"
"""Of a request's extensions: how long its response may be, decoded."""

_PIECE = 64 * 1024
_MAX_CODINGS = 3
# Of a gzip member or a zlib stream, whichever it begins as.
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_CODINGS = {"gzip", "x-gzip", "deflate"}


class ResponseTooLongError(httpx.HTTPError):
    """More came than is read of such a response."""


async def bound(response: httpx.Response) -> None:
    """
    Make a response's body one that costs no memory until it is kept.

    httpx inflates whatever came in one go: a thousand times as much at worst. This is
    an event hook: it runs before anything of the body is read.
    """
    codings = response.headers.get_list("Content-Encoding", split_commas=True)
    known = [name.lower() for name in codings if name.lower() in _CODINGS]
    if known:
        del response.headers["Content-Encoding"]
        # What it tells is the length of the coded body.
        response.headers.pop("Content-Length", None)
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 for mypy
    limit = response.request.extensions.get(MAX_BYTES)
    response.stream = _Body(response.stream, len(known), limit)


class _Body(httpx.AsyncByteStream):
    def __init__(
        self, body: httpx.AsyncByteStream, codings: int, limit: int | None
    ) -> None:
        self._body = body
        self._codings = codings
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._codings > _MAX_CODINGS:
            raise httpx.DecodingError("too many content codings")
        size = 0
        async with AsyncExitStack() as opened:
            pieces: AsyncIterator[bytes] = aiter(self._body)
            for _ in range(self._codings):
                inflated = aclosing(_inflated(pieces))
                pieces = await opened.enter_async_context(inflated)
            async for piece in pieces:
                size += len(piece)
                if self._limit is not None and size > self._limit:
                    raise ResponseTooLongError(f"more than {self._limit} bytes")
                yield piece

    async def aclose(self) -> None:
        await self._body.aclose()


async def _inflated(pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Undo one content coding; a deflate without zlib's header is one, too."""
    inflating = None
    async for piece in pieces:
        left = piece
        try:
            if inflating is None and left:
                inflating = _inflating(left)
            while left and inflating and not inflating.eof:
                yield inflating.decompress(left, _PIECE)
                left = inflating.unconsumed_tail
        except zlib.error:
            raise httpx.DecodingError("not what its Content-Encoding says") from None
    if inflating:
        yield inflating.flush()


def _inflating(begins: bytes) -> "zlib._Decompress":
    try:
        zlib.decompressobj(_GZIP_OR_ZLIB).decompress(begins, 1)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS)
    return zlib.decompressobj(_GZIP_OR_ZLIB)
