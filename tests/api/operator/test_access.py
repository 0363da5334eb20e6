"""Who may call the operator API."""

import asyncio
import json

import httpx
import pytest

from api.app import create_app
from letterbox.settings import Settings
from tests.api.operator.operator_server import Office
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
async def test_401_without_the_token(
    authorization: list[str | bytes], at: Office
) -> None:
    """Nonsense is refused as a wrong token is, and the answer says how to come in."""
    headers = [("Authorization", value) for value in authorization]

    async with httpx.AsyncClient(base_url=at.url) as anybody:
        answer = await anybody.get("/applications", headers=headers)  # type: ignore[arg-type]

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "the bearer token is absent or wrong"


async def test_the_scheme_may_be_spelt_in_any_case(at: Office) -> None:
    """HTTP has it so."""
    headers = {"Authorization": f"bEARER {TOKEN}"}

    assert (await at.http.get("/applications", headers=headers)).status_code == 200


async def test_every_address_of_the_operator_asks_for_the_token(at: Office) -> None:
    """Those that somebody adds one day too."""
    document = (await at.http.get("/openapi.json")).json()
    guarded = [
        (method, path)
        for path, operations in document["paths"].items()
        for method in operations
        if not path.startswith(_OPEN_TO_ALL)
    ]

    async with httpx.AsyncClient(base_url=at.url) as anybody:
        answers = [
            await anybody.request(method, path.format(**dict.fromkeys(_NAMES, "a:b")))
            for method, path in guarded
        ]

    assert len(guarded) == 12
    assert {answer.status_code for answer in answers} == {401}
    for method, path in guarded:
        assert document["paths"][path][method]["security"] == [{"operator": []}]


_NAMES = ("application_id", "name", "reference")


async def test_the_token_is_asked_for_before_the_body_is_read(at: Office) -> None:
    """Who has none cannot make us wait for what never comes."""
    url = httpx.URL(at.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = (
        "POST /applications/a:b/hold HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    )
    writer.write(head.encode())

    answer = await asyncio.wait_for(reader.readline(), 10)

    assert answer.startswith(b"HTTP/1.1 401")
    writer.close()
    await writer.wait_closed()


async def test_413_for_a_body_beyond_all_sense(at: Office) -> None:
    """What acts upon an application is a few words."""
    body = json.dumps({"reason": "x" * 2_000_000})

    answer = await at.ask(
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
async def test_404_for_all_of_it_where_no_token_is_configured(
    method: str, path: str
) -> None:
    """Closed by default: there is no such address, with any token."""
    app = create_app(Settings(operator_token=""))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as anybody:
        answer = await anybody.request(
            method, path, headers={"Authorization": "Bearer "}
        )
        nowhere = await anybody.request(method, "/nowhere")

    assert answer.status_code == 404
    assert answer.content == nowhere.content


async def test_what_is_not_allowed_says_what_is(at: Office) -> None:
    """Each method of an address, though there is a route for each."""
    answer = await at.http.patch("/positions/DEV-17")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "DELETE, GET, PUT"


async def test_boards_are_answered_as_ever(at: Office) -> None:
    """Problem details are for operators."""
    answer = await at.http.get("/apply/careerjet")

    assert answer.status_code == 405
    assert answer.json() == {"detail": "Method Not Allowed"}
