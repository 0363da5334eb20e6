"""A pool of HTTP connections that gives a large body time."""

from typing import Any

from urllib3 import BaseHTTPResponse, PoolManager

_PIECE = 256 * 1024


class ChunkedUploadPool(PoolManager):
    """
    Send a large body in pieces.

    urllib3 wants a block of bytes sent within the time for *connecting*, however
    large it is: 16 MiB in five seconds. In pieces, that time is each piece's own.
    """

    def urlopen(self, method: str, url: str, *args: Any, **kw: Any) -> BaseHTTPResponse:
        """Cut ``body``, if it is bytes; its length must be in the headers already."""
        body = kw.get("body")
        if isinstance(body, bytes) and len(body) > _PIECE:
            view = memoryview(body)
            kw["body"] = [view[at : at + _PIECE] for at in range(0, len(body), _PIECE)]
        return super().urlopen(method, url, *args, **kw)
