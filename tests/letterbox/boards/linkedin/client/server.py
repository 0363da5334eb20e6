"""LinkedIn's servers as far as Letterbox knows them, over real HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.app_server import serving

Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Board:
    """What it answers, by path, and what it was asked."""

    origin: str = ""
    files: dict[str, Handler] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """Answer as a test says; what it does not know is not there."""
        self.asked.append(request)
        self.bodies.append(await request.body())
        handler = self.files.get(request.path_params["name"])
        return await handler(request) if handler else Response(status_code=404)


@asynccontextmanager
async def board_on() -> AsyncIterator[Board]:
    """Serve on a free port for as long as the block lasts."""
    board = Board()
    route = Route("/{name:path}", board.answer, methods=["GET", "POST"])
    async with serving(Starlette(routes=[route])) as board.origin:
        yield board
