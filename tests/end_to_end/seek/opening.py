"""Open a desk: a SEEK and an API that know each other, over a store."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from temporalio.client import Client

from api.app import create_app
from letterbox.domain.submission import Submission
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox_cli.samples import import_sample_positions
from seek_sandbox.control import NO_TLS, SandboxControl
from seek_sandbox.options import SandboxOptions
from seek_sandbox.serving import served
from tests.end_to_end.seek.leak_check import history, overheard, secrets_of, told
from tests.end_to_end.seek.seek_stack import OLD_SECRET, SECRET, SUBSCRIPTION, Desk, of
from tests.seek_sandbox.partner import OPTIONS, Partner
from tests.support import free_port, wait_until

_LOOKED_AT = 20


@asynccontextmanager
async def open_desk(
    folder: Path, client: Client, *, temporal: str = "", **changes: Any
) -> AsyncIterator[Desk]:
    """
    Serve a SEEK and an API that know each other, over a store with sample positions.

    ``temporal`` is where the API looks for Temporal, if not where the client is.
    """
    port = free_port()
    options = SandboxOptions(
        client_id=OPTIONS.client_id,
        client_secret=OPTIONS.client_secret,
        webhook_url=f"http://127.0.0.1:{port}/webhooks/seek",
        webhook_secret=SECRET,
        subscription_id=SUBSCRIPTION,
        # Ids of its own: all tests share a Temporal.
        seed=str(uuid4()),
    )
    address = temporal or client.service_client.config.target_host
    with (
        served(options) as url,
        pytest.MonkeyPatch.context() as environment,
    ):
        settings = _settings(folder, port, url, **changes)
        open_store(settings).prepare()
        import_sample_positions(open_store(settings))
        environment.setenv("TEMPORAL_ADDRESS", address)
        with overheard() as logs, served_api(settings) as api_url:
            async with (
                SandboxControl(url) as control,
                httpx.AsyncClient(base_url=url, verify=NO_TLS) as seen_by_others,
                httpx.AsyncClient(base_url=api_url, verify=NO_TLS, timeout=30) as api,
            ):
                desk = Desk(
                    settings=settings,
                    client=client,
                    control=control,
                    partner=Partner(seen_by_others),
                    api=api,
                    logs=logs,
                )
                yield desk
                await _assert_discreet(desk)


async def _assert_discreet(desk: Desk) -> None:
    views = (
        Submission.model_validate_json(path.read_bytes())
        for path in desk.folder.glob("applications/*/source/*.json")
    )
    secrets = secrets_of(views)
    assert not told(secrets, str(desk.logs).encode())
    for emitted in (await desk.control.events())[:_LOOKED_AT]:
        assert not told(secrets, await history(desk.client, of(emitted)))


def _settings(folder: Path, port: int, seek: str, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "store": f"file:{folder / 'store'}",
        "task_queue": str(uuid4()),
        "api_port": port,
        "seek_webhook_secrets": (SecretStr(OLD_SECRET), SecretStr(SECRET)),
        "seek_client_id": OPTIONS.client_id,
        "seek_client_secret": SecretStr(OPTIONS.client_secret),
        "seek_token_url": f"{seek}/oauth/token",
        "seek_graphql_url": f"{seek}/graphql",
    }
    return Settings(**(given | changes))


@contextmanager
def served_api(settings: Settings) -> Iterator[str]:
    """Serve the API in a thread, as the sandbox is: it answers whatever a test does."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            port=settings.api_port,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, name="api")
    thread.start()
    try:
        wait_until(partial(_is_decided, server, thread))
        assert server.started
        yield f"http://127.0.0.1:{settings.api_port}"
    finally:
        server.should_exit = True
        thread.join()


def _is_decided(server: uvicorn.Server, thread: threading.Thread) -> bool:
    return server.started or not thread.is_alive()
