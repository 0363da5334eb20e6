"""A real nginx with the deployment's configuration, before two that play the API."""

import json
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from struct import pack

import httpx

from tests.support import ROOT, answers, free_port, process, wait_until

CONFIGURATION = ROOT / "deploy/proxy/nginx.conf"
# The two addresses of the name `api`, as of two replicas.
REPLICAS = ("127.0.0.1", "127.0.0.2")


class Replica:
    """An API that takes everything and notes what reached it, or does ill as told."""

    ill = ""
    """``hang``: no answer; ``die``: none, and the connection ends; or a status."""

    def __init__(self, address: str, port: int) -> None:
        self.begun: list[str] = []
        self.asked: list[tuple[str, int]] = []
        self.ids: list[str] = []
        self._recovered = threading.Event()
        replica = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                replica.begun.append(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                replica.asked.append((self.path, len(body)))
                replica.ids.append(self.headers.get("X-Request-Id", ""))
                if replica.ill in {"hang", "die"}:
                    self.close_connection = True
                    if replica.ill == "hang":
                        replica.wait_for_the_end()
                    return
                said = json.dumps({"from": address}).encode()
                self.send_response(int(replica.ill or 200))
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 the base's names

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((address, port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def wait_for_the_end(self) -> None:
        """Hang until the test is over."""
        self._recovered.wait(30)

    def end(self) -> None:
        """Refuse connections from now on; harmless to repeat."""
        self._recovered.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


@dataclass
class Proxied:
    """The proxy, what is behind it, and how to talk to it."""

    port: int
    operators: int
    pages: dict[str, int]
    """The ports of Temporal's UI and of Grafana."""
    certificate: Path
    log: Path
    replicas: list[Replica] = field(default_factory=list)

    @property
    def begun(self) -> list[str]:
        """Tell the paths whose headers have reached an API."""
        return [path for replica in self.replicas for path in replica.begun]

    @property
    def asked(self) -> list[tuple[str, int]]:
        """Tell what has reached an API whole: paths, and lengths of bodies."""
        return [one for replica in self.replicas for one in replica.asked]

    def forget(self) -> None:
        """Begin anew."""
        for replica in self.replicas:
            replica.begun.clear()
            replica.asked.clear()
            replica.ids.clear()
            replica.ill = ""

    @property
    def ids(self) -> list[str]:
        """Tell the request ids that have reached an API."""
        return [one for replica in self.replicas for one in replica.ids]

    @contextmanager
    def client(self, port: int | None = None) -> Iterator[httpx.Client]:
        """Talk to it as a board does, trusting its certificate."""
        with httpx.Client(
            base_url=f"https://localhost:{port or self.port}", verify=self._trust()
        ) as client:
            yield client

    @contextmanager
    def connection(self) -> Iterator[ssl.SSLSocket]:
        """Connect to it, to be slow."""
        with (
            socket.create_connection(("127.0.0.1", self.port)) as plain,
            self._trust().wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            secured.settimeout(20)
            yield secured

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.certificate)


@contextmanager
def proxied(
    secrets: Path, folder: Path, largest_file: int | None = None
) -> Iterator[Proxied]:
    """
    Run nginx on ports of its own, waiting for a second where it waits for longer.

    A limit of its files' size is what a full disk is: a write that fails.
    """
    upstream = free_port()
    pages = {"temporal-ui": free_port(), "grafana": free_port()}
    made = Proxied(
        free_port(),
        free_port(),
        pages,
        secrets / "tls_certificate",
        folder / "access.log",
    )
    with ExitStack() as closing:
        for address in REPLICAS:
            made.replicas.append(Replica(address, upstream))
            closing.callback(made.replicas[-1].end)
        names = closing.enter_context(_name_server())
        text = _adapted(
            {
                "/tmp/": f"{folder}/",  # noqa: S108 what the image writes to
                "/run/secrets/": f"{secrets}/",
                "/dev/stdout": str(made.log),
                "/dev/stderr": f"{folder}/error.log",
                "resolver 127.0.0.11": f"resolver 127.0.0.1:{names}",
                "listen 8443": f"listen 127.0.0.1:{made.port}",
                "listen 8444": f"listen 127.0.0.1:{made.operators}",
                "listen 8233": f"listen 127.0.0.1:{pages['temporal-ui']}",
                "listen 3000": f"listen 127.0.0.1:{pages['grafana']}",
                "temporal-ui:8080": f"temporal-ui:{upstream}",
                "grafana:3000": f"grafana:{upstream}",
                "127.0.0.1:8081": f"127.0.0.1:{free_port()}",
                "api:8000": f"api:{upstream}",
                "timeout 10s": "timeout 1s",
                "proxy_read_timeout 9s": "proxy_read_timeout 1s",
            }
        )
        configuration = folder / "nginx.conf"
        configuration.write_text(text)
        # As root, its processes would become somebody who may not read the folder.
        extra = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        command = ["nginx", "-c", str(configuration), "-p", str(folder), "-g", extra]
        if largest_file is not None:
            blocks = largest_file // 512
            limits = f"trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""
            command = ["sh", "-c", limits, "sh", *command]
        running = closing.enter_context(process(command, {}, folder / "nginx.log"))
        # Its workers outlive one who is killed.
        closing.callback(running.wait, 10)
        closing.callback(running.terminate)
        wait_until(lambda: answers(made.port) or running.poll() is not None)
        assert running.poll() is None, (folder / "nginx.log").read_text()
        yield made


def _adapted(changes: dict[str, str]) -> str:
    text = CONFIGURATION.read_text()
    for was, becomes in changes.items():
        assert was in text, f"{was} is not in {CONFIGURATION}"
        text = text.replace(was, becomes)
    return text


@contextmanager
def _name_server() -> Iterator[int]:
    """Answer every question with the addresses of the replicas, as Docker would."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_answer_questions, args=(server,))
        thread.start()
        port: int = server.getsockname()[1]
        try:
            yield port
        finally:
            server.sendto(b"", server.getsockname())
            thread.join()


def _answer_questions(server: socket.socket) -> None:
    """Serve the DNS (RFC 1035) until an empty datagram comes."""
    while True:
        question, asking = server.recvfrom(512)
        if not question:
            return
        header = question[:2] + b"\x81\x80" + pack(">4H", 1, len(REPLICAS), 0, 0)
        records = b"".join(
            b"\xc0\x0c" + pack(">2HIH", 1, 1, 1, 4) + socket.inet_aton(address)
            for address in REPLICAS
        )
        server.sendto(header + question[12:] + records, asking)
