"""What a running sandbox is made of, and how a request gets at it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from seek_sandbox.active_faults import ActiveFaults
from seek_sandbox.calls import Calls
from seek_sandbox.options import SandboxOptions
from seek_sandbox.simulation import Simulation
from seek_sandbox.tokens import Tokens
from seek_sandbox.webhooks import Postman
from seek_sandbox.world import World


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Everything in it is memory; nothing outlives the process."""

    options: SandboxOptions
    world: World
    simulation: Simulation
    postman: Postman
    tokens: Tokens
    faults: ActiveFaults
    calls: Calls


def sandbox_of(request: Request) -> Sandbox:
    """Return the sandbox that the application was built for."""
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


def origin_of(request: Request) -> str:
    """Return under which origin the caller sees the sandbox."""
    options = sandbox_of(request).options
    return options.public_url.rstrip("/") or str(request.base_url).rstrip("/")


Running = Annotated[Sandbox, Depends(sandbox_of)]
Origin = Annotated[str, Depends(origin_of)]
