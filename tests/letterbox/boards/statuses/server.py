"""A board that is told statuses: it answers as it is told to, also over TLS."""

import json
import os
import ssl
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# With TLS the name is nobody's: a test leads it to this machine.
_NAMED, _HOST = "board.example", "localhost"


@dataclass(frozen=True, slots=True)
class Says:
    """What is answered; without a status nothing is, until the sender hangs up."""

    status: int | None = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    trickles: bool = False
    """Whether the body comes a byte at a time, and never ends."""
    breaks_tls: bool = False
    """Whether what comes instead was changed on its way."""


@dataclass(frozen=True, slots=True)
class Told:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


class ToldBoard:
    """What was told, and what is to be answered next: 204 where nothing else is."""

    def __init__(self, port: int, trusted: ssl.SSLContext | None) -> None:
        self.port = port
        self.trusted = trusted
        self.told: list[Told] = []
        self.says: deque[Says] = deque()
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self.trusted else 'http'}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """Its host and port."""
        return f"{_NAMED if self.trusted else _HOST}:{self.port}"


@contextmanager
def told_board(folder: Path | None = None) -> Iterator[ToldBoard]:
    """Serve for as long as the block lasts; with a folder for its key, over TLS."""
    server = _Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
    trusted = None
    if folder is not None:
        certificate = _certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        trusted = ssl.create_default_context(cafile=str(certificate))
    board = ToldBoard(server.server_port, trusted)
    server.RequestHandlerClass = _handler(board)
    serve = {"poll_interval": 0.02}
    thread = threading.Thread(target=server.serve_forever, kwargs=serve)
    thread.start()
    try:
        yield board
    finally:
        board.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Keep quiet where the sender hangs up in the middle: that is tested."""


def _handler(board: ToldBoard) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): text for name, text in self.headers.items()}
            board.told.append(Told(self.path, headers, json.loads(raw)))
            says = board.says.popleft() if board.says else Says()
            if says.status is None:
                self.close_connection = True
                board.closing.wait(10)
                return
            if says.breaks_tls:
                self.close_connection = True
                os.write(self.connection.fileno(), b"\x17\x03\x03\x00\x20" + bytes(32))
                return
            self.send_response(says.status)
            for name, text in says.headers.items():
                self.send_header(name, text)
            if says.trickles:
                self.send_header("Content-Length", "1000000")
            elif "Content-Length" in says.headers:
                self.close_connection = True
            elif says.status != 204:
                self.send_header("Content-Length", str(len(says.body)))
            self.end_headers()
            self.wfile.write(says.body)
            if says.trickles:
                self.close_connection = True
                board.closing.wait(10)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


def _certificate(folder: Path) -> Path:
    """Make a certificate of an hour for this host, and write it with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAMED)])
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - hour)
        .not_valid_after(now + hour)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(_NAMED)]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return path
