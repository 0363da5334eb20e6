"""Who listens on a port of this machine, as far as Linux tells by ``/proc``."""

from collections.abc import Iterator
from dataclasses import dataclass
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
    """Return who listens on a TCP port; None where it is not ours to see."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in _PROC.glob("[0-9]*") if sockets else ():
        if any(link in sockets for link in _links(process / "fd")):
            return Owner(int(process.name), _name(process))
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


def _name(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "a program"
    if "letterbox_cli" in words[:-1]:
        return f"`letterbox {words[words.index('letterbox_cli') + 1]}`"
    return Path(words[0]).name or "a program"
