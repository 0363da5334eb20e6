"""Lets a command look at what a ``letterbox up`` runs with, as its parts do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from letterbox.settings import Settings, load_settings
from letterbox_cli.up.dev_secrets import development_secrets
from letterbox_cli.up.run import child_environment
from letterbox_cli.up.state import UpState, running_up


@contextmanager
def as_up_runs(settings: Settings) -> Iterator[tuple[Settings, UpState | None]]:
    """
    Put the environment of its parts in the place of ours while the block lasts.

    Where none runs in the data folder, everything stays as it is.
    """
    if not (running := running_up(settings.data)):
        yield settings, None
        return
    before = dict(os.environ)
    try:
        os.environ |= {name: str(port) for name, port in running.ports.items()}
        settings = load_settings()
        os.environ |= child_environment(settings, development_secrets(settings))
        yield load_settings(), running
    finally:
        os.environ.clear()
        os.environ |= before
