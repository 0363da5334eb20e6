"""What SEEK answers costs a bounded amount of memory, whatever it answers."""

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.client.token import PartnerToken
from letterbox.boards.seek.client.attachments import SeekAttachments
from letterbox.domain.errors import BoardUnavailableError, TooLargeError
from tests.letterbox.boards.seek.client.server import FakeSeek, saying

_MIB = 1024 * 1024
_LARGE = 200 * _MIB
QUERY = "query One($id: String!) { candidateProfile(id: $id) { profileId { value } } }"


def _plain(status: int = 200) -> Response:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"data": {"padding": "'
        for _ in range(_LARGE // _MIB):
            yield b"x" * _MIB

    return StreamingResponse(body(), status, media_type="application/json")


@cache
def _inflating(coding: str, times: int = 1) -> Response:
    compressing = zlib.compressobj(1, zlib.DEFLATED, 31 if coding == "gzip" else -15)
    body = b"".join(compressing.compress(bytes(_MIB)) for _ in range(_LARGE // _MIB))
    body += compressing.flush()
    for _ in range(times - 1):
        body = gzip.compress(body)
    coded = ", ".join([coding] * times)
    return Response(body, headers={"Content-Encoding": coded})


_BODIES: dict[str, Callable[[], Response]] = {
    "plain": _plain,
    "plain with an error's status": lambda: _plain(500),
    "plain with a refusal's status": lambda: _plain(401),
    "gzip": lambda: _inflating("gzip"),
    "deflate": lambda: _inflating("deflate"),
    "gzip in gzip": lambda: _inflating("gzip", 2),
    "gzip nine times over": lambda: _inflating("gzip", 9),
}


@pytest.fixture(name="graph")
def _graph(
    seek: FakeSeek, http: httpx.AsyncClient, token: PartnerToken
) -> PartnerGraph:
    return PartnerGraph(http, token, url=seek.graphql_url)


@pytest.fixture(name="frugal", autouse=True)
def _frugal() -> Iterator[None]:
    """Compare what is allocated while a test runs with the limit."""
    # Made beforehand, and once: it is slow.
    for body in _BODIES.values():
        body()
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * _MIB


@pytest.mark.parametrize("body", _BODIES)
async def test_graphql_response_of_200_mib_is_not_read_and_is_unavailable(
    seek: FakeSeek, graph: PartnerGraph, body: str
) -> None:
    """It may be a proxy's, and pass; the worker must still be there then."""
    seek.answer = saying(_BODIES[body]())

    with pytest.raises(BoardUnavailableError):
        await graph.execute(QUERY, {"id": "a"})


@pytest.mark.parametrize("body", _BODIES)
async def test_token_response_of_200_mib_is_not_read_and_is_unavailable(
    seek: FakeSeek, token: PartnerToken, body: str
) -> None:
    """A token has some hundred bytes."""
    seek.token_answer = _BODIES[body]()

    with pytest.raises(BoardUnavailableError):
        await token.get()


@pytest.mark.parametrize("body", ["plain", "gzip", "deflate", "gzip in gzip"])
async def test_attachment_that_inflates_ends_at_the_limit_of_documents(
    seek: FakeSeek, http: httpx.AsyncClient, token: PartnerToken, body: str
) -> None:
    """It is decoded piece by piece, as it is read."""
    limit = 10 * _MIB
    files = SeekAttachments(http, token, graphql_url=seek.graphql_url, max_bytes=limit)
    seek.files["cv"] = saying(_BODIES[body]())

    with pytest.raises(TooLargeError):
        await _download(files, f"{seek.origin}/files/cv")


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "GZIP", "identity"])
async def test_graphql_response_of_any_usual_coding_is_read(
    seek: FakeSeek, graph: PartnerGraph, coding: str
) -> None:
    """Several MiB of it as well."""
    padding = "x" * 5 * _MIB
    body = f'{{"data": {{"padding": "{padding}"}}}}'.encode()
    if coding != "identity":
        body = zlib.compress(body) if coding == "deflate" else gzip.compress(body)
    headers = {"Content-Encoding": coding}

    async def answer(_: Request) -> Response:
        return Response(body, headers=headers)

    seek.answer = answer

    assert (await graph.execute(QUERY, {"id": "a"})).data == {"padding": padding}


async def test_graphql_response_that_is_not_in_its_coding_is_unavailable(
    seek: FakeSeek, graph: PartnerGraph
) -> None:
    """What is not gzip says nothing."""
    headers = {"Content-Encoding": "gzip"}
    seek.answer = saying(Response(b'{"data": {}} and more', headers=headers))

    with pytest.raises(BoardUnavailableError):
        await graph.execute(QUERY, {"id": "a"})


async def _download(files: SeekAttachments, url: str) -> None:
    async with files.open(url) as download:
        async for _ in download.chunks:
            pass
