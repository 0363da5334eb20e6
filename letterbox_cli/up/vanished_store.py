"""Keeps ``letterbox up`` from putting an empty store in the place of a lost one."""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import quote

from letterbox.domain.errors import RefusedError
from letterbox.settings import Settings
from letterbox.temporal.queries import open_applications
from letterbox_cli.missing_store import vanished
from letterbox_cli.up.processes import Child, guarded, started
from letterbox_cli.up.readiness import get

_TIMEOUT = 60
_PAUSE_SECONDS = 0.1
_NEW_STORE = "`letterbox init --store --new-store` makes an empty one"


async def refuse_vanished_store(
    settings: Settings, temporal: Child, announce: Callable[[str, int], None]
) -> None:
    """
    Start Temporal alone, and raise RefusedError if it knows open applications.

    It is asked through the UI's HTTP, since importing the SDK takes too long here.
    """
    query = quote(open_applications(settings.task_queue), safe="")
    path = f"/api/v1/namespaces/default/workflow-count?query={query}"
    ui = "127.0.0.1", settings.ui_port
    async with guarded() as guard, started(temporal, guard, announce) as running:
        try:
            async with asyncio.timeout(_TIMEOUT):
                body = await asyncio.to_thread(get, *ui, path)
                # Another process sets no event that could be waited for.
                while body is None and running.process.returncode is None:
                    await asyncio.sleep(_PAUSE_SECONDS)
                    body = await asyncio.to_thread(get, *ui, path)
        except TimeoutError:
            body = None
    if body is None:
        raise RefusedError(
            f"the store {settings.store_name} is missing, and Temporal does not say "
            f"whether it held applications: see {temporal.log}"
        )
    if count := int(json.loads(body).get("count", 0)):
        raise RefusedError(vanished(settings, count, _NEW_STORE))
