"""The sandbox, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from seek_sandbox import (
    attachment_route,
    control_routes,
    fault_routes,
    graphql_route,
    other_boards,
    token_route,
)
from seek_sandbox.active_faults import ActiveFaults
from seek_sandbox.calls import CallNotes, Calls
from seek_sandbox.options import SandboxOptions
from seek_sandbox.simulation import Simulation
from seek_sandbox.state import Sandbox
from seek_sandbox.tokens import Tokens
from seek_sandbox.webhooks import Postman
from seek_sandbox.world import World


def create_sandbox(options: SandboxOptions) -> FastAPI:
    """Build the stand-in; what it invents lives as long as it runs."""
    calls = Calls()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.sandbox = sandbox = _compose(options, calls)
        yield
        await sandbox.postman.stop()

    app = FastAPI(title="SEEK, played by Letterbox's sandbox", lifespan=lifespan)
    app.add_middleware(CallNotes, calls=calls)
    app.state.other_boards = other_boards.OtherBoards()
    for module in (token_route, graphql_route, attachment_route, other_boards):
        app.include_router(module.router)
    for control in (control_routes, fault_routes):
        app.include_router(control.router)
    return app


def _compose(options: SandboxOptions, calls: Calls) -> Sandbox:
    world, postman = World(options), Postman(options)
    return Sandbox(
        options=options,
        world=world,
        simulation=Simulation(world, options, postman),
        postman=postman,
        tokens=Tokens(options.token_lifetime),
        faults=ActiveFaults(),
        calls=calls,
    )
