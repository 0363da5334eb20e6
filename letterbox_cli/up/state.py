"""What ``letterbox up`` leaves in its folder, so that others know that it runs."""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

from dotenv import dotenv_values
from pydantic import BaseModel, SecretStr, ValidationError

from letterbox.domain.errors import RefusedError
from letterbox.settings import Settings
from letterbox.settings.mistakes import variable_of
from letterbox.settings.sources import PREFIX

PORTS = (
    "LETTERBOX_API_PORT",
    "LETTERBOX_TEMPORAL_PORT",
    "LETTERBOX_UI_PORT",
    "LETTERBOX_SANDBOX_PORT",
)
TEMPORAL_LOG = "temporal.log"
_LOCK, _STATE = "up.lock", "up.json"
_MOMENT, _LOOK_EVERY = 2.0, 0.05
# The folder is where the state lies, and the parts are started without the others.
_ELSEWHERE = ("data", "deployment_name", "build_id")


class UpState(BaseModel):
    """A ``letterbox up``: its process, the ports it uses, and what it has started."""

    pid: int
    ports: Mapping[str, int]
    parts: dict[str, int] = {}
    """The process of each part, by its name."""
    salt: str = ""
    settings: Mapping[str, str] = {}
    """A digest of each setting that it was started with; none in older states."""

    def differing(self, settings: Settings) -> list[str]:
        """Return the settings, as variables, that it was not started with."""
        now = _digests(settings, self.salt)
        return [
            variable_of(name)
            for name, digest in self.settings.items()
            if now.get(name, digest) != digest
        ]


class Announcement:
    """Keeps the state on disk as it is."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data
        salt = token_hex()
        # From the first moment: what a former one left names another process.
        self._state = UpState(
            pid=os.getpid(),
            ports={name: settings_port(settings, name) for name in PORTS},
            salt=salt,
            settings=_digests(settings, salt),
        )
        self._write()

    def started(self, part: str, pid: int) -> None:
        """Write down the process of a part; a full disk ends nothing that runs."""
        self._state.parts[part] = pid
        with suppress(OSError):
            self._write()

    def _write(self) -> None:
        new = self._folder / f"{_STATE}.new"
        new.touch(mode=0o600)
        new.write_text(self._state.model_dump_json())
        new.replace(self._folder / _STATE)


@contextmanager
def announced(settings: Settings) -> Iterator[Announcement]:
    """
    Hold the folder while the block lasts; the system lets go for who is killed.

    Raises RefusedError where another ``letterbox up`` holds it.
    """
    with (settings.data / _LOCK).open("a") as lock:
        # Who looks whether one runs holds it for a moment, too.
        deadline = time.monotonic() + _MOMENT
        while not _locks(lock.fileno(), fcntl.LOCK_EX):
            refuse_second(settings)
            if time.monotonic() > deadline:
                raise RefusedError(
                    "another `letterbox up` is starting with the data folder "
                    f"{settings.data}: try again"
                )
            time.sleep(_LOOK_EVERY)
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


def settings_port(settings: Settings, variable: str) -> int:
    """Return one of the ports by its variable."""
    port: int = getattr(settings, variable.removeprefix(PREFIX).lower())
    return port


def differing_temporal(port: int) -> list[str]:
    """Return which of Temporal's variables lead elsewhere than to the embedded one."""
    own = {
        "TEMPORAL_ADDRESS": {f"127.0.0.1:{port}", f"localhost:{port}"},
        "TEMPORAL_NAMESPACE": {"default"},
    }
    configured = {**dotenv_values(".env", encoding="utf-8-sig"), **os.environ}
    return [
        name
        for name, usual in own.items()
        if (text := configured.get(name)) and text not in usual
    ]


def _digests(settings: Settings, salt: str) -> dict[str, str]:
    """Return a digest of each setting that its parts are started with."""
    key = salt[:64].encode()
    others = {*_ELSEWHERE, *(name.removeprefix(PREFIX).lower() for name in PORTS)}
    return {
        name: blake2b(_text(getattr(settings, name)), key=key).hexdigest()
        for name in type(settings).model_fields
        if name not in others
    }


def _text(value: object) -> bytes:
    secrets = value if isinstance(value, tuple) else (value,)
    plain = [
        one.get_secret_value() if isinstance(one, SecretStr) else one for one in secrets
    ]
    return repr(plain).encode()


def _locks(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
