"""Waits until all that ``letterbox up`` has started is ready."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote

from letterbox.domain.errors import RefusedError
from letterbox.settings import Settings
from letterbox_cli.up.dev_secrets import needs_sandbox

_PAUSE_SECONDS = 0.05
_TIMEOUT = 3
_MAX_BYTES = 1024 * 1024
_LOCALHOST = "127.0.0.1"


async def wait_until_ready(settings: Settings, within: timedelta) -> None:
    """
    Wait until an application would go all the way.

    Raises RefusedError, which names what is still not ready in the end.
    """
    unready = ""
    seconds = within.total_seconds()
    try:
        async with asyncio.timeout(seconds):
            for unready, is_ready in _services(settings):  # noqa: B007 named in the end
                # Other processes set no event that could be waited for.
                while not await asyncio.to_thread(is_ready):  # noqa: ASYNC110
                    await asyncio.sleep(_PAUSE_SECONDS)
    except TimeoutError:
        raise RefusedError(
            f"{unready} is not ready after {seconds:g} s: see the messages above, "
            f"and the logs in {settings.data}"
        ) from None


def _services(settings: Settings) -> Iterator[tuple[str, Callable[[], bool]]]:
    yield "the API", lambda: _answers(settings.api_host, settings.api_port, "/readyz")
    if needs_sandbox(settings):
        port = settings.sandbox_port
        yield "the sandbox", lambda: _answers(_LOCALHOST, port, "/sandbox/calls")
    yield "the worker", lambda: _is_polled(settings)


def _is_polled(settings: Settings) -> bool:
    """
    Ask the embedded server, wherever the settings say that Temporal is.

    It is asked through the UI's HTTP, since importing the SDK takes too long here.
    """
    queue = quote(settings.task_queue, safe="")
    path = f"/api/v1/namespaces/default/task-queues/{queue}"
    body = get(_LOCALHOST, settings.ui_port, path)
    return bool(body and json.loads(body).get("pollers"))


def _answers(host: str, port: int, path: str) -> bool:
    return get(host, port, path) is not None


def get(host: str, port: int, path: str) -> bytes | None:
    """Return the body; None if there is no response, or it is not a success."""
    connection = HTTPConnection(host, port, timeout=_TIMEOUT)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read(_MAX_BYTES)
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
    is_success = HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES
    return body if is_success else None
