"""An ATS that receives events: it verifies them, and fails as often as it is told."""

import json
import socket
import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, Self

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, word for word."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Fault(Enum):
    """How an ATS may fail; only with LOST does it have the event all the same."""

    ERROR = auto()
    BUSY = auto()
    CUT = auto()
    LOST = auto()
    SILENT = auto()
    """Answers nothing until the sender hangs up."""


_SAYING = {
    Fault.ERROR: Answer(500),
    Fault.BUSY: Answer(429, {"Retry-After": "0"}),
}
FORGED = Answer(401)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request as it came, verified; headers by their names in lower case."""

    id: str
    number: int
    """Counted from 1, for each id."""
    port: int
    """The sender's: the same for as long as a connection is kept."""
    headers: Mapping[str, str]
    body: bytes
    fault: Fault | None

    @property
    def event(self) -> dict[str, Any]:
        """The body, read."""
        event: dict[str, Any] = json.loads(self.body)
        return event


class Receiver:
    """
    Listens for as long as the block lasts; safe to read from any thread.

    Fails ``failing`` (0 to 1) of all attempts, in one of the ways of ``faults``: which,
    hangs on ``seed``, the event and the attempt's number, whatever the order.
    """

    def __init__(
        self,
        secret: str = SECRET,
        *,
        failing: float = 0,
        faults: Sequence[Fault] = (Fault.ERROR, Fault.BUSY, Fault.CUT, Fault.LOST),
        seed: int = 0,
    ) -> None:
        self.failing = failing
        self.events: dict[str, dict[str, Any]] = {}
        """What the ATS has, by id: an id that it knows is not taken in again."""
        self.attempts: list[Attempt] = []
        self.forged = 0
        self.answers: deque[Answer | Fault] = deque()
        """What comes next, ahead of any chance."""
        self._webhook = Webhook(secret)
        self._faults = faults
        self._seed = seed
        self._counted: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    @property
    def url(self) -> str:
        """Tell where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/events"

    def types(self, application_id: str) -> list[str]:
        """List what the ATS knows to have happened to an application, sorted."""
        with self._lock:
            events = list(self.events.values())
        return sorted(
            event["type"] for event in events if event["data"]["id"] == application_id
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(
        self, headers: Mapping[str, str], body: bytes, port: int
    ) -> Answer | Fault:
        """Verify, then note, a request; say how to answer it."""
        try:
            self._webhook.verify(body, dict(headers), json_parse=False)
        except WebhookVerificationError:
            with self._lock:
                self.forged += 1
            return FORGED
        with self._lock:
            return self._note(headers, body, port)

    def wait_for_hanging_up(self, connection: socket.socket) -> None:
        """Say nothing until the other side has gone, or the test is over."""
        connection.settimeout(0.05)
        while not self._closing.is_set():
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def _note(
        self, headers: Mapping[str, str], body: bytes, port: int
    ) -> Answer | Fault:
        delivery_id = headers["webhook-id"]
        event = json.loads(body)
        self._counted[delivery_id] += 1
        number = self._counted[delivery_id]
        answer = self.answers.popleft() if self.answers else self._draw(event, number)
        fault = answer if isinstance(answer, Fault) else None
        self.attempts.append(Attempt(delivery_id, number, port, headers, body, fault))
        taken = isinstance(answer, Answer) and answer.status // 100 == 2
        if taken or answer is Fault.LOST:
            self.events.setdefault(delivery_id, event)
        return answer

    def _draw(self, event: dict[str, Any], number: int) -> Answer | Fault:
        what = (self._seed, event["type"], event["data"]["id"], number)
        chance = Random(repr(what))  # noqa: S311 no secret
        return (
            chance.choice(self._faults) if chance.random() < self.failing else Answer()
        )


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            headers = {name.lower(): text for name, text in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            answer = receiver.take(headers, body, self.client_address[1])
            if isinstance(answer, Fault) and answer not in _SAYING:
                self._fail(answer)
            else:
                self._say(answer if isinstance(answer, Answer) else _SAYING[answer])

        def _say(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, text in answer.headers.items():
                self.send_header(name, text)
            if answer.status not in {204, 304}:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def _fail(self, fault: Fault) -> None:
            self.close_connection = True
            if fault is Fault.SILENT:
                receiver.wait_for_hanging_up(self.connection)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler
