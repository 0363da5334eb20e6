"""All checks of an installation, run at once."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from letterbox.boards import discover
from letterbox.boards.base import CalledBoard
from letterbox.checks import CheckResult, ok, wrong
from letterbox.domain.errors import SettingsError
from letterbox.settings import Settings, load_settings
from letterbox_cli.doctor import (
    clocks,
    configuration,
    receiver,
    scanner,
    single_sign_on,
    storage,
    temporal_server,
)
from letterbox_cli.doctor.checking import all_of, safely
from letterbox_cli.up.beside import as_up_runs
from letterbox_cli.up.state import UpState, differing_temporal


async def diagnose() -> list[CheckResult]:
    """
    Check everything at once, and change nothing.

    If the settings cannot be read, nothing but them is checked. Where `letterbox up`
    runs in the data folder, its settings are those that count.
    """
    try:
        settings = load_settings()
    except SettingsError as error:
        mistakes = [wrong("settings", mistake) for mistake in error.mistakes]
        return [*mistakes, *configuration.in_vain()]
    with _quiet(), as_up_runs(settings) as (running, up):
        results = await _look(running, is_up=up is not None)
    if up:
        message = f"is running as process {up.pid}: the checks below use its settings"
        results[1:1] = [ok("letterbox up", message), *_differences(settings, up)]
    return results


def _differences(settings: Settings, up: UpState) -> Iterator[CheckResult]:
    """Report what other commands, or the next `letterbox up`, do otherwise."""
    if names := up.differing(settings):
        message = f"was started with other settings ({', '.join(names)}): restart it"
        yield wrong("letterbox up", message)
    port = up.ports["LETTERBOX_TEMPORAL_PORT"]
    for name in differing_temporal(port):
        message = (
            f"{name} leads elsewhere than to its Temporal, 127.0.0.1:{port}: "
            "`letterbox list` and other commands ask there; unset it"
        )
        yield wrong("letterbox up", message)


async def _look(settings: Settings, *, is_up: bool) -> list[CheckResult]:
    return await all_of(
        safely("settings", configuration.look(settings, is_up=is_up)),
        safely("store", storage.look(settings)),
        safely("temporal", temporal_server.look(settings)),
        safely("virus scanner", scanner.scanner(settings)),
        safely("delivery", receiver.receiver(settings)),
        safely("single sign-on", single_sign_on.look(settings)),
        safely("boards", configuration.boards(settings)),
        *(
            safely(f"board {board.name}", board.check(settings))
            for board in discover().values()
            if isinstance(board, CalledBoard)
        ),
        safely("clock", clocks.look(settings)),
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence our own logs and those of libraries; the results are enough."""
    before, disabled = structlog.get_config(), logging.root.manager.disable
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
    )
    logging.disable()
    try:
        yield
    finally:
        logging.disable(disabled)
        structlog.configure(**before)
