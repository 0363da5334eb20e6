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
from letterbox.domain.ports import ObjectStore
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.storage.directory import FOLDS_CASE, DirectoryStore
from letterbox_cli.own_modules import COMMAND
from letterbox_cli.samples import import_sample_positions
from letterbox_cli.up.dev_secrets import development_secrets, plays_seek
from letterbox_cli.up.free_ports import refuse_port_in_use
from letterbox_cli.up.processes import Child, guarded, started
from letterbox_cli.up.state import Announcement, announced, refuse_second
from letterbox_cli.up.temporal_server import temporal_command

_READY_TIMEOUT = timedelta(seconds=60)


async def run_everything(settings: Settings) -> None:
    """Start everything, print where it is, and end it on Ctrl-C or SIGTERM."""
    refuse_second(settings)
    _refuse_ports_in_use(settings)
    _make_folder(settings.data)
    with announced(settings) as announcement:
        store = open_store(settings)
        store.prepare()
        if isinstance(store, DirectoryStore) and store.folds_case():
            typer.echo(f"LETTERBOX_STORE: {FOLDS_CASE}", err=True)
        await _run_parts(settings, store, announcement)


async def _run_parts(
    settings: Settings, store: ObjectStore, announcement: Announcement
) -> None:
    secrets = development_secrets(settings)
    stop, is_ready = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as running:
        guard = await running.enter_async_context(guarded())
        # They end in the reverse order: the API first, Temporal last.
        parts = [
            await running.enter_async_context(
                started(child, guard, announcement.started)
            )
            for child in _children(settings, secrets)
        ]
        stopped = asyncio.create_task(stop.wait())
        failures = [
            asyncio.create_task(part.keep(is_ready, _print_error)) for part in parts
        ]
        await asyncio.to_thread(import_sample_positions, store)
        ready = asyncio.create_task(_ready(settings))
        ends = (stopped, *failures)
        await asyncio.wait([ready, *ends], return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            await ready
            from letterbox_cli.up.banner import greeting

            is_ready.set()
            typer.echo(greeting(settings, secrets))
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in (ready, *ends):
            task.cancel()
        reasons = [task.result() for task in failures if task.done()]
        _print_error("Stopping everything.")
    if reasons and not stop.is_set():
        raise RefusedError(reasons[0])


def _print_error(line: str) -> None:
    typer.echo(line, err=True)


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"LETTERBOX_DATA: {data} cannot be created: {error.strerror}"
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
            [Child("sandbox", (*COMMAND, "sandbox", "seek", "--quiet"), environment)]
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
