"""Starts the processes of ``letterbox up``, and ends them in the reverse order."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import typer
from dotenv import dotenv_values

from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.storage.directory import FOLDS_CASE, DirectoryStore
from letterbox_cli.own_modules import COMMAND
from letterbox_cli.samples import import_sample_positions
from letterbox_cli.up.dev_secrets import development_secrets, plays_seek
from letterbox_cli.up.free_ports import refuse_port_in_use
from letterbox_cli.up.processes import Child, started
from letterbox_cli.up.temporal_server import temporal_command

_READY_TIMEOUT = timedelta(seconds=60)


async def run_everything(settings: Settings) -> None:
    """Start everything, print where it is, and end it on Ctrl-C or SIGTERM."""
    _refuse_ports_in_use(settings)
    _make_folder(settings.data)
    store = open_store(settings)
    store.prepare()
    if isinstance(store, DirectoryStore) and store.folds_case():
        typer.echo(f"LETTERBOX_STORE: {FOLDS_CASE}", err=True)
    secrets = development_secrets(settings)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as running:
        # They end in the reverse order: the API first, Temporal last.
        children = [
            await running.enter_async_context(started(child))
            for child in _children(settings, secrets)
        ]
        stopped = asyncio.create_task(stop.wait())
        ends = [stopped, *(asyncio.create_task(child.wait()) for child in children)]
        await asyncio.to_thread(import_sample_positions, store)
        ready = asyncio.create_task(_ready(settings))
        await asyncio.wait([ready, *ends], return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            await ready
            from letterbox_cli.up.banner import greeting

            typer.echo(greeting(settings, secrets))
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in (ready, *ends):
            task.cancel()
        ended = [
            child.name for child in children if child.process.returncode is not None
        ]
        typer.echo("Stopping everything.", err=True)
    if ended and not stop.is_set():
        raise RefusedError(f"{ended[0]} ended by itself: see above, or {settings.data}")


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"LETTERBOX_DATA: {data} cannot be made a folder: {error.strerror}"
        ) from None


def _children(settings: Settings, secrets: Mapping[str, str]) -> Sequence[Child]:
    database = settings.data / "temporal.db"
    environment = child_environment(settings, secrets)
    return (
        Child(
            "temporal",
            temporal_command(database, settings.temporal_port, settings.ui_port),
            {name: os.environ[name] for name in os.environ if not _of_temporal(name)},
            log=settings.data / "temporal.log",
        ),
        *(
            [Child("sandbox", (*COMMAND, "sandbox", "seek"), environment)]
            if plays_seek(settings)
            else []
        ),
        Child("worker", (*COMMAND, "worker"), environment),
        Child("api", (*COMMAND, "api"), environment),
    )


def child_environment(settings: Settings, secrets: Mapping[str, str]) -> dict[str, str]:
    """
    Return an environment in which only the embedded server is Temporal.

    Variables are blank rather than absent, since a variable of the environment, even
    a blank one, overrides its namesake in ``.env``.
    """
    configured = {**dotenv_values(".env", encoding="utf-8-sig"), **os.environ}
    others = dict.fromkeys(filter(_of_temporal, configured), "")
    return {
        **os.environ,
        **others,
        **secrets,
        "TEMPORAL_ADDRESS": f"127.0.0.1:{settings.temporal_port}",
        "TEMPORAL_CONFIG_FILE": os.devnull,
    }


def _of_temporal(variable: str) -> bool:
    return variable.startswith("TEMPORAL_")


async def _ready(settings: Settings) -> None:
    # It takes half a second, and is not imported before the children are started.
    from letterbox_cli.up.readiness import wait_until_ready

    await wait_until_ready(settings, _READY_TIMEOUT)


def _refuse_ports_in_use(settings: Settings) -> None:
    for host, port, name in (
        (settings.api_host, settings.api_port, "LETTERBOX_API_PORT"),
        ("127.0.0.1", settings.temporal_port, "LETTERBOX_TEMPORAL_PORT"),
        ("127.0.0.1", settings.ui_port, "LETTERBOX_UI_PORT"),
        ("127.0.0.1", settings.sandbox_port, "LETTERBOX_SANDBOX_PORT"),
    ):
        refuse_port_in_use(host, port, name)
