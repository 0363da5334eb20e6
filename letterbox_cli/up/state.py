"""What ``letterbox up`` leaves in its folder, so that others know that it runs."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from letterbox.domain.errors import RefusedError
from letterbox.settings import Settings

PORTS = (
    "LETTERBOX_API_PORT",
    "LETTERBOX_TEMPORAL_PORT",
    "LETTERBOX_UI_PORT",
    "LETTERBOX_SANDBOX_PORT",
)
_LOCK, _STATE = "up.lock", "up.json"


class UpState(BaseModel):
    """A ``letterbox up``: its process, the ports it uses, and what it has started."""

    pid: int
    ports: Mapping[str, int]
    parts: dict[str, int] = {}
    """The process of each part, by its name."""


class Announcement:
    """Keeps the state on disk as it is."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data
        self._state = UpState(
            pid=os.getpid(),
            ports={
                name: getattr(settings, name.removeprefix("LETTERBOX_").lower())
                for name in PORTS
            },
        )

    def started(self, part: str, pid: int) -> None:
        """Write down the process of a part."""
        self._state.parts[part] = pid
        new = self._folder / f"{_STATE}.new"
        new.write_text(self._state.model_dump_json())
        new.replace(self._folder / _STATE)


@contextmanager
def announced(settings: Settings) -> Iterator[Announcement]:
    """
    Hold the folder while the block lasts; the system lets go for who is killed.

    Raises RefusedError where another ``letterbox up`` holds it.
    """
    with (settings.data / _LOCK).open("a") as lock:
        if not _locks(lock.fileno(), fcntl.LOCK_EX):
            refuse_second(settings)
        yield Announcement(settings)
    # The state stays: it is true of who holds the lock alone.


def refuse_second(settings: Settings) -> None:
    """Raise RefusedError where ``letterbox up`` runs in this folder already."""
    if running := running_up(settings.data):
        raise RefusedError(
            "`letterbox up` is already running, with the data folder "
            f"{settings.data}: it is "
            f"process {running.pid}, and `kill {running.pid}` ends it; a second one "
            "needs a LETTERBOX_DATA and ports of its own"
        )


def running_up(data: Path) -> UpState | None:
    """Return the ``letterbox up`` that runs in a folder; None if none does."""
    try:
        with (data / _LOCK).open() as lock:
            is_running = not _locks(lock.fileno(), fcntl.LOCK_SH)
    except OSError:
        return None
    return last_up(data) if is_running else None


def last_up(data: Path) -> UpState | None:
    """Return the one that ran last, whether or not it does still."""
    try:
        return UpState.model_validate_json((data / _STATE).read_text())
    except (OSError, ValidationError, UnicodeDecodeError):
        return None


def _locks(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
