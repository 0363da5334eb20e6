"""Attachments: from SEEK alone, whole or not at all, and the token for SEEK alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from letterbox.boards.client.http import open_http
from letterbox.boards.client.token import PartnerToken
from letterbox.boards.seek.client.attachments import SeekAttachments
from letterbox.domain.errors import (
    BoardRefusedError,
    BoardUnavailableError,
    LetterboxError,
    NotFoundError,
    TooLargeError,
)
from tests.letterbox.boards.seek.client.server import (
    PERSON,
    FakeSeek,
    fake_seek,
    raw_server,
    saying,
)

CV = bytes(range(256)) * 1000
MAX = len(CV)


@pytest.fixture(name="attachments")
def _attachments(
    seek: FakeSeek, http: httpx.AsyncClient, token: PartnerToken
) -> SeekAttachments:
    return SeekAttachments(http, token, graphql_url=seek.graphql_url, max_bytes=MAX)


async def _read(attachments: SeekAttachments, url: str) -> bytes:
    async with attachments.open(url) as download:
        return b"".join([chunk async for chunk in download.chunks])


async def test_a_document_comes_with_its_name(
    seek: FakeSeek, attachments: SeekAttachments
) -> None:
    """Byte for byte, and asked for with the token."""
    told = f"attachment; filename=\"cv.pdf\"; filename*=UTF-8''{PERSON[:4]}%C3%A9.pdf"
    seek.files["cv"] = saying(
        Response(
            CV, media_type="application/pdf", headers={"Content-Disposition": told}
        )
    )

    async with attachments.open(f"{seek.origin}/files/cv") as download:
        body = b"".join([chunk async for chunk in download.chunks])

    assert body == CV
    assert download.filename == "Ellaé.pdf"
    assert download.declared_type == "application/pdf"
    assert PERSON[:4] not in repr(download)
    [request] = seek.downloads
    assert request.headers["Authorization"] == "Bearer token-1"
    assert request.headers["Accept-Encoding"] == "identity"


async def test_a_document_without_headers_or_content_is_downloaded(
    seek: FakeSeek, attachments: SeekAttachments
) -> None:
    """A document may have no name, no type and no bytes."""
    seek.files["cv"] = saying(Response())

    async with attachments.open(f"{seek.origin}/files/cv") as download:
        body = [chunk async for chunk in download.chunks]

    assert (body, download.filename, download.declared_type) == ([], None, None)


async def test_an_endless_name_has_an_end(
    seek: FakeSeek, attachments: SeekAttachments
) -> None:
    """It is kept with the record."""
    told = {"Content-Disposition": f"attachment; filename={'a' * 2000}"}
    seek.files["cv"] = saying(Response(headers=told))

    async with attachments.open(f"{seek.origin}/files/cv") as download:
        assert download.filename == "a" * 1024


@pytest.mark.parametrize("location", ["/files/cv", "../files/cv", "{origin}/files/cv"])
async def test_a_redirect_within_seek_is_followed(
    seek: FakeSeek, attachments: SeekAttachments, location: str
) -> None:
    """With the token, which is at home there."""
    seek.files["moved"] = saying(RedirectResponse(location.format(origin=seek.origin)))
    seek.files["cv"] = saying(Response(CV))

    assert await _read(attachments, f"{seek.origin}/files/moved") == CV
    assert len(seek.downloads) == 2


async def test_a_redirect_elsewhere_is_not(
    seek: FakeSeek, attachments: SeekAttachments
) -> None:
    """Nobody there ever hears of us; another port is another server."""
    async with fake_seek() as foreign:
        seek.files["moved"] = saying(RedirectResponse(f"{foreign.origin}/files/cv"))
        with pytest.raises(BoardRefusedError, match="LETTERBOX_SEEK_GRAPHQL_URL") as e:
            await _read(attachments, f"{seek.origin}/files/moved")

    assert foreign.downloads == []
    assert foreign.origin not in str(e.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:{port}/files/cv",
        "http://127.0.0.1/files/cv",
        "http://localhost:{port}/files/cv",
        "http://127.0.0.1:{port}@localhost/files/cv",
        "http://user:password@127.0.0.1:{port}/files/cv",
        "//localhost/files/cv",
        "file:///etc/passwd",
        "http://[::1",
        "http://127.0.0.1:{port}\t.evil/",
    ],
)
async def test_an_address_elsewhere_is_not_asked(
    seek: FakeSeek, attachments: SeekAttachments, url: str
) -> None:
    """SEEK guarantees its own origin; the application's data could be anyone's."""
    address = url.format(port=httpx.URL(seek.origin).port)

    with pytest.raises(BoardRefusedError) as caught:
        await _read(attachments, address)

    assert address not in str(caught.value)
    assert seek.downloads == []


async def test_redirects_in_a_circle_are_refused(
    seek: FakeSeek, attachments: SeekAttachments
) -> None:
    """The download is given up after five redirects."""
    seek.files["moved"] = saying(RedirectResponse("/files/moved"))

    with pytest.raises(BoardRefusedError, match="redirects"):
        await _read(attachments, f"{seek.origin}/files/moved")

    assert len(seek.downloads) == 1 + 5


async def test_five_redirects_are_followed(
    seek: FakeSeek, attachments: SeekAttachments
) -> None:
    """That is the most, and it works."""
    for number in range(5):
        seek.files[str(number)] = saying(RedirectResponse(f"/files/{number + 1}"))
    seek.files["5"] = saying(Response(CV))

    assert await _read(attachments, f"{seek.origin}/files/0") == CV


async def test_the_limit_itself_is_allowed(
    seek: FakeSeek, http: httpx.AsyncClient, token: PartnerToken
) -> None:
    """And one byte more is not, whether the length was told or not."""

    async def told(_: Request) -> Response:
        return Response(CV)

    async def untold(_: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            yield CV[:-1]
            yield CV[-1:]

        return StreamingResponse(chunks())

    seek.files |= {"told": told, "untold": untold}
    for name in seek.files:
        for most in (MAX, MAX - 1):
            limited = SeekAttachments(
                http, token, graphql_url=seek.graphql_url, max_bytes=most
            )
            url = f"{seek.origin}/files/{name}"
            if most == MAX:
                assert await _read(limited, url) == CV
            else:
                with pytest.raises(TooLargeError, match=str(most)):
                    await _read(limited, url)


async def test_a_refused_token_is_renewed_once_for_a_download(
    seek: FakeSeek, attachments: SeekAttachments, token: PartnerToken
) -> None:
    """SEEK may end a token before its time."""
    await token.get()
    seek.good.clear()
    seek.files["cv"] = saying(Response(CV))

    assert await _read(attachments, f"{seek.origin}/files/cv") == CV
    assert len(seek.tokens) == len(seek.downloads) == 2


async def test_a_token_that_stays_refused_may_be_good_later(
    seek: FakeSeek, attachments: SeekAttachments
) -> None:
    """Two tokens are enough for one download."""
    seek.files["cv"] = saying(Response(status_code=401))

    with pytest.raises(BoardUnavailableError, match="401"):
        await _read(attachments, f"{seek.origin}/files/cv")

    assert len(seek.tokens) == len(seek.downloads) == 2


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFoundError),
        (410, NotFoundError),
        (403, BoardRefusedError),
        (451, BoardRefusedError),
        (204, BoardRefusedError),
        (304, BoardRefusedError),
        (408, BoardUnavailableError),
        (429, BoardUnavailableError),
        (500, BoardUnavailableError),
        (503, BoardUnavailableError),
    ],
)
async def test_a_refusal_tells_what_to_do(
    seek: FakeSeek,
    attachments: SeekAttachments,
    status: int,
    error: type[LetterboxError],
) -> None:
    """Gone, not for us, or not now; the body, which may say who, is not quoted."""
    seek.files["cv"] = saying(
        Response(
            "" if status in {204, 304} else PERSON,
            status_code=status,
            headers={"Retry-After": "7"},
        )
    )

    with pytest.raises(error, match=str(status)) as caught:
        await _read(attachments, f"{seek.origin}/files/cv")

    assert type(caught.value) is error
    assert PERSON not in str(caught.value)
    if isinstance(caught.value, BoardUnavailableError):
        assert caught.value.retry_after == timedelta(seconds=7)


async def test_half_a_document_is_none(
    http: httpx.AsyncClient, token: PartnerToken
) -> None:
    """One that breaks off is asked for again."""
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    async with raw_server(cut) as origin:
        attachments = SeekAttachments(http, token, graphql_url=origin, max_bytes=MAX)
        with pytest.raises(BoardUnavailableError, match="RemoteProtocolError"):
            await _read(attachments, f"{origin}/cv")


async def test_one_that_stalls_is_given_up(seek: FakeSeek, token: PartnerToken) -> None:
    """Nobody waits for ever for the next chunk."""
    let_go = asyncio.Event()

    async def stalling(_: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"%PDF"
            await let_go.wait()

        return StreamingResponse(chunks())

    seek.files["cv"] = stalling
    await token.get()
    async with open_http(timeout=0.5) as http:
        attachments = SeekAttachments(
            http, token, graphql_url=seek.graphql_url, max_bytes=MAX
        )
        with pytest.raises(BoardUnavailableError, match="no answer in time"):
            await _read(attachments, f"{seek.origin}/files/cv")
    let_go.set()


async def test_a_refused_connection_makes_attachments_unavailable(
    http: httpx.AsyncClient, token: PartnerToken, free_endpoint: str
) -> None:
    """A connection that is refused is an outage like any other."""
    attachments = SeekAttachments(
        http, token, graphql_url=f"{free_endpoint}/graphql", max_bytes=MAX
    )

    with pytest.raises(BoardUnavailableError, match="Connection refused"):
        await _read(attachments, f"{free_endpoint}/files/cv")


async def test_only_so_many_at_once(
    seek: FakeSeek, http: httpx.AsyncClient, token: PartnerToken
) -> None:
    """A place is taken until a document is read, and given back whatever happens."""
    attachments = SeekAttachments(
        http, token, graphql_url=seek.graphql_url, max_bytes=MAX, concurrent=1
    )
    seek.files["cv"] = saying(Response(CV))
    url = f"{seek.origin}/files/cv"
    others = SeekAttachments(http, token, graphql_url=seek.graphql_url, max_bytes=MAX)

    async with attachments.open(url):
        waiting = asyncio.create_task(_read(attachments, url))
        for _ in range(3):
            # Whoever need not wait would have been served by then.
            assert await _read(others, url) == CV
        assert len(seek.downloads) == 1 + 3
    with pytest.raises(BoardRefusedError):
        await _read(attachments, "http://localhost/")

    assert await waiting == CV
