"""What an API process keeps in memory, and what collections of garbage look at."""

import subprocess
import sys
from pathlib import Path

from tests.support import (
    ROOT,
    answers,
    clean_environment,
    free_port,
    http,
    process,
    wait_until,
)

_SERVED = """
import ctypes, gc, os
from fastapi import FastAPI
from letterbox.settings import load_settings
from letterbox_cli.api.server import serve

def heaps():
    # By a thread that has allocated, beside the one that serves.
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    file = ctypes.c_void_p(libc.fopen(os.environb[b"HEAPS"], b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    with open(os.environ["HEAPS"]) as written:
        return written.read().count("<heap nr=")

app = FastAPI()
app.get("/frozen")(gc.get_freeze_count)
app.get("/heaps")(heaps)
serve(app, load_settings())
"""
_IMPORTED = "import letterbox_cli.api.server, sys; print(*sys.modules)"
_UNUSED = (
    *("api.desk", "api.operator.routes", "argon2", "email.policy", "httpx", "jinja2"),
    *("maxminddb", "minio", "rapidfuzz", "re2", "temporalio.worker"),
)


def test_a_server_has_one_heap_and_collects_no_modules(tmp_path: Path) -> None:
    """A full collection holds up whoever waits; each heap keeps what is free."""
    port = free_port()
    environment = {
        "LETTERBOX_API_PORT": str(port),
        "LETTERBOX_DATA": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "HEAPS": str(tmp_path / "heaps"),
    }
    command = (sys.executable, "-c", _SERVED)
    with process(command, environment, tmp_path / "log"):
        wait_until(lambda: answers(port))
        frozen, heaps = (
            http().get(f"http://127.0.0.1:{port}/{name}").json()
            for name in ("frozen", "heaps")
        )

    assert frozen > 50_000
    assert heaps == 1


def test_an_api_for_boards_alone_imports_no_desk() -> None:
    """Nor what only the desk, operators or a rule of a board need."""
    done = subprocess.run(
        (
            sys.executable,
            "-c",
            "import letterbox_cli.api.server, sys; print(*sys.modules)",
        ),
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert set(_UNUSED) & set(done.stdout.split()) == set()
