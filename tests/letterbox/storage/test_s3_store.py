"""What only a server can get wrong: round trips, odd answers, slow lines."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from urllib3 import Timeout

from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.s3.client import ChunkedUploadPool
from letterbox.storage.s3.store import S3Store

MIB = 1024 * 1024
MAX_BODY = 15 * MIB
POOL_LOG = "urllib3.connectionpool"
XML = {"Content-Type": "application/xml"}
HTML = {"Content-Type": "text/html"}


class Says(BaseHTTPRequestHandler):
    """Gives the one answer that its server was told to give."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        server = self.server
        assert isinstance(server, OddServer)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server.asked += 1
        is_refused = server.asked <= server.refusals
        self.send_response(server.refused_with if is_refused else server.status)
        length = {"Content-Length": str(len(server.body)), "Connection": "close"}
        for name, value in (length | server.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(server.body)

    do_HEAD = do_PUT = do_DELETE = do_GET  # noqa: N815 the base's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base's
        """Keep quiet."""


class OddServer(ThreadingHTTPServer):
    """Answers everything alike; counts how often it was asked."""

    status = 200
    refusals = 0
    refused_with = 503
    headers: dict[str, str] = {}  # noqa: RUF012 replaced, never changed
    body = b""
    asked = 0


@pytest.fixture(name="odd")
def _odd() -> Iterator[OddServer]:
    with OddServer(("127.0.0.1", 0), Says) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        yield server
        server.shutdown()
        serving.join()


@pytest.fixture(name="odd_store")
def _odd_store(odd: OddServer, make_s3: Callable[[str], S3Store]) -> S3Store:
    return make_s3(f"http://127.0.0.1:{odd.server_address[1]}")


@pytest.fixture(name="store")
def _store(moto_endpoint: str, make_s3: Callable[[str], S3Store]) -> S3Store:
    store = make_s3(moto_endpoint)
    store.prepare()
    return store


@pytest.fixture(name="asked")
def _asked(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Tell what the pool has asked for since it was last told."""

    def asked() -> list[str]:
        ours = [record for record in caplog.records if record.name == POOL_LOG]
        lines = [record.getMessage() for record in ours]
        caplog.clear()
        return [line.split('"')[1].split()[0] for line in lines if '"' in line]

    caplog.set_level(logging.DEBUG, POOL_LOG)
    return asked


def test_each_verb_is_one_request(
    store: S3Store, asked: Callable[[], list[str]]
) -> None:
    """Nothing is asked that need not be: no location, no bucket, no second try."""
    asked()
    verbs: list[tuple[str, Callable[[], object]]] = [
        ("PUT", lambda: store.put("a/b", b"x" * MAX_BODY)),
        ("GET", lambda: store.get("a/b")),
        ("HEAD", lambda: store.stat("a/b")),
        ("GET", lambda: list(store.list("a/"))),
        ("DELETE", lambda: store.delete("a/b")),
    ]

    for method, verb in verbs:
        verb()

        assert asked() == [method]


def test_connections_to_s3_are_used_again(
    store: S3Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever was read whole, or was not there, gives its connection back."""
    caplog.set_level(logging.DEBUG, POOL_LOG)
    caplog.clear()

    store.put("a", b"x" * MIB)
    for _ in range(3):
        store.get("a")
        with store.open("a") as chunks:
            list(chunks)
        with pytest.raises(FileNotFoundError):
            store.get("b")

    assert "Starting new" not in caplog.text


def test_a_walk_goes_on_to_the_next_page(store: S3Store, bucket: str) -> None:
    """A server gives a thousand keys at a time; a walk gives all."""
    keys = [f"many/{number:05}%/+ {number}" for number in range(1001)]
    # By moto's back door: putting so many takes it a while.
    for key in keys:
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(bucket, key, b"")

    assert [found.key for found in store.list("many/")] == keys


@pytest.mark.parametrize(
    "endpoint", ["", "localhost:9000", "ftp://localhost", "http://localhost/path"]
)
def test_an_endpoint_is_a_url_of_scheme_and_host(
    make_s3: Callable[[str], S3Store], endpoint: str
) -> None:
    """Anything else is refused at once, not at the first put."""
    with pytest.raises(ValueError, match="endpoint"):
        make_s3(endpoint)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (404, HTML, b"<h1>Not Found</h1>"),
        (404, HTML, "<h1>Présent ailleurs</h1>".encode("latin-1")),
        (404, XML, b"<Error><Code>NoSuchBucket</Code></Error>"),
        (403, XML, b"<Error><Code>AccessDenied</Code></Error>"),
        (403, XML, b"not XML"),
        (403, XML, b""),
        (301, XML, b"<Error><Code>PermanentRedirect</Code></Error>"),
        (200, {"Content-Length": "1000"}, b"cut short"),
    ],
)
def test_only_no_such_key_means_absent(
    odd: OddServer,
    odd_store: S3Store,
    status: int,
    headers: dict[str, str],
    body: bytes,
) -> None:
    """Whatever else a server or a proxy says, the store is unavailable."""
    odd.status, odd.headers, odd.body = status, headers, body

    with pytest.raises(StoreUnavailableError) as caught:
        odd_store.get("candidates/digest")

    assert "digest" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        (200, "check"),
        (403, "check"),
        (500, "check"),
        (403, "prepare"),
        (500, "prepare"),
    ],
)
def test_a_server_that_changes_objects_fails_the_check(
    odd: OddServer, odd_store: S3Store, status: int, verb: str
) -> None:
    """A server that keeps nothing is no store, even if it says 200."""
    odd.status = status

    with pytest.raises(StoreUnavailableError):
        getattr(odd_store, verb)()


def test_a_key_unknown_to_delete_is_deleted(odd: OddServer, odd_store: S3Store) -> None:
    """Not every server follows S3 in saying 204."""
    odd.status, odd.headers = 404, XML
    odd.body = b"<Error><Code>NoSuchKey</Code></Error>"

    odd_store.delete("a")

    assert odd.asked == 1


def test_a_server_that_asks_for_a_minute_is_left_alone(
    odd: OddServer, odd_store: S3Store
) -> None:
    """Nobody waits that long for an answer; Temporal and the boards are patient."""
    odd.status, odd.headers = 503, {"Retry-After": "60"}
    began = time.monotonic()

    with pytest.raises(StoreUnavailableError, match="put"):
        odd_store.put("a", b"body")

    assert odd.asked == 1
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}, {"Retry-After": "soon"}])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_throttled_server_is_asked_again(
    status: int, headers: dict[str, str], odd: OddServer, odd_store: S3Store
) -> None:
    """What it refuses twice, with or without a wish of its own, is taken in the end."""
    odd.refusals, odd.refused_with, odd.headers = 2, status, headers
    began = time.monotonic()

    odd_store.put("a", b"body")

    assert odd.asked == 3
    assert time.monotonic() - began < 3


def test_a_server_that_goes_on_throttling_is_given_up_in_time(
    odd: OddServer, odd_store: S3Store
) -> None:
    """Some tries within three seconds: whoever waits has an answer due."""
    odd.status = 503
    began = time.monotonic()

    with pytest.raises(StoreUnavailableError, match="put"):
        odd_store.put("a", b"body")

    assert 3 <= odd.asked <= 7
    assert time.monotonic() - began < 4


def test_a_server_that_hangs_is_asked_once(bucket: str) -> None:
    """To ask again would double the wait."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        store = S3Store(
            endpoint=f"http://127.0.0.1:{server.getsockname()[1]}",
            access_key="access",
            secret_key="secret",
            bucket=bucket,
            region="us-east-1",
            hurried=True,
        )
        began = time.monotonic()

        with pytest.raises(StoreUnavailableError, match="open"):
            store.get("a")

    assert time.monotonic() - began < 7.5


def test_a_slow_line_is_given_time() -> None:
    """A large body may take longer than connecting, as long as it moves."""
    pool = ChunkedUploadPool(timeout=Timeout(connect=0.5, read=5), retries=False)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as side:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        taken = side.submit(_take_slowly, server, 8 * MIB)

        response = pool.urlopen(
            "PUT",
            f"http://127.0.0.1:{server.getsockname()[1]}/",
            body=bytes(8 * MIB),
            headers={"Content-Length": str(8 * MIB)},
        )

    assert response.status == 200
    assert taken.result() > 1
    pool.clear()


def _take_slowly(server: socket.socket, size: int) -> float:
    """Take a request over more than a second, then answer it."""
    connection, _ = server.accept()
    began = time.monotonic()
    with connection, connection.makefile("rb") as request:
        while request.readline() != b"\r\n":
            pass
        for _ in range(32):
            request.read(size // 32)
            time.sleep(0.04)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    return time.monotonic() - began
