"""LinkedIn's documents: from allowed hosts, whole or not at all, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from letterbox.boards.client.public_hosts import Resolve
from letterbox.boards.linkedin.client.media import LinkedInFetcher, open_fetcher
from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.domain.errors import (
    BoardRefusedError,
    BoardUnavailableError,
    LetterboxError,
    NotFoundError,
    TooLargeError,
)
from tests.letterbox.boards.linkedin.client.server import Board, board_on
from tests.letterbox.boards.seek.client.server import raw_server

CV = bytes(range(256)) * 1000
PERSON = "Ada Example"
PUBLIC = "93.184.215.14"


@pytest_asyncio.fixture(name="board", scope="module")
async def _board() -> AsyncIterator[Board]:
    async with board_on() as board:
        yield board


@pytest.fixture(name="fetcher")
def _fetcher(
    board: Board,
) -> Callable[..., AbstractAsyncContextManager[LinkedInFetcher]]:
    board.files.clear()
    board.asked.clear()

    def opened(
        seconds: float = 30, **settings: object
    ) -> AbstractAsyncContextManager[LinkedInFetcher]:
        known = LinkedInSettings.model_validate(
            {"linkedin_sandbox": board.origin, **settings}
        )
        return open_fetcher(known, max_document_bytes=len(CV), seconds=seconds)

    return opened


Opened = Callable[..., AbstractAsyncContextManager[LinkedInFetcher]]


async def read(fetcher: LinkedInFetcher, url: str) -> bytes:
    """Download a document whole."""
    async with fetcher.attachments.open(url) as download:
        return b"".join([chunk async for chunk in download.chunks])


def leading_to(address: str) -> Resolve:
    """Make every name lead to one address."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return [address]

    return resolve


def answering(response: Response) -> Callable[[Request], Awaitable[Response]]:
    """Answer the same whatever is asked."""

    async def answer(_: Request) -> Response:
        return response

    return answer


async def test_a_document_comes_with_its_name(board: Board, fetcher: Opened) -> None:
    """Byte for byte; without a token none is sent."""
    named = {"Content-Disposition": "attachment; filename*=UTF-8''Zo%C3%AB.pdf"}
    board.files["cv"] = answering(Response(CV, headers=named, media_type="text/plain"))

    url = f"{board.origin}/cv"
    async with fetcher() as opened, opened.attachments.open(url) as download:
        body = b"".join([chunk async for chunk in download.chunks])

    assert body == CV
    assert download.filename == "Zoë.pdf"
    assert "Authorization" not in board.asked[0].headers


async def test_a_token_is_sent_to_the_host_that_was_named_alone() -> None:
    """A redirect within it keeps the token; a redirect to another host drops it."""
    sent: list[httpx.Request] = []

    async def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        to = {"/1": "/2", "/2": "https://media.licdn.com/3"}.get(request.url.path)
        return (
            httpx.Response(302, headers={"Location": to}) if to else httpx.Response(200)
        )

    settings = LinkedInSettings(linkedin_media_token=SecretStr("bearer"))
    transport = httpx.MockTransport(handle)
    async with open_fetcher(
        settings, max_document_bytes=1, transport=transport, resolve=leading_to(PUBLIC)
    ) as opened:
        assert await read(opened, "https://www.linkedin.com/1") == b""

    tokens = [request.headers.get("Authorization") for request in sent]
    assert tokens == ["Bearer bearer", "Bearer bearer", None]
    assert [one.headers["Host"] for one in sent][1:] == [
        "www.linkedin.com",
        "media.licdn.com",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/cv",
        "http://www.linkedin.com/cv",
        "https://www.linkedin.com:8443/cv",
        "https://www.linkedin.com@evil.example.com/cv",
        "https://linkedin.com.evil.example.com/",
        "https://127.0.0.1/cv",
        "https://169.254.169.254/latest/meta-data",
        "http://localhost:1/cv",
        "http://[::1]:1/cv",
        "{origin}@evil.example.com/cv",
        "file:///etc/passwd",
        "/cv",
        "cv",
        "http://[::1",
        "https://\x00/",
        "é☃",
    ],
)
async def test_an_address_elsewhere_is_not_asked(
    board: Board, fetcher: Opened, url: str
) -> None:
    """Whoever had the secret could name any; the message does not quote it."""
    async with fetcher() as opened:
        with pytest.raises(BoardRefusedError) as caught:
            await read(opened, url.format(origin=board.origin))

    assert "evil" not in str(caught.value)
    assert board.asked == []


@pytest.mark.parametrize("address", ["169.254.169.254", "127.0.0.1", "::1", "10.0.0.1"])
async def test_an_allowed_name_that_leads_into_our_network_is_not_asked(
    address: str,
) -> None:
    """Not even where the name server says so; it may say something else tomorrow."""
    sent: list[httpx.Request] = []

    async def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    async with open_fetcher(
        LinkedInSettings(),
        max_document_bytes=1,
        transport=httpx.MockTransport(handle),
        resolve=leading_to(address),
    ) as opened:
        with pytest.raises(BoardUnavailableError, match="not public"):
            await read(opened, "https://media.licdn.com/cv")

    assert sent == []


@pytest.mark.parametrize(
    "location",
    ["https://evil.example.com/", "http://127.0.0.1:1/", "//localhost/", "file:///x"],
)
async def test_a_redirect_elsewhere_is_not_followed(
    board: Board, fetcher: Opened, location: str
) -> None:
    """Each of them is checked before anything is sent there."""
    board.files["moved"] = answering(RedirectResponse(location))

    async with fetcher() as opened:
        with pytest.raises(BoardRefusedError):
            await read(opened, f"{board.origin}/moved")

    assert len(board.asked) == 1


async def test_redirects_at_home_are_followed_five_times(
    board: Board, fetcher: Opened
) -> None:
    """A circle has an end."""
    for number in range(5):
        board.files[str(number)] = answering(RedirectResponse(f"/{number + 1}"))
    board.files["5"] = answering(Response(CV))
    board.files["round"] = answering(RedirectResponse("/round"))

    async with fetcher() as opened:
        assert await read(opened, f"{board.origin}/0") == CV
        with pytest.raises(BoardRefusedError, match="redirects"):
            await read(opened, f"{board.origin}/round")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFoundError),
        (410, NotFoundError),
        (403, BoardRefusedError),
        (401, BoardUnavailableError),
        (429, BoardUnavailableError),
        (503, BoardUnavailableError),
    ],
)
async def test_a_refusal_tells_what_to_do(
    board: Board, fetcher: Opened, status: int, error: type[LetterboxError]
) -> None:
    """Gone, not for us, or not now; what is answered may say who it is about."""
    refusal = Response(PERSON, status_code=status, headers={"Retry-After": "7"})
    board.files["cv"] = answering(refusal)

    async with fetcher() as opened:
        with pytest.raises(error, match=str(status)) as caught:
            await read(opened, f"{board.origin}/cv")

    assert type(caught.value) is error
    assert PERSON not in str(caught.value)
    if isinstance(caught.value, BoardUnavailableError):
        assert caught.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("is_declared", [True, False])
async def test_a_document_that_is_too_large_is_not_read_on(
    board: Board,
    fetcher: Opened,
    is_declared: bool,  # noqa: FBT001 a parameter of the table
) -> None:
    """Whether it says so or not."""
    size = {"Content-Length": str(len(CV) + 1)} if is_declared else {}

    async def chunks() -> AsyncIterator[bytes]:
        yield CV
        yield b"x"

    board.files["cv"] = answering(StreamingResponse(chunks(), headers=size))

    async with fetcher() as opened:
        with pytest.raises(TooLargeError, match=str(len(CV))):
            await read(opened, f"{board.origin}/cv")


async def test_one_that_hangs_is_given_up(board: Board, fetcher: Opened) -> None:
    """Before its first byte, or after it."""
    let_go = asyncio.Event()

    async def hang(_: Request) -> Response:
        await let_go.wait()
        return Response()

    async def stall(_: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"%PDF"
            await let_go.wait()

        return StreamingResponse(chunks())

    board.files |= {"hang": hang, "stall": stall}
    async with fetcher(seconds=0.3) as opened:
        for name in ("hang", "stall"):
            with pytest.raises(BoardUnavailableError, match="no answer in time"):
                await read(opened, f"{board.origin}/{name}")
    let_go.set()


async def test_half_a_document_is_none() -> None:
    """One that breaks off is asked for again."""
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    async with raw_server(cut) as origin:
        settings = LinkedInSettings(linkedin_sandbox=origin)
        async with open_fetcher(settings, max_document_bytes=1000) as opened:
            with pytest.raises(BoardUnavailableError, match="RemoteProtocolError"):
                await read(opened, f"{origin}/cv")
