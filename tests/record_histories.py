"""
Records the histories that the tests replay: ``python -m tests.record_histories``.

With a name, ``python -m tests.record_histories two-steps``, those of a change between
two releases.

Invented applications go through the lives worth keeping, on a real Temporal and a
real worker; what Temporal then holds is written to ``tests/histories/<version>/``.
Said before every release, after the version was raised: the folders of the earlier
versions stay as they are, until no open application is of theirs
(``docs/changing-workflows.md``).
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from tests.end_to_end.processes.installation import temporal_program
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import Desk
from tests.history_scenarios import LIVES
from tests.support import free_port

HISTORIES = Path(__file__).parent / "histories"
# What is known of the invented people; a history must not.
_PERSONAL = (b"ada@", b"Example", b"ella.greenholt", b"Greenholt", b"attached my CV")


def folder_of(release: str) -> Path:
    """Tell where the histories of a version lie."""
    return HISTORIES / release


def recorded() -> Mapping[str, WorkflowHistory]:
    """Read all that was ever recorded, by ``<version>/<life>``."""
    return {
        str(path.relative_to(HISTORIES).with_suffix("")): WorkflowHistory.from_json(
            path.stem, path.read_text()
        )
        for path in sorted(HISTORIES.rglob("*.json"))
    }


def told_of_people(history: WorkflowHistory) -> Sequence[bytes]:
    """Find what a history must not tell; payloads are as they were sent."""
    raw = b"\n".join(event.SerializeToString() for event in history.events)
    return [one for one in _PERSONAL if one in raw]


async def record(folder: Path) -> AsyncIterator[Path]:
    """Write the histories of today's code into a folder, one after the other."""
    async with _open_desk() as desk:
        for name, life in LIVES.items():
            history = await (await life(desk)).fetch_history()
            yield _written(history, folder / f"{name}.json")


def _written(history: WorkflowHistory, path: Path) -> Path:
    if told := told_of_people(history):
        raise AssertionError(f"{path.stem} tells {told}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(json.loads(history.to_json()), indent=1) + "\n")
    return path


@asynccontextmanager
async def _open_desk() -> AsyncIterator[Desk]:
    with TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        server = temporal_program(folder, port)
        try:
            server.start()
            client = await Client.connect(
                f"127.0.0.1:{port}",
                data_converter=pydantic_data_converter,
                # Else the machine's name would be in every history.
                identity="tests.record_histories",
            )
            async with open_desk(folder, client) as desk, desk.working():
                yield desk
        finally:
            server.end()


async def _main() -> None:
    [name] = sys.argv[1:] or [version("letterbox")]
    folder = folder_of(name)
    async for path in record(folder):
        sys.stdout.write(f"{path.relative_to(HISTORIES.parents[1])}\n")


if __name__ == "__main__":
    asyncio.run(_main())
