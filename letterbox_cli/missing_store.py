"""A store that is not there, though Temporal knows applications that lie in it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from letterbox.domain.errors import (
    RefusedError,
    StoreUnavailableError,
    TemporalUnavailableError,
)

if TYPE_CHECKING:
    from letterbox.domain.ports import ObjectStore
    from letterbox.settings import Settings

NEW_STORE = "`letterbox init --new-store` makes an empty one"
# What a file system makes by itself at its root.
_NOBODYS = {"lost+found"}
_TIMEOUT = 5.0


def is_missing(store: ObjectStore, settings: Settings) -> bool:
    """
    Return whether there is no bucket or folder, or an empty one. Blocking.

    A volume that is not mounted leaves an empty folder.
    """
    if settings.store_url.startswith("file:"):
        folder = Path(settings.store_url.removeprefix("file:"))
        try:
            return all(entry.name in _NOBODYS for entry in folder.iterdir())
        except FileNotFoundError:
            return True
        except OSError:
            return False
    try:
        next(iter(store.list("health/")), None)
    except StoreUnavailableError as error:
        # Whoever uses it says what else is wrong with it.
        return error.code == "NoSuchBucket"
    return False


async def count_known(settings: Settings) -> int | None:
    """Count the open applications that Temporal knows; None where none answers."""
    from letterbox.temporal.client import connect
    from letterbox.temporal.queries import open_applications
    from letterbox.temporal.rpc import none_if_absent, reaching_temporal

    query = open_applications(settings.task_queue)
    try:
        async with asyncio.timeout(_TIMEOUT):
            client = await connect(settings)
            with reaching_temporal():
                counted = await none_if_absent(client.count_workflows(query))
    except (TemporalUnavailableError, TimeoutError):
        return None
    # A namespace that does not exist knows nothing.
    return counted.count if counted else 0


def refuse_vanished(store: ObjectStore, settings: Settings) -> None:
    """Raise RefusedError where an empty store would take the place of a lost one."""
    if is_missing(store, settings) and (count := asyncio.run(count_known(settings))):
        raise RefusedError(vanished(settings, count))


def vanished(settings: Settings, count: int, new_store: str = NEW_STORE) -> str:
    """Return what is wrong, and what to do."""
    number = f"{count} open application{'s' * (count > 1)}"
    return (
        f"Temporal knows {number}, but the store {settings.store_name} is missing: "
        f"mount it or restore it; {new_store}"
    )
