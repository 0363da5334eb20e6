"""How tests are run, and what every one may ask for: a real Temporal server."""

import gc
import os
import shutil
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from itertools import chain, islice
from pathlib import Path

import certifi
import pytest
import pytest_asyncio
from hypothesis import settings
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from tests.end_to_end.processes.installation import temporal_program
from tests.support import THOROUGH, free_port

_LONG = 60
_SHORT = 2
# What collecting makes stays: nobody has to look through it for what is free.
gc.disable()
# Every write to a store waits for its disk, some 8 ms; memory asks for none.
_MEMORY, _ENOUGH_BYTES = Path("/dev/shm"), 4 << 30  # noqa: S108
if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    tempfile.tempdir = os.environ.get("TMPDIR", str(_MEMORY))
# Processes are started by the dozen: each would compile the same modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# What a shell runs in the background ignores Ctrl-C, as would all that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# pytest's own limit ends what hangs; a busy machine alone fails no property.
# Each run takes other examples: fewer a run find what there is a little later.
settings.register_profile(
    "letterbox", deadline=None, max_examples=100 if THOROUGH else 40
)
settings.load_profile("letterbox")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Begin with the longest: nobody is to wait for them when all else is done.

    They wait more than they compute: others, which compute, are put between them. A
    file or a group stays together, and so do its fixtures.
    """
    blocks: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        group = item.get_closest_marker("xdist_group")
        blocks[group.args[0] if group else str(item.path)].append(item)
    items[:] = chain.from_iterable(_mixed(list(blocks.values())))
    gc.collect()
    gc.freeze()
    gc.enable()


def _mixed(blocks: list[list[pytest.Item]]) -> Iterator[list[pytest.Item]]:
    """Put two thirds of the short ones behind long ones, most behind the longest."""
    turns = [[block for block in blocks if _turn(block[0]) == turn] for turn in (0, 1)]
    short = iter([block for block in blocks if _turn(block[0]) == _SHORT])
    left = sum(_turn(block[0]) == _SHORT for block in blocks) * 2 // 3
    for longs, share in zip(turns, (left * 2 // 3, left // 3), strict=True):
        for number, long in enumerate(longs, 1):
            yield long
            behind = share * number // len(longs) - share * (number - 1) // len(longs)
            yield from islice(short, behind)
    yield from short


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("processes"):
        return 0
    is_grouped = item.get_closest_marker("xdist_group") is not None
    has_workflows = {"end_to_end", "workflows"} & {*item.path.parts}
    return 1 if is_grouped or has_workflows else _SHORT


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name what is long by its length: all of xdist's workers must agree on it."""
    if isinstance(val, bytes | str) and len(val) > _LONG:
        return f"{len(val)} {type(val).__name__}"
    return None


@pytest.fixture(scope="session", autouse=True)
def _one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have HTTP clients read one authority: all of them take 70 ms, at each client."""
    first, end, _ = certifi.contents().partition("-----END CERTIFICATE-----\n")
    file = tmp_path_factory.mktemp("authority") / "one.pem"
    file.write_text(first + end)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SSL_CERT_FILE", str(file))
        yield


@pytest.fixture(scope="session")
def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a real Temporal server on a file database, one for each xdist worker."""
    port = free_port()
    program = temporal_program(tmp_path_factory.mktemp("temporal"), port)
    try:
        program.start()
        yield f"127.0.0.1:{port}"
    finally:
        program.end()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal_client(temporal_address: str) -> AsyncIterator[Client]:
    """Connect to it as Letterbox does; each test takes a task queue of its own."""
    yield await Client.connect(temporal_address, data_converter=pydantic_data_converter)
