"""What an accepted application costs: one durable write, on a disk and in S3."""

import gc
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from letterbox.storage.directory import DirectoryStore
from letterbox.storage.s3.store import S3Store
from tests.api.accepting import accept, accepting
from tests.end_to_end.processes.installation import SECRET
from tests.moto_server import served_by_moto
from tests.support import ROOT, clean_environment

SMALL, LARGE = 200_000, 2_000_000
# The kernel stops a process for the calls that are counted, and for no others.
_QUICKLY = ("-f", "--seccomp-bpf")


def _traces() -> bool:
    strace = shutil.which("strace")
    command = [strace or "strace", *_QUICKLY, "-o", "/dev/null", "true"]
    return bool(strace) and subprocess.run(command, check=False).returncode == 0


def syncs(store: Path, number: int, size: int) -> int:
    """Count the calls of a process that accepts so many, beyond its first."""
    counted = store.with_name(f"strace-{number}-{size}")
    subprocess.run(
        (
            *("strace", *_QUICKLY, "-qq", "-e", "trace=fsync,fdatasync", "-o", counted),
            *(sys.executable, "-m", "tests.api.accepting", str(number), str(size)),
        ),
        cwd=ROOT,
        env=clean_environment()
        | {
            "LETTERBOX_STORE": f"file:{store}",
            "LETTERBOX_CAREERJET_SECRETS": SECRET,
            "PYTHONPATH": str(ROOT),
        },
        check=True,
        capture_output=True,
    )
    return counted.read_text().count("sync(")


@pytest.mark.skipif(not _traces(), reason="strace is not installed, or may not trace")
def test_an_accepted_application_is_synced_twice(tmp_path: Path) -> None:
    """Its file, and its entry in a folder that is there, however large it is."""
    store = tmp_path / "store"
    DirectoryStore(store).prepare()

    none = syncs(store, 0, SMALL)
    small, large = (syncs(store, 5, size) for size in (SMALL, LARGE))

    assert (small - none, large - none) == (2 * 5, 2 * 5)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_an_answer_leaves_no_garbage_of_ours(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What refers to itself stays until a collection, and brings that nearer."""
    store = tmp_path / "store"
    DirectoryStore(store).prepare()
    monkeypatch.setenv("LETTERBOX_STORE", f"file:{store}")
    monkeypatch.setenv("LETTERBOX_CAREERJET_SECRETS", SECRET)
    async with accepting() as client:
        gc.collect()
        gc.disable()
        try:
            await accept(client, size)
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            kinds = {(type(one).__module__, type(one).__name__) for one in gc.garbage}
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()

    ours = ("api.", "letterbox.")
    assert [kind for kind in sorted(kinds) if kind[0].startswith(ours)] == []


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_an_accepted_application_is_one_request_to_s3(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it in one PUT; nothing is asked first."""
    asked: list[tuple[str, str]] = []
    with served_by_moto(lambda *request: asked.append(request)) as endpoint:
        S3Store(
            endpoint=endpoint,
            access_key="access",
            secret_key="secret",
            bucket="costs",
            region="us-east-1",
        ).prepare()
        for name, value in {
            "STORE": "s3://costs",
            "S3_ENDPOINT": endpoint,
            "S3_ACCESS_KEY": "access",
            "S3_SECRET_KEY": "secret",
            "S3_REGION": "us-east-1",
            "CAREERJET_SECRETS": SECRET,
        }.items():
            monkeypatch.setenv(f"LETTERBOX_{name}", value)
        async with accepting() as client:
            asked.clear()
            for _ in range(3):
                await accept(client, size)
            seen = [(method, path) for method, path in asked if "/inbox/" in path]
            written = [path for method, path in asked if method != "GET"]

    assert [method for method, _ in seen] == ["PUT"] * 3
    assert written == [path for _, path in seen]
