"""The proxy's configuration, run by a real nginx: any since 1.22."""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from settings import Settings
from tests.deploy.proxying import REPLICAS, Proxied, proxied
from tests.support import wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        shutil.which("nginx") is None,
        reason="nginx is not installed: nginx-light will do",
    ),
]

PRIVATE = ("/metrics", "/readyz", "/docs", "/redoc", "/openapi.json", "/")
ROUNDABOUT = ("/applications/%2e%2e/metrics", "//metrics", "/positions/..%2Fmetrics")
UNEXPECTED = (418, {"status": "unexpected error"})
SLOW = b"POST /apply/careerjet HTTP/1.1\r\nHost: localhost\r\n"
MEBIBYTE = 1 << 20


@pytest.fixture(name="proxy", scope="module")
def _proxy(
    secrets: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    with proxied(secrets, tmp_path_factory.mktemp("nginx")) as proxy:
        yield proxy


@pytest.fixture(name="board")
def _board(proxy: Proxied) -> Iterator[httpx.Client]:
    proxy.forget()
    with proxy.client() as client:
        yield client


def test_both_replicas_are_used(board: httpx.Client) -> None:
    """One name has two addresses."""
    answering = {board.post("/webhooks/seek").json()["from"] for _ in range(40)}

    assert answering == set(REPLICAS)


@pytest.mark.parametrize("path", PRIVATE + ROUNDABOUT)
def test_what_is_private_stays_so(
    board: httpx.Client, proxy: Proxied, path: str
) -> None:
    """The API is not even asked."""
    assert board.get(path).status_code == 404
    assert not proxy.begun


def test_what_is_not_private_passes(board: httpx.Client, proxy: Proxied) -> None:
    """Every route of the API is one or the other."""
    routes = set(create_app(Settings()).openapi()["paths"]) - set(PRIVATE)
    paths = {route.replace("{", "").replace("}", "") for route in routes}

    assert {board.post(path).status_code for path in paths} == {200}
    assert set(proxy.begun) == paths


def test_addresses_pass_as_they_come(board: httpx.Client, proxy: Proxied) -> None:
    """A slash of a position's reference is no slash of the path."""
    board.get("/positions/dev%2F17")

    assert proxy.begun == ["/positions/dev%2F17"]


def test_a_body_that_the_api_judges_passes(board: httpx.Client, proxy: Proxied) -> None:
    """A little too large is answered by the API, in the board's own words."""
    body = b"." * (Settings.model_fields["max_body_bytes"].default + 1000)

    assert board.post("/apply/careerjet", content=body).status_code == 200
    assert proxy.asked == [("/apply/careerjet", len(body))]


def test_a_larger_body_does_not(board: httpx.Client, proxy: Proxied) -> None:
    """Careerjet is told so in its own words, the others by the status."""
    body = b"." * (17 * MEBIBYTE)

    refused = board.post("/apply/careerjet", content=body)

    assert (refused.status_code, refused.json()) == UNEXPECTED
    assert board.post("/webhooks/seek", content=body).status_code == 413
    assert not proxy.begun


def test_the_api_sees_whole_requests_only(board: httpx.Client, proxy: Proxied) -> None:
    """Who trickles is waited for by the proxy."""
    with proxy.connection() as slow:
        slow.sendall(SLOW + b"Content-Length: 2\r\n\r\n.")
        board.get("/healthz")
        meanwhile = proxy.begun
        slow.sendall(b".")
        answered = slow.recv(4096)

    assert meanwhile == ["/healthz"]
    assert answered.startswith(b"HTTP/1.1 200")
    assert ("/apply/careerjet", 2) in proxy.asked


@pytest.mark.parametrize(
    "begun",
    [SLOW + b"Content-Length: 1000\r\n\r\n.", SLOW + b"X-Slow: "],
    ids=["body", "headers"],
)
def test_who_stops_sending_is_cut_off(
    proxy: Proxied, board: httpx.Client, begun: bytes
) -> None:
    """After a second here; where it waits for ever, reading times out."""
    with proxy.connection() as slow:
        slow.sendall(begun)
        answered = _rest(slow)

    assert not answered.startswith(b"HTTP/1.1 200")
    assert not proxy.begun
    assert board.get("/healthz").status_code == 200


def _rest(connection: socket.socket) -> bytes:
    """Read until the other side ends it, in whichever way."""
    read = b""
    with suppress(ConnectionResetError):
        while more := connection.recv(4096):
            read += more
    return read


def test_the_log_has_paths_and_no_queries(board: httpx.Client, proxy: Proxied) -> None:
    """One JSON object a request; nothing that somebody typed."""
    board.get("/applications", params={"position": "typed"})
    wait_until(lambda: "/applications" in proxy.log.read_text())

    lines = [json.loads(line) for line in proxy.log.read_text().splitlines()]
    assert lines[-1]["path"] == "/applications"
    assert "typed" not in proxy.log.read_text()


def test_a_replica_that_dies_is_made_up_for(secrets: Path, tmp_path: Path) -> None:
    """A board notices nothing; with none left, it is told to come again."""
    with proxied(secrets, tmp_path) as proxy, proxy.client() as board:
        proxy.replicas[0].end()
        codes = {
            board.post("/apply/careerjet", content=b".").status_code for _ in range(20)
        }
        proxy.replicas[1].end()
        nobody = board.post("/apply/careerjet", content=b".")

        assert codes == {200}
        assert (nobody.status_code, nobody.json()) == UNEXPECTED
        assert board.post("/webhooks/seek").status_code == 502
