"""Questions to SEEK: whatever it answers is a value, and no answer an error."""

import asyncio
import json
import logging
from functools import partial
from uuid import UUID

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from structlog.testing import capture_logs

from letterbox.boards.client.calls import show
from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.client.http import open_http
from letterbox.boards.client.token import PartnerToken
from letterbox.boards.graphql import QueryError
from letterbox.domain.errors import BoardUnavailableError
from tests.letterbox.boards.seek.client.server import (
    PERSON,
    SECRET,
    FakeSeek,
    raw_server,
    refused,
    saying,
)
from tests.support import eventually

QUERY = """# A comment, kept.
query One($id: String!) { candidateProfile(id: $id) { profileId { value } } }"""
FORBIDDEN = {
    "message": f"no branding for {PERSON}",
    "path": ["candidateProfile", "positions", 0, "branding"],
    "extensions": {"code": "FORBIDDEN"},
}


@pytest.fixture(name="graph")
def _graph(
    seek: FakeSeek, http: httpx.AsyncClient, token: PartnerToken
) -> PartnerGraph:
    return PartnerGraph(http, token, url=seek.graphql_url, concurrent=8)


async def test_many_at_once_get_each_its_own_answer(
    seek: FakeSeek, graph: PartnerGraph
) -> None:
    """Eight are on the wire at a time, no more and no fewer."""
    eight = asyncio.Barrier(8)

    async def echo(request: Request) -> Response:
        asked = await request.json()
        await eight.wait()
        return JSONResponse({"data": {"id": asked["variables"]["id"]}})

    seek.answer = echo

    answers = await asyncio.gather(
        *(graph.execute(QUERY, {"id": n}) for n in range(56))
    )

    assert [answer.data for answer in answers] == [{"id": n} for n in range(56)]
    assert seek.most == 8
    assert len(seek.tokens) == 1


async def test_a_graphql_call_carries_its_headers_query_and_variables(
    seek: FakeSeek, graph: PartnerGraph
) -> None:
    """As https://developer.seek.com/graphql/in-practice shows it."""
    first, second = [await graph.execute(QUERY, {"id": "a"}) for _ in range(2)]
    headers = seek.asked[0].headers

    assert headers["Authorization"] == "Bearer token-1"
    assert headers["User-Agent"].startswith("letterbox/")
    assert headers["Accept-Language"] == "en-AU"
    assert headers["Content-Type"] == "application/json"
    assert UUID(headers["X-Request-Id"]) == UUID(first.request_id)
    assert first.request_id != second.request_id
    assert first.data == {"query": QUERY, "variables": {"id": "a"}}


async def test_partial_data_and_errors_come_together(
    seek: FakeSeek, graph: PartnerGraph
) -> None:
    """The data is used, and the errors tell what of it is missing and why."""
    data = {"candidateProfile": {"name": PERSON, "positions": [{"branding": None}]}}
    seek.answer = saying(JSONResponse({"data": data, "errors": [FORBIDDEN]}))

    answer = await graph.execute(QUERY, {"id": "a"})

    path = ("candidateProfile", "positions", 0, "branding")
    assert answer.data == data
    assert answer.errors == (QueryError(code="FORBIDDEN", path=path),)
    assert PERSON not in repr(answer)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, ()),
        ([], ()),
        ([5, None], (QueryError(), QueryError())),
        ({"code": PERSON}, (QueryError(),)),
        ([{"extensions": [PERSON], "path": PERSON}], (QueryError(),)),
        (
            [{"extensions": {"code": PERSON}, "path": ["a_1", 0, PERSON, None, True]}],
            (QueryError(path=("a_1", 0)),),
        ),
    ],
)
async def test_of_odd_errors_only_codes_are_kept(
    seek: FakeSeek, graph: PartnerGraph, given: object, expected: object
) -> None:
    """A code with a blank in it is a sentence, and may be about somebody."""
    seek.answer = saying(JSONResponse({"data": {}, "errors": given}))

    assert (await graph.execute(QUERY, {})).errors == expected


@pytest.mark.parametrize("refusal", [refused(), Response(status_code=401)])
async def test_a_refused_token_is_renewed_once(
    seek: FakeSeek, graph: PartnerGraph, refusal: Response
) -> None:
    """Where the new one is refused as well, that is the answer."""
    seek.answer = saying(refusal)

    answer = await graph.execute(QUERY, {"id": "a"})

    assert answer.status == 401 or answer.codes == {"UNAUTHENTICATED"}
    assert [one.headers["Authorization"] for one in seek.asked] == [
        "Bearer token-1",
        "Bearer token-2",
    ]


async def test_one_renewal_for_all_calls_under_way(
    seek: FakeSeek, graph: PartnerGraph, token: PartnerToken
) -> None:
    """A token that dies early costs each call one more, and SEEK one new token."""
    await token.get()
    seek.good.clear()

    answers = await asyncio.gather(
        *(graph.execute(QUERY, {"id": n}) for n in range(50))
    )

    assert not any(answer.errors for answer in answers)
    assert len(seek.tokens) == 2


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        (Response("slow down", status_code=429), set()),
        (Response("<html>", status_code=503), set()),
        (Response(status_code=302, headers={"Location": "/graphql"}), set()),
        (JSONResponse({"errors": [FORBIDDEN]}, status_code=400), {"FORBIDDEN"}),
        (JSONResponse({"detail": "x"}, status_code=500), set()),
    ],
)
async def test_a_refusal_by_http_is_an_answer_too(
    seek: FakeSeek, graph: PartnerGraph, said: Response, codes: set[str]
) -> None:
    """With its status, and with how long to wait where it says so."""
    said.headers["Retry-After"] = "7"
    seek.answer = saying(said)

    answer = await graph.execute(QUERY, {"id": "a"})

    assert answer.status == said.status_code
    assert answer.retry_after == 7
    assert answer.codes == codes
    assert answer.data is None
    assert len(seek.asked) == 1


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", "5", '"errors"', "{}", '{"data": null}', '{"data": 5}']
)
async def test_a_success_without_content_is_none(
    seek: FakeSeek, graph: PartnerGraph, body: str
) -> None:
    """Somebody between us and SEEK answered; that passes."""
    seek.answer = saying(Response(body, media_type="application/json"))

    with pytest.raises(BoardUnavailableError):
        await graph.execute(QUERY, {"id": "a"})


async def test_one_that_times_out_leaves_the_others_alone(
    seek: FakeSeek, token: PartnerToken
) -> None:
    """They share connections, and none is closed but its own."""
    let_go = asyncio.Event()

    async def answer(_: Request) -> Response:
        await let_go.wait()
        return JSONResponse({"data": {"fine": True}})

    seek.answer = answer
    async with open_http(hooks=(show,)) as http:
        graph = PartnerGraph(http, token, url=seek.graphql_url)
        others = [
            asyncio.create_task(graph.execute(QUERY, {"id": n})) for n in range(5)
        ]
        await eventually(partial(_on_the_wire, seek, 5))
        http.timeout = 0.1
        with pytest.raises(BoardUnavailableError, match="no answer in time"):
            await graph.execute(QUERY, {"id": "stuck"})
        let_go.set()

        assert {(await other).status for other in others} == {200}


async def _on_the_wire(seek: FakeSeek, number: int) -> bool:
    return seek.now == number


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"data": {}}',
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
async def test_what_is_no_http_is_no_answer(
    http: httpx.AsyncClient, token: PartnerToken, bytes_sent: bytes
) -> None:
    """An answer that breaks off is none either."""
    async with raw_server(bytes_sent) as origin:
        graph = PartnerGraph(http, token, url=origin)
        with pytest.raises(BoardUnavailableError, match="Error"):
            await graph.execute(QUERY, {"id": "a"})


async def test_a_refused_connection_makes_graphql_unavailable(
    http: httpx.AsyncClient, token: PartnerToken, free_endpoint: str
) -> None:
    """A connection that is refused is an outage like any other."""
    graph = PartnerGraph(http, token, url=free_endpoint)

    with pytest.raises(BoardUnavailableError, match="Connection refused"):
        await graph.execute(QUERY, {"id": "a"})


async def test_a_log_tells_codes_and_nobody(
    seek: FakeSeek, graph: PartnerGraph, caplog: pytest.LogCaptureFixture
) -> None:
    """With the id that SEEK can look up; libraries are heard at our own level."""
    caplog.set_level(logging.INFO)
    said = {"data": {"name": PERSON}, "errors": [FORBIDDEN]}
    seek.answer = saying(JSONResponse(said))

    with capture_logs() as logs:
        answer = await graph.execute(QUERY, {"id": "a"})

    assert logs == [
        {
            "event": "a board answered with errors",
            "board": "SEEK",
            "log_level": "warning",
            "status": 200,
            "codes": ["FORBIDDEN"],
            "request_id": answer.request_id,
        }
    ]
    heard = json.dumps(logs) + caplog.text
    assert not any(one in heard for one in (PERSON, SECRET, "token-1"))
