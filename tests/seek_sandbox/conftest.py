"""A sandbox that is really served, a client of it, and a receiver of webhooks."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from seek_sandbox.control import NO_TLS, SandboxControl
from seek_sandbox.options import SandboxOptions
from seek_sandbox.serving import served
from tests.seek_sandbox.partner import OPTIONS, Partner
from tests.seek_sandbox.receiver import Receiver

Serve = Callable[[SandboxOptions], str]


@pytest.fixture(name="serve")
def _serve() -> Iterator[Serve]:
    """Serve sandboxes of one's own choice until the test ends."""
    with ExitStack() as running:
        yield lambda options: running.enter_context(served(options))


@pytest.fixture(name="url")
def _url(serve: Serve) -> str:
    return serve(OPTIONS)


@pytest.fixture(name="control")
async def _control(url: str) -> AsyncIterator[SandboxControl]:
    async with SandboxControl(url) as control:
        yield control


@pytest.fixture(name="partner")
async def _partner(url: str) -> AsyncIterator[Partner]:
    async with httpx.AsyncClient(base_url=url, verify=NO_TLS, trust_env=False) as http:
        yield Partner(http)


@pytest.fixture(name="receiver")
def _receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver
