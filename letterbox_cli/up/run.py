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
from letterbox.settings.sources import FILE
from letterbox.storage.directory import FOLDS_CASE, DirectoryStore
from letterbox_cli.missing_store import is_missing
from letterbox_cli.own_modules import COMMAND
from letterbox_cli.samples import import_sample_positions
from letterbox_cli.up.dev_secrets import development_secrets, needs_sandbox
from letterbox_cli.up.free_ports import refuse_port_in_use, refuse_shared_ports
from letterbox_cli.up.processes import Child, guarded, started
from letterbox_cli.up.state import (
    TEMPORAL_LOG,
    Announcement,
    announced,
    differing_temporal,
    refuse_second,
)
from letterbox_cli.up.temporal_server import temporal_command

_READY_TIMEOUT = timedelta(seconds=60)


async def run_everything(settings: Settings) -> None:
    """Start everything, print where it is, and end it on Ctrl-C or SIGTERM."""
    refuse_second(settings)
    refuse_shared_ports(settings)
    _refuse_ports_in_use(settings)
    _make_folder(settings.data)
    with announced(settings) as announcement:
        store = open_store(settings)
        await _refuse_vanished_store(store, settings, announcement)
        store.prepare()
        if isinstance(store, DirectoryStore) and store.folds_case():
            typer.echo(f"LETTERBOX_STORE: {FOLDS_CASE}", err=True)
        _say_what_is_ignored(settings)
        await _run_parts(settings, store, announcement)


async def _refuse_vanished_store(
    store: ObjectStore, settings: Settings, announcement: Announcement
) -> None:
    if not _database(settings).exists() or not is_missing(store, settings):
        return
    # It is not imported where everything is as usual.
    from letterbox_cli.up.vanished_store import refuse_vanished_store

    await refuse_vanished_store(settings, _temporal(settings), announcement.started)


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
    environment = child_environment(settings, secrets)
    return (
        _temporal(settings),
        *(
            [Child("sandbox", (*COMMAND, "sandbox", "seek", "--quiet"), environment)]
            if needs_sandbox(settings)
            else []
        ),
        Child("worker", (*COMMAND, "worker"), environment),
        Child("api", (*COMMAND, "api"), environment),
    )


def _temporal(settings: Settings) -> Child:
    ports = settings.temporal_port, settings.ui_port
    return Child(
        "temporal",
        temporal_command(_database(settings), *ports),
        {name: os.environ[name] for name in os.environ if not _of_temporal(name)},
        log=settings.data / TEMPORAL_LOG,
    )


def _database(settings: Settings) -> Path:
    return settings.data / "temporal.db"


def child_environment(settings: Settings, secrets: Mapping[str, str]) -> dict[str, str]:
    """
    Return an environment in which only the embedded server is Temporal.

    Variables are blank rather than absent, since a variable of the environment, even
    a blank one, overrides its namesake in ``.env``.
    """
    configured = {**dotenv_values(".env", encoding="utf-8-sig"), **os.environ}
    others = dict.fromkeys(filter(_of_temporal, configured), "")
    # A file that is empty must not stand beside what is made up in its place.
    files = dict.fromkeys((f"{name}{FILE}" for name in secrets), "")
    return {
        **os.environ,
        **others,
        **files,
        **secrets,
        "LETTERBOX_TEMPORAL_UI": f"http://127.0.0.1:{settings.ui_port}",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{settings.temporal_port}",
        "TEMPORAL_CONFIG_FILE": os.devnull,
    }


def _of_temporal(variable: str) -> bool:
    return variable.startswith("TEMPORAL_")


async def _ready(settings: Settings) -> None:
    # It takes half a second, and is not imported before the children are started.
    from letterbox_cli.up.readiness import wait_until_ready

    await wait_until_ready(settings, _READY_TIMEOUT)


def _say_what_is_ignored(settings: Settings) -> None:
    """Warn of variables of Temporal's that other commands follow and `up` does not."""
    for name in differing_temporal(settings.temporal_port):
        typer.echo(
            f"note: {name} is ignored: `letterbox up` runs a Temporal of its own at "
            f"127.0.0.1:{settings.temporal_port}; unset it for the commands beside it",
            err=True,
        )


def _refuse_ports_in_use(settings: Settings) -> None:
    for host, port, name in (
        (settings.api_host, settings.api_port, "LETTERBOX_API_PORT"),
        ("127.0.0.1", settings.temporal_port, "LETTERBOX_TEMPORAL_PORT"),
        ("127.0.0.1", settings.ui_port, "LETTERBOX_UI_PORT"),
        ("127.0.0.1", settings.sandbox_port, "LETTERBOX_SANDBOX_PORT"),
    ):
        refuse_port_in_use(host, port, name)
