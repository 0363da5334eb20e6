"""When all that ``letterbox up`` has started is ready."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote

from letterbox.domain.errors import RefusedError
from letterbox.settings import Settings
from letterbox_cli.up.dev_secrets import plays_seek

_LOOK_EVERY = 0.05
_ANSWERED_WITHIN = 3
_MAX_BYTES = 1024 * 1024
_HERE = "127.0.0.1"


async def wait_until_ready(settings: Settings, within: timedelta) -> None:
    """
    Wait until an application would go all the way.

    RefusedError names what is still not ready in the end.
    """
    unready = ""
    seconds = within.total_seconds()
    try:
        async with asyncio.timeout(seconds):
            for unready, is_ready in _parts(settings):  # noqa: B007 told in the end
                # Other processes set no event that could be waited for.
                while not await asyncio.to_thread(is_ready):  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_EVERY)
    except TimeoutError:
        raise RefusedError(
            f"{unready} is not ready after {seconds:g} s: see above, or {settings.data}"
        ) from None


def _parts(settings: Settings) -> Iterator[tuple[str, Callable[[], bool]]]:
    yield "the API", lambda: _answers(settings.api_host, settings.api_port, "/readyz")
    if plays_seek(settings):
        port = settings.sandbox_port
        yield "the sandbox", lambda: _answers(_HERE, port, "/sandbox/calls")
    yield "the worker", lambda: _is_polled(settings)


def _is_polled(settings: Settings) -> bool:
    """
    Ask the embedded server, wherever the settings say that Temporal is.

    By the UI's HTTP: to import the SDK takes as long as a worker's start may take.
    """
    queue = quote(settings.task_queue, safe="")
    path = f"/api/v1/namespaces/default/task-queues/{queue}"
    answer = _get(_HERE, settings.ui_port, path)
    return bool(answer and json.loads(answer).get("pollers"))


def _answers(host: str, port: int, path: str) -> bool:
    return _get(host, port, path) is not None


def _get(host: str, port: int, path: str) -> bytes | None:
    """Read what is there; None where nobody answers, or not with success."""
    connection = HTTPConnection(host, port, timeout=_ANSWERED_WITHIN)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read(_MAX_BYTES)
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
    is_success = HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES
    return body if is_success else None
