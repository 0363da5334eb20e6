"""Who may call the operator API."""

import asyncio
import json

import httpx
import pytest

from api.app import create_app
from letterbox.settings import Settings
from tests.api.operator.operator_server import OperatorServer
from tests.api.operator.serving import TOKEN

pytestmark = pytest.mark.xdist_group("operator")

_OPEN_TO_ALL = ("/apply/", "/webhooks/", "/healthz", "/readyz", "/metrics")


@pytest.mark.parametrize(
    "authorization",
    [
        [],
        [""],
        ["Bearer"],
        ["Bearer x"],
        [f"Bearer {TOKEN[:-1]}"],
        [f"Bearer {TOKEN} more"],
        [f"Basic {TOKEN}"],
        [TOKEN],
        ["Bearer ü".encode()],
        [f"Bearer {TOKEN}", f"Bearer {TOKEN}"],
    ],
)
async def test_a_request_without_the_right_token_is_401(
    authorization: list[str | bytes], server: OperatorServer
) -> None:
    """A malformed token is refused as a wrong one, and the answer names the scheme."""
    headers = [("Authorization", value) for value in authorization]

    async with httpx.AsyncClient(base_url=server.url) as anybody:
        answer = await anybody.get("/applications", headers=headers)  # type: ignore[arg-type]

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "the bearer token is missing or wrong"


async def test_the_bearer_scheme_may_be_in_any_case(server: OperatorServer) -> None:
    """HTTP compares authentication schemes without regard to case."""
    headers = {"Authorization": f"bEARER {TOKEN}"}

    assert (await server.http.get("/applications", headers=headers)).status_code == 200


async def test_every_operator_route_requires_the_token(server: OperatorServer) -> None:
    """Routes that somebody adds one day are checked too."""
    document = (await server.http.get("/openapi.json")).json()
    guarded = [
        (method, path)
        for path, operations in document["paths"].items()
        for method in operations
        if not path.startswith(_OPEN_TO_ALL)
    ]

    async with httpx.AsyncClient(base_url=server.url) as anybody:
        answers = [
            await anybody.request(method, path.format(**dict.fromkeys(_NAMES, "a:b")))
            for method, path in guarded
        ]

    assert len(guarded) == 23
    assert {answer.status_code for answer in answers} == {401}
    for method, path in guarded:
        assert document["paths"][path][method]["security"] == [{"operator": []}]


_NAMES = ("application_id", "name", "page", "reference")


async def test_the_token_is_checked_before_the_body_is_read(
    server: OperatorServer,
) -> None:
    """A caller without a token cannot make us wait for a body that never comes."""
    url = httpx.URL(server.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = (
        "POST /applications/a:b/hold HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    )
    writer.write(head.encode())

    answer = await asyncio.wait_for(reader.readline(), 10)

    assert answer.startswith(b"HTTP/1.1 401")
    writer.close()
    await writer.wait_closed()


async def test_an_oversized_body_is_413(server: OperatorServer) -> None:
    """Bodies of the operator API are a few words."""
    body = json.dumps({"reason": "x" * 2_000_000})

    answer = await server.ask(
        "POST",
        "careerjet:1",
        "/hold",
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/applications", "/applications/a:b", "/applications/a:b/hold"]
)
async def test_operator_routes_are_404_without_a_configured_token(
    method: str, path: str
) -> None:
    """The API is closed by default: there is no such address, with any token."""
    app = create_app(Settings(operator_token=""))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as anybody:
        answer = await anybody.request(
            method, path, headers={"Authorization": "Bearer "}
        )
        nowhere = await anybody.request(method, "/nowhere")

    assert answer.status_code == 404
    assert answer.content == nowhere.content


async def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(
    server: OperatorServer,
) -> None:
    """All methods of an address are listed, though each has a route of its own."""
    answer = await server.http.patch("/positions/DEV-17")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, PUT"


async def test_where_no_board_speaks_a_problem_is_answered(
    server: OperatorServer,
) -> None:
    """A board's address takes POST alone; that of no board is none."""
    answers = [
        await server.http.request(method, path)
        for method, path in (
            ("GET", "/apply/careerjet"),
            ("PUT", "/apply/careerjet"),
            ("GET", "/webhooks/seek"),
            ("GET", "/apply/nope"),
            ("POST", "/apply/nope"),
        )
    ]

    assert [answer.status_code for answer in answers] == [405, 405, 405, 404, 404]
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
        assert answer.json()["detail"] != "Method Not Allowed"
    assert all("POST" in answer.headers["Allow"] for answer in answers[:3])
