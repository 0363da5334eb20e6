"""
An S3 server for floods: ``python -m tests.end_to_end.processes.s3_server PORT``.

Whole objects in memory, by single PUTs, for everybody. moto's takes 4 to 6 ms of a
processor for each request, and an application makes some twenty: in a flood it would
leave little for the product.
"""

import asyncio
import sys
from http import HTTPStatus
from typing import cast
from urllib.parse import parse_qsl, unquote

import httptools
import uvloop

from tests.end_to_end.processes.s3_objects import Answer, Bucket, refused


class Server:
    """Buckets; every verb that the product uses while nothing is archived."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    def answer(self, method: str, url: bytes, body: bytes) -> Answer:
        """Do what is asked."""
        path, _, query = url.decode().partition("?")
        name, _, key = unquote(path[1:]).partition("/")
        if not key and method == "PUT":
            self._buckets.setdefault(name, Bucket())
            return Answer(HTTPStatus.OK)
        if bucket := self._buckets.get(name):
            return _do(bucket, method, key, body, dict(parse_qsl(query)))
        return refused(HTTPStatus.NOT_FOUND, "NoSuchBucket")


def _do(
    bucket: Bucket, method: str, key: str, body: bytes, query: dict[str, str]
) -> Answer:
    match method, bool(key):
        case "PUT", True:
            return bucket.put(key, body)
        case "GET" | "HEAD", True:
            return bucket.get(key)
        case "DELETE", True:
            return bucket.delete(key)
        case "GET", False if "list-type" in query:
            return bucket.list(query)
        case "HEAD", False:
            return Answer(HTTPStatus.OK)
    return refused(HTTPStatus.NOT_IMPLEMENTED, "NotImplemented")


class Connection(asyncio.Protocol):
    """One client's; the verbs without a name of our own are those of httptools."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        # uvloop's transports do not say that they are asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._url = b""
        self._body = bytearray()

    def on_url(self, url: bytes) -> None:
        """Take a part of the URL."""
        self._url += url

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Answer."""
        method = self._parser.get_method().decode()
        answer = self._server.answer(method, self._url, bytes(self._body))
        body = b"" if method == "HEAD" else answer.body
        self._transport.write(answer.head() + body)


async def main(port: int) -> None:
    """Serve until killed."""
    server = Server()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", port)
    await listening.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
