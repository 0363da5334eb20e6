"""A real clamd with signatures of the tests' own: nothing is downloaded."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

import pytest

from tests.support import answers, free_port, process, wait_until

MARKER = b"a made-up threat: letterbox-test-marker-7d1f"
MARKED = "Letterbox.Test.Marker.UNOFFICIAL"  # So clamd calls all but its maker's own.
WHOLE_FILE = b"a made-up threat, known by its digest"
WHOLE_FILE_NAME = "Letterbox.Test.File.UNOFFICIAL"

MAX_STREAM = 1024 * 1024
MAX_SCANNED = 512 * 1024

_PROGRAM = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
needs_clamd = pytest.mark.skipif(
    _PROGRAM is None, reason="no clamd here: Debian has it in clamav-daemon"
)


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd that listens, and the forms of its address."""

    tcp: str
    socket: str
    process: subprocess.Popen[bytes]


@contextmanager
def clamd(folder: Path, *, settings: str = "AlertExceedsMax yes") -> Iterator[Clamd]:
    """Run a clamd for as long as the block lasts; all its files are in a folder."""
    port = free_port()
    socket = folder / "clamd.sock"
    signatures = folder / "signatures"
    signatures.mkdir(exist_ok=True)
    (signatures / "tests.ndb").write_text(f"Letterbox.Test.Marker:0:*:{MARKER.hex()}\n")
    (signatures / "tests.hdb").write_text(
        f"{md5(WHOLE_FILE).hexdigest()}:{len(WHOLE_FILE)}:Letterbox.Test.File\n"
    )
    configuration = folder / "clamd.conf"
    configuration.write_text(
        f"""\
Foreground yes
DatabaseDirectory {signatures}
TemporaryDirectory {folder}
LocalSocket {socket}
TCPSocket {port}
TCPAddr 127.0.0.1
StreamMaxLength {MAX_STREAM}
MaxFileSize {MAX_SCANNED}
{settings}
ExtendedDetectionInfo yes
"""
    )
    log = folder / "clamd.log"
    command = [str(_PROGRAM), f"--config-file={configuration}"]
    with process(command, {}, log) as running:

        def listens() -> bool:
            assert running.poll() is None, log.read_text()
            return socket.exists() and answers(port)

        wait_until(listens)
        yield Clamd(f"127.0.0.1:{port}", str(socket), running)
