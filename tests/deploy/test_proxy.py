"""The proxy's configuration, run by a real nginx: any since 1.22."""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from api.app import create_app
from letterbox.settings import Settings
from tests.deploy.proxying import REPLICAS, Proxied, proxied
from tests.support import wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        shutil.which("nginx") is None,
        reason="nginx is not installed: nginx-light will do",
    ),
]

OPERATORS = ("/applications", "/candidates", "/positions", "/desk", "/journal")
PRIVATE = ("/metrics", "/readyz", "/docs", "/redoc", "/openapi.json", "/")
ROUNDABOUT = ("/applications/%2e%2e/metrics", "//metrics", "/positions/..%2Fmetrics")
UNEXPECTED = (418, {"status": "unexpected error"})
UNAVAILABLE = (503, {"status": "unavailable"})
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


def test_the_proxy_uses_both_replicas_of_the_api(board: httpx.Client) -> None:
    """One name has two addresses."""
    answering = {board.post("/webhooks/seek").json()["from"] for _ in range(40)}

    assert answering == set(REPLICAS)


@pytest.fixture(name="ats")
def _ats(proxy: Proxied) -> Iterator[httpx.Client]:
    proxy.forget()
    with proxy.client(proxy.operators) as client:
        yield client


@pytest.mark.parametrize("path", PRIVATE + ROUNDABOUT + OPERATORS)
def test_the_proxy_passes_no_private_route_to_the_outside(
    board: httpx.Client, proxy: Proxied, path: str
) -> None:
    """The API is not even asked."""
    assert board.get(path).status_code == 404
    assert not proxy.begun


def test_the_proxy_passes_every_route_that_is_not_private(
    board: httpx.Client, ats: httpx.Client, proxy: Proxied
) -> None:
    """Every route of the API is private, a board's or the operators'."""
    app = create_app(Settings(operator_token=SecretStr("a token")))
    routes = set(app.openapi()["paths"]) - set(PRIVATE)
    paths = {route.replace("{", "").replace("}", "") for route in routes}
    operators = {path for path in paths if path.startswith(OPERATORS)}

    for client, its in ((board, paths - operators), (ats, operators)):
        assert {client.post(path).status_code for path in its} == {200}
    assert set(proxy.begun) == paths


@pytest.mark.parametrize("path", [*PRIVATE, *ROUNDABOUT, "/apply/careerjet"])
def test_the_operator_port_serves_the_operator_api_only(
    ats: httpx.Client, proxy: Proxied, path: str
) -> None:
    """Its port is no other way in."""
    assert ats.post(path).status_code == 404
    assert not proxy.begun


def test_the_proxy_passes_who_comes_back_from_the_identity_provider(
    ats: httpx.Client, proxy: Proxied
) -> None:
    """With the code, which is not in its log."""
    address = "/desk/sign-in/callback?code=a-code-of-somebody&state=x"

    assert ats.get(address).status_code == 200

    assert proxy.begun == [address]
    wait_until(lambda: "/desk/sign-in/callback" in proxy.log.read_text())
    assert "a-code-of-somebody" not in proxy.log.read_text()


def test_the_proxy_passes_encoded_slashes_as_they_come(
    ats: httpx.Client, proxy: Proxied
) -> None:
    """A slash of a position's reference is no slash of the path."""
    ats.get("/positions/dev%2F17")

    assert proxy.begun == ["/positions/dev%2F17"]


def test_a_body_that_the_api_judges_passes(board: httpx.Client, proxy: Proxied) -> None:
    """A little too large is answered by the API, in the board's own words."""
    body = b"." * (Settings.model_fields["max_body_bytes"].default + 1000)

    assert board.post("/apply/careerjet", content=body).status_code == 200
    assert proxy.asked == [("/apply/careerjet", len(body))]


def test_a_body_beyond_the_proxys_limit_is_refused_in_the_boards_words(
    board: httpx.Client, proxy: Proxied
) -> None:
    """Careerjet is told so in its own words, the others by the status."""
    body = b"." * (17 * MEBIBYTE)

    refused = board.post("/apply/careerjet", content=body)

    assert (refused.status_code, refused.json()) == UNEXPECTED
    assert board.post("/webhooks/seek", content=body).status_code == 413
    assert not proxy.begun
    assert board.post("/apply/indeed", content=body).status_code == 200
    assert board.post("/apply/indeed", content=body * 3).status_code == 413


def test_the_api_sees_a_trickling_request_only_once_it_is_whole(
    board: httpx.Client, proxy: Proxied
) -> None:
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
def test_a_client_that_stops_sending_is_cut_off(
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


def test_the_proxys_log_has_paths_and_no_queries(
    ats: httpx.Client, proxy: Proxied
) -> None:
    """One JSON object a request; nothing that somebody typed."""
    path = "/applications/careerjet:logged"
    ats.get(path, params={"position": "typed"})
    wait_until(lambda: path in proxy.log.read_text())

    lines = [json.loads(line) for line in proxy.log.read_text().splitlines()]
    assert path in [line["path"] for line in lines]
    assert "typed" not in proxy.log.read_text()


def test_the_request_id_is_the_proxys_and_is_logged(
    board: httpx.Client, proxy: Proxied
) -> None:
    """A client's own would be what a stranger chose, in every log."""
    board.get("/healthz", headers={"X-Request-Id": "ada@example.com"})

    [made] = proxy.ids
    assert len(made) == 32
    wait_until(lambda: f'"request_id":"{made}"' in proxy.log.read_text())
    assert "ada@example.com" not in proxy.log.read_text()


def test_a_request_goes_to_the_other_replica_while_one_is_away(
    secrets: Path, tmp_path: Path
) -> None:
    """A board notices nothing; with none left, it is told to come again."""
    with proxied(secrets, tmp_path) as proxy, proxy.client() as board:
        proxy.replicas[0].end()
        codes = {
            board.post("/apply/careerjet", content=b".").status_code for _ in range(20)
        }
        proxy.replicas[1].end()
        nobody = board.post("/apply/careerjet", content=b".")
        seek = board.post("/webhooks/seek")
        with proxy.client(proxy.operators) as ats:
            operator = ats.get("/applications")

        assert codes == {200}
        assert (nobody.status_code, nobody.json()) == UNEXPECTED
        assert len(nobody.headers["X-Request-Id"]) == 32
        assert (seek.status_code, seek.json()) == UNAVAILABLE
        assert operator.status_code == 503
        assert operator.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("ill", ["hang", "die", "500", "503", "507"])
def test_the_proxy_answers_in_the_boards_words_for_an_api_that_hangs(
    board: httpx.Client, proxy: Proxied, ill: str
) -> None:
    """Each board hears its own words, and one replica only has been asked."""
    for replica in proxy.replicas:
        replica.ill = ill

    careerjet = board.post("/apply/careerjet", content=b".")
    with_slash = board.post("/apply/careerjet/", content=b".")
    seek = board.post("/webhooks/seek", content=b".")
    other = board.post("/apply/indeed", content=b".")

    assert (careerjet.status_code, careerjet.json()) == UNEXPECTED
    assert (with_slash.status_code, with_slash.json()) == UNEXPECTED
    assert (seek.status_code, seek.json()) == UNAVAILABLE
    assert (other.status_code, other.json()) == UNAVAILABLE
    assert seek.headers["Retry-After"] == "30"
    assert len(proxy.asked) == 4


def test_the_proxy_passes_the_apis_own_refusals_on(
    board: httpx.Client, proxy: Proxied
) -> None:
    """Its refusals are the board's own words already."""
    for status in (400, 401, 403, 404, 409, 410, 413, 418, 451):
        for replica in proxy.replicas:
            replica.ill = str(status)
        assert board.post("/webhooks/seek").status_code == status
        if status not in {400, 413}:
            answered = board.post("/apply/careerjet")
            assert answered.status_code == status
            assert answered.json()["from"] in REPLICAS


def test_the_proxy_answers_in_the_boards_words_while_its_disk_is_full(
    secrets: Path, tmp_path: Path
) -> None:
    """Bodies that find no room: each board hears its own words, and repeats."""
    body = b"." * MEBIBYTE
    with (
        proxied(secrets, tmp_path, largest_file=MEBIBYTE // 2) as proxy,
        proxy.client() as board,
    ):
        careerjet = board.post("/apply/careerjet", content=body)
        seek = board.post("/webhooks/seek", content=body)
        small = board.post("/apply/careerjet", content=b".")

        assert (careerjet.status_code, careerjet.json()) == UNEXPECTED
        assert (seek.status_code, seek.json()) == UNAVAILABLE
        assert small.status_code == 200
        assert len(proxy.begun) == 1


def test_the_probe_sees_that_the_proxys_disk_is_full(
    secrets: Path, tmp_path: Path
) -> None:
    """Its body is written even if it came together with the head."""
    probe = (
        b"POST /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Length: 900\r\n\r\n"
    ) + b"." * 900
    with (
        proxied(secrets, tmp_path, largest_file=512) as proxy,
        proxy.client() as prober,
    ):
        assert prober.get("/healthz").status_code == 200
        with proxy.connection() as probing:
            probing.sendall(probe)
            assert _rest(probing).startswith(b"HTTP/1.1 500 ")


def test_one_client_cannot_fill_the_proxys_disk(
    board: httpx.Client, proxy: Proxied
) -> None:
    """Sixteen large bodies of one address wait; the next is refused, a small passes."""
    head = SLOW + b"Content-Length: 10000000\r\n\r\n."
    with ExitStack() as closing:
        for _ in range(16):
            closing.enter_context(proxy.connection()).sendall(head)
        wait_until(
            lambda: (
                board.post("/apply/careerjet", content=b"." * MEBIBYTE).status_code
                == 418
            )
        )
        untold = board.post("/webhooks/seek", content=iter([b"."]))
        small = board.post("/apply/careerjet", content=b"." * 200_000)

    assert (untold.status_code, untold.json()) == UNAVAILABLE
    assert small.status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03garbage\r\n\r\n",
        SLOW + b"Content-Length: -1\r\n\r\n",
        SLOW + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n.",
        SLOW + b"Transfer-Encoding: chunked\r\n\r\nno length\r\n",
        SLOW + b"X: " + b"." * 40_000 + b"\r\n\r\n",
    ],
    ids=["no HTTP", "no length", "two lengths", "no chunk", "a large header"],
)
def test_what_is_no_http_does_not_reach_the_api(
    proxy: Proxied, board: httpx.Client, sent: bytes
) -> None:
    """It is refused, and the next is answered."""
    with proxy.connection() as garbage:
        garbage.sendall(sent)
        answered = _rest(garbage)

    assert answered.split(b" ")[1][:1] == b"4"
    assert not proxy.begun
    assert board.get("/healthz").status_code == 200


@pytest.mark.parametrize("page", ["temporal-ui", "grafana"])
def test_pages_of_operators_answer_to_their_own_name_only(
    proxy: Proxied, page: str
) -> None:
    """A foreign name that leads to this machine is somebody else's page asking."""
    proxy.forget()
    with httpx.Client(base_url=f"http://127.0.0.1:{proxy.pages[page]}") as browser:
        answered = {
            name: browser.get("/", headers={"Host": name}).status_code
            for name in ("localhost:8233", "127.0.0.1:3000", "evil.example:8233", "x")
        }

    assert list(answered.values()) == [200, 200, 421, 421]
    assert len(proxy.begun) == 2
