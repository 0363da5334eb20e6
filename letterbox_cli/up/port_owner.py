"""Who listens on a port of this machine, as far as Linux tells by ``/proc``."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_PROC = Path("/proc")
_LISTENING = "0A"
_ADDRESS, _STATE, _INODE = 1, 3, 9


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, and the program that it runs."""

    pid: int
    name: str


def owner_of(port: int) -> Owner | None:
    """Return whom to end for a TCP port; None where it is not ours to see."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in _PROC.glob("[0-9]*") if sockets else ():
        if any(link in sockets for link in _links(process / "fd")):
            return _who_ends_it(process)
    return None


def _inodes(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        try:
            lines = (_PROC / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            columns = line.split()
            if columns[_STATE] == _LISTENING and (
                int(columns[_ADDRESS].rpartition(":")[2], 16) == port
            ):
                yield columns[_INODE]


def _links(folder: Path) -> Iterator[str]:
    try:
        for descriptor in folder.iterdir():
            try:
                yield str(descriptor.readlink())
            except OSError:
                continue  # Closed meanwhile.
    except OSError:
        return  # Another user's process, or one that has ended.


def _who_ends_it(process: Path) -> Owner:
    """Return the program, or the `letterbox` above it that would start it again."""
    name = _command(process) or _program(process)
    while command := _command(parent := _parent(process)):
        process, name = parent, command
    return Owner(int(process.name), name)


def _parent(process: Path) -> Path:
    try:
        # The program's name is in parentheses, and may have some itself.
        state = (process / "stat").read_text(errors="replace").rpartition(")")[2]
        return _PROC / state.split()[1]
    except (OSError, IndexError):
        return _PROC / "0"


def _command(process: Path) -> str | None:
    """Return the `letterbox` command that a process runs, if it runs one."""
    words = _words(process)
    for program, command in pairwise(words[:5]):
        if Path(program).name in {"letterbox", "letterbox_cli"} and command.isalpha():
            return f"`letterbox {command}`"
    return None


def _program(process: Path) -> str:
    return Path(_words(process)[0]).name or "a program"


def _words(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return [""]
