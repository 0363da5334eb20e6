"""``letterbox up`` as a user runs it, and whatever it has started."""

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil

from tests.commands import run_command
from tests.end_to_end.processes.program import Command, Program
from tests.support import LETTERBOX, ROOT, clean_environment, free_port

_PORTS = ("API", "TEMPORAL", "UI", "SANDBOX")


class Up:
    """A folder to run it in, on ports of its own, again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {f"LETTERBOX_{name}_PORT": free_port() for name in _PORTS}
        self.environment = {
            "PYTHONPATH": str(ROOT),
            "LETTERBOX_DATA": "data",
            "LETTERBOX_SWEEP_EVERY": "2s",
            **{name: str(port) for name, port in self.ports.items()},
            # What `up` hands down, for the other commands.
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self.ports['LETTERBOX_TEMPORAL_PORT']}",
        }
        self.program = Program(
            Command(
                name="up",
                words=(*LETTERBOX, "up"),
                environment=self.environment,
                folder=folder,
                is_ready=lambda up: "Ctrl-C stops everything" in up.said(),
            )
        )

    def children(self) -> dict[str, psutil.Process]:
        """Tell the processes it has started, by what they are."""
        found = psutil.Process(self.program.running.pid).children(recursive=True)
        named = {_name(child.cmdline()): child for child in found}
        return {name: child for name, child in named.items() if name}

    def guard(self) -> psutil.Process:
        """Return the process that ends the others where it is killed itself."""
        found = psutil.Process(self.program.running.pid).children()
        [guard] = [child for child in found if not _name(child.cmdline())]
        return guard

    def end(self) -> None:
        """Make sure that nothing of it runs."""
        children = self.children().values() if self.program.is_running else ()
        self.program.end()
        for child in children:
            if child.is_running():
                child.kill()

    def signal(self, number: signal.Signals) -> tuple[int, list[psutil.Process]]:
        """Tell it to end; give its exit code, and who is left of its children."""
        children = list(self.children().values())
        self.program.running.send_signal(number)
        code = self.program.wait()
        return code, [child for child in children if child.is_running()]

    def greeting(self) -> str:
        """Read what it said when everything was up."""
        said = self.program.said()
        return said[said.index("Letterbox is running.") :]

    def told(self, pattern: str) -> str:
        """Find something in what it said."""
        found = re.search(pattern, self.greeting(), re.DOTALL)
        assert found, self.greeting()
        return found[0]

    def letterbox(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command beside it as a process of its own, to its end."""
        return subprocess.run(
            (*LETTERBOX, *arguments),
            cwd=self.folder,
            env=clean_environment() | self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def json(self, *arguments: str) -> Any:
        """Run a command in this process that is to succeed; read its JSON."""
        ran = run_command(self.folder, self.environment, *arguments, "--json")
        assert ran.returncode == 0, ran
        return json.loads(ran.stdout)


def _name(words: list[str]) -> str:
    """Name a part of `up` by its command; the guard has none."""
    if "start-dev" in words:
        return "temporal"
    if "letterbox_cli" not in words:
        return ""
    return words[words.index("letterbox_cli") + 1]
