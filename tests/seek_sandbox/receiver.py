"""A receiver of webhooks that trusts nobody: standard library only."""

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

SECRET = "a webhook secret of sixteen"


@dataclass
class Received:
    """One request as it came."""

    headers: Message
    body: bytes

    @property
    def signed(self) -> bool:
        """Check the signature over the raw bytes."""
        right = hmac.new(SECRET.encode(), self.body, hashlib.sha512).hexdigest()
        return hmac.compare_digest(self.headers["Seek-Signature"], right)

    @property
    def event_ids(self) -> list[str]:
        """Read the ids of the events."""
        said: dict[str, Any] = json.loads(self.body)
        return [event["id"] for event in said["events"]]


class Receiver:
    """Answers with ``statuses`` one after the other, then 204; after ``delay`` s."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.delay = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """Tell where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/webhooks/seek"

    @property
    def event_ids(self) -> list[str]:
        """Give the ids of all events, in the order of arrival."""
        return [one for request in self.received for one in request.event_ids]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, headers: Message, body: bytes) -> int:
        """Keep a request, and decide on its answer."""
        time.sleep(self.delay)
        self.received.append(Received(headers, body))
        return self.statuses.pop(0) if self.statuses else 204

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                status = receiver.take(self.headers, self.rfile.read(length))
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                receiver.received.append(Received(self.headers, b""))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        return Handler
