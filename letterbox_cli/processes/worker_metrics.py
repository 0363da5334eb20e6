"""Serves the metrics of all worker processes of one parent at one address."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from threading import Thread
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST

from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.expositions import merged, scrape

_SETTING = "LETTERBOX_WORKER_METRICS"


@contextmanager
def metrics_of_workers(address: str, workers: Mapping[int, str]) -> Iterator[None]:
    """
    Serve while the block lasts what ``workers``, by their numbers, serve there.

    Without an address nothing is served. Where none of them answers the answer is 503:
    what asks for it to learn whether a worker works learns it.
    """
    if not address:
        yield
        return
    server = _server(address, workers)
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _server(address: str, workers: Mapping[int, str]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5  # Of one who connects and says nothing.

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self._answer(404, b"see /metrics\n")
            elif page := merged(_pages(workers)):
                self._answer(200, page.encode())
            else:
                self._answer(503, b"no worker process answers\n")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", CONTENT_TYPE_LATEST)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Leave requests out of the log."""

    host, port = _host_and_port(address)

    class Server(ThreadingHTTPServer):
        address_family = AF_INET6 if ":" in host else AF_INET
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Leave those who hang up out of the log."""

    try:
        return Server((host, port), Handler)
    except OSError as error:
        raise RefusedError(
            f"{_SETTING}: metrics cannot be served at {address} ({error.strerror})"
        ) from None


def _host_and_port(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{address}")
        if parts.hostname and parts.port:
            return parts.hostname, parts.port
    except ValueError:
        pass
    raise SettingsError(f"{_SETTING}: must be host:port, and is {address!r}")


def _pages(workers: Mapping[int, str]) -> dict[int, str]:
    """Fetch them all at once; of one that does not answer there is nothing."""
    current = dict(workers)
    if not current:
        return {}
    with ThreadPoolExecutor(len(current)) as pool:
        pages = dict(zip(current, pool.map(scrape, current.values()), strict=True))
    return {number: page for number, page in pages.items() if page}
