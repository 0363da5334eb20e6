"""The scanner's configuration, read by a real clamd."""

import shutil
from pathlib import Path

from tests.clamav import needs_clamd
from tests.support import ROOT, answers, free_port, process, wait_until

SHIPPED = ROOT / "deploy/clamd/clamd.conf"


@needs_clamd
def test_a_real_clamd_takes_the_shipped_configuration(tmp_path: Path) -> None:
    """It knows every option, and says what it did not look into."""
    port = free_port()
    signatures = tmp_path / "signatures"
    signatures.mkdir()
    (signatures / "tests.ndb").write_text(f"Letterbox.Test:0:*:{b'marker'.hex()}\n")
    text = SHIPPED.read_text()
    for was, becomes in {
        "User clamav\n": "",
        "/var/log/clamav/": f"{tmp_path}/",
        "/tmp/clamd": f"{tmp_path}/clamd",  # noqa: S108 what the image writes to
        "TCPSocket 3310": f"TCPSocket {port}\nTCPAddr 127.0.0.1",
    }.items():
        assert was in text
        text = text.replace(was, becomes)
    configuration = tmp_path / "clamd.conf"
    configuration.write_text(
        f"{text}\nForeground yes\nDatabaseDirectory {signatures}\n"
    )
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    log = tmp_path / "output.log"
    with process([str(program), f"--config-file={configuration}"], {}, log) as running:
        wait_until(lambda: answers(port) or running.poll() is not None)

        assert running.poll() is None, log.read_text()
        assert "WARNING: Ignoring" not in log.read_text()
        assert "scans that exceed set maximums" in log.read_text()
