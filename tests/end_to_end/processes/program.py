"""A program of ours as a real process, which tests end and start again."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import clean_environment, wait_until

_READY_WITHIN = 60
_ENDS_WITHIN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run, and how to tell that it is up."""

    name: str
    words: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    """Its working directory; its output goes to ``<name>.log`` in it."""
    is_ready: Callable[["Program"], bool]


class Program:
    """At most one process at a time; its logs add up in one file."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.log = command.folder / f"{command.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._launched_at = 0

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self.launch()
        wait_until(self._is_up, _READY_WITHIN)

    def launch(self) -> None:
        """Start it, and do not wait."""
        assert self._process is None
        with self.log.open("ab") as output:
            self._launched_at = output.tell()
            self._process = subprocess.Popen(
                self.command.words,
                cwd=self.command.folder,
                env=clean_environment() | dict(self.command.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def kill(self) -> None:
        """End it without warning, as a power cut would."""
        self.running.kill()
        self.wait()

    def stop(self) -> int:
        """Ask it to end; give its exit code."""
        self.running.terminate()
        return self.wait()

    def wait(self) -> int:
        """Wait until it has ended; give its exit code."""
        code = self.running.wait(_ENDS_WITHIN)
        self._process = None
        return code

    def end(self) -> None:
        """Make sure that it does not run."""
        if self.is_running:
            self.kill()

    def pause(self) -> None:
        """Have it stand still as it is."""
        self.running.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Have it go on."""
        self.running.send_signal(signal.SIGCONT)

    @property
    def is_running(self) -> bool:
        """Tell whether it was started, and not ended by us."""
        return self._process is not None

    @property
    def running(self) -> subprocess.Popen[bytes]:
        """The process; there must be one."""
        assert self._process is not None, f"{self.command.name} does not run"
        return self._process

    def said(self) -> str:
        """Read what it has logged since it was last started."""
        with self.log.open("rb") as log:
            log.seek(self._launched_at)
            return log.read().decode(errors="replace")

    def events(self) -> Iterator[dict[str, Any]]:
        """Read what it has logged since then, as JSON; other lines are left out."""
        for line in self.said().splitlines(keepends=True):
            # The last may not be whole yet.
            if line.startswith("{") and line.endswith("\n"):
                yield json.loads(line)

    def _is_up(self) -> bool:
        code = self.running.poll()
        assert code is None, f"{self.command.name} ended with {code}:\n{self.said()}"
        return self.command.is_ready(self)
