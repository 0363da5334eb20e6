"""A port that cannot be had is said in one line, before anything is started."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from letterbox.domain.errors import RefusedError
from letterbox_cli.up.free_ports import refuse_port_in_use
from letterbox_cli.up.port_owner import Owner, owner_of
from tests.support import LETTERBOX, ROOT, free_port


def test_the_api_is_not_ready_on_a_port_in_use(environment: pytest.MonkeyPatch) -> None:
    """Nor does it say so: its log is empty."""
    environment.setenv("PYTHONPATH", str(ROOT))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment.setenv("LETTERBOX_API_PORT", str(port))

        told = subprocess.run(
            [*LETTERBOX, "api"],
            # Not as C has it: readline, which pytest imports, sets COLUMNS there.
            env=dict(os.environ),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert (told.returncode, told.stdout) == (1, "")
    assert re.fullmatch(
        rf"error: port {port} is in use by .+, process {os.getpid()}: stop it with "
        rf"`kill {os.getpid()}`, or set LETTERBOX_API_PORT\n",
        told.stderr,
    )


def test_who_listens_is_named_by_the_program_that_it_runs() -> None:
    """This process itself; nobody where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        owner = owner_of(taken.getsockname()[1])

    assert owner is not None
    assert owner.pid == os.getpid()
    assert owner_of(free_port()) is None


def test_who_would_start_it_again_is_named_in_its_place(tmp_path: Path) -> None:
    """`kill` of a part of `letterbox up` frees no port for longer than a moment."""
    part = "import socket, time; s = socket.create_server(('127.0.0.1', 0)); "
    part += "print(s.getsockname()[1], flush=True); time.sleep(60)"
    up = tmp_path / "letterbox"
    up.write_text(
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {part!r}])"
    )
    with subprocess.Popen(
        [sys.executable, str(up), "up"], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        port = int(program.stdout.readline())
        owner = owner_of(port)
        for child in psutil.Process(program.pid).children():
            child.kill()

    assert owner == Owner(program.pid, "`letterbox up`")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_port_is_refused_only_while_somebody_listens(host: str) -> None:
    """It makes no difference which address it is."""
    if ":" in host and not Path("/proc/net/if_inet6").exists():
        pytest.skip("no IPv6 here")

    port = free_port()
    refuse_port_in_use(host, port, "LETTERBOX_API_PORT")

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, port), family=family),
        pytest.raises(RefusedError, match=f"port {port} is in use"),
    ):
        refuse_port_in_use(host, port, "LETTERBOX_API_PORT")


def test_an_address_that_is_not_ours_is_no_port_in_use() -> None:
    """The line says what it is."""
    with pytest.raises(
        RefusedError, match=r"cannot be opened on 192\.0\.2\.1 \(.+\): see"
    ):
        refuse_port_in_use("192.0.2.1", free_port(), "LETTERBOX_API_PORT")
