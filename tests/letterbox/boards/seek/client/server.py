"""A SEEK of nothing but the wire: it says what a test tells it to say."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from letterbox.boards.client.token import Credentials
from letterbox.boards.seek.client import credentials_of
from letterbox.boards.seek.settings import SeekSettings
from tests.app_server import serving

SECRET = "a-client-secret-nobody-may-see"
PERSON = "Ella Greenholt"
Handler = Callable[[Request], Awaitable[Response]]


def saying(response: Response) -> Handler:
    """Say the same whatever is asked."""

    async def answer(_: Request) -> Response:
        return response

    return answer


def refused() -> Response:
    """Answer as SEEK does where the token is not good; the message is a trap."""
    error = {"message": PERSON, "extensions": {"code": "UNAUTHENTICATED"}}
    return JSONResponse({"data": None, "errors": [error]})


@dataclass
class FakeSeek:
    """The server's state: what it will say, and what it was asked."""

    origin: str = ""
    expires_in: object = 1800
    token_answer: Response | None = None
    is_silent: bool = False
    """Then whoever asks for a token waits for ever."""
    answer: Handler | None = None
    files: dict[str, Handler] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)
    """Tokens that are good; every token handed out is, until it is taken away."""
    tokens: list[dict[str, str]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    downloads: list[Request] = field(default_factory=list)
    now: int = 0
    most: int = 0

    @property
    def credentials(self) -> Credentials:
        """Who may come in."""
        settings = SeekSettings(
            seek_token_url=f"{self.origin}/oauth/token",
            seek_audience="https://graphql.seek.com",
            seek_client_id="client",
            seek_client_secret=SecretStr(SECRET),
        )
        return credentials_of(settings)

    @property
    def graphql_url(self) -> str:
        """Where questions go."""
        return f"{self.origin}/graphql"

    def forget(self) -> None:
        """Be as new."""
        vars(self).update(vars(FakeSeek(origin=self.origin)))

    async def token(self, request: Request) -> Response:
        """Hand out ``token-1``, ``token-2`` and so on."""
        is_json = request.headers["content-type"] == "application/json"
        shown = await request.body()
        given = json.loads(shown) if is_json else dict(parse_qsl(shown.decode()))
        self.tokens.append(given)
        if self.is_silent:
            await asyncio.Event().wait()
        if self.token_answer is not None:
            return self.token_answer
        text = f"token-{len(self.tokens)}"
        self.good.add(text)
        return JSONResponse({"access_token": text, "expires_in": self.expires_in})

    async def graphql(self, request: Request) -> Response:
        """Check the token and say what the test wants said."""
        await request.body()  # Kept with the request, for whoever looks into it later.
        self.asked.append(request)
        if not self._knows(request):
            return refused()
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            if self.answer is not None:
                return await self.answer(request)
            return JSONResponse({"data": await request.json()})
        finally:
            self.now -= 1

    async def file(self, request: Request) -> Response:
        """Check the token and give the file."""
        self.downloads.append(request)
        if not self._knows(request):
            return Response(status_code=401)
        return await self.files[request.path_params["name"]](request)

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return given.removeprefix("Bearer ") in self.good


@asynccontextmanager
async def fake_seek() -> AsyncIterator[FakeSeek]:
    """Serve on a free port for as long as the block lasts."""
    seek = FakeSeek()
    routes = [
        Route("/oauth/token", seek.token, methods=["POST"]),
        Route("/graphql", seek.graphql, methods=["POST"]),
        Route("/files/{name}", seek.file),
    ]
    async with serving(Starlette(routes=routes)) as seek.origin:
        yield seek


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[str]:
    """Answer whatever is asked with these bytes, and hang up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
