"""One round's machine: a fresh store, and around it what the round needs."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from bench.forms import CLIENT_ID, SECRET
from bench.processes import free_port, listens, running, wait_until
from letterbox.storage.directory import DirectoryStore
from letterbox.temporal import namespace
from letterbox_cli.samples import import_sample_positions
from letterbox_cli.up.temporal_server import temporal_command

API = (sys.executable, "-P", "-m", "letterbox_cli", "api")
WORKER = (sys.executable, "-P", "-m", "letterbox_cli", "worker")
_SEEK = (sys.executable, "-m", "bench.seek_server")
QUEUE = "letterbox"


def processes(number: int) -> Sequence[str]:
    """Return the words by which a command runs so many processes."""
    return "--processes", str(number)


@dataclass(frozen=True, slots=True)
class Rig:
    """Ports and processes of a round; all of it ends with the round."""

    folder: Path
    api_port: int = field(default_factory=free_port)
    temporal_port: int = field(default_factory=free_port)
    seek_port: int = field(default_factory=free_port)
    processes: ExitStack = field(default_factory=ExitStack)

    @property
    def store(self) -> DirectoryStore:
        """The store that all processes share."""
        return DirectoryStore(self.folder / "store")

    @property
    def environment(self) -> Mapping[str, str]:
        """What the processes are configured by."""
        return {
            "LETTERBOX_DATA": str(self.folder),
            "LETTERBOX_CAREERJET_SECRETS": SECRET,
            "LETTERBOX_SEEK_WEBHOOK_SECRETS": SECRET,
            "LETTERBOX_SEEK_CLIENT_ID": CLIENT_ID,
            "LETTERBOX_SEEK_CLIENT_SECRET": SECRET,
            "LETTERBOX_SEEK_TOKEN_URL": f"{self._seek}/oauth/token",
            "LETTERBOX_SEEK_GRAPHQL_URL": f"{self._seek}/graphql",
            "LETTERBOX_SEEK_RECONCILE_EVERY": "0",
            "LETTERBOX_API_PORT": str(self.api_port),
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self.temporal_port}",
        }

    @property
    def database_bytes(self) -> int:
        """Size of Temporal's file, and of what is still to be merged into it."""
        return sum(one.stat().st_size for one in self.folder.glob("temporal.db*"))

    def engine(self) -> int:
        """Run a Temporal server on a new database; give its process id."""
        database = self.folder / "temporal.db"
        server = self.run(temporal_command(database, self.temporal_port, None))
        wait_until(lambda: asyncio.run(self._serves()))
        return server

    def seek(self) -> None:
        """Run a SEEK that answers at once."""
        self.run((*_SEEK, str(self.seek_port)))
        wait_until(lambda: listens(self.seek_port))

    def serve(self, api: Sequence[str] = API, worker: Sequence[str] = ()) -> int:
        """Run an API, and a worker; give the API's process id once both are ready."""
        if worker:
            self.run(worker)
        process_id = self.run(api)
        wait_until(lambda: listens(self.api_port))
        if worker:
            self.wait_for_worker()
        return process_id

    def work(self, worker: Sequence[str] = WORKER) -> int:
        """Run a worker; give its process id once it polls."""
        process_id = self.run(worker)
        self.wait_for_worker()
        return process_id

    def wait_for_worker(self) -> None:
        """Wait until somebody polls."""
        wait_until(lambda: asyncio.run(self._polled()))

    def run(
        self, command: Sequence[str], changes: Mapping[str, str] | None = None
    ) -> int:
        """Run any program until the round's end."""
        environment = {**self.environment, **(changes or {})}
        program = running(command, environment, self.folder)
        return self.processes.enter_context(program).pid

    @property
    def _seek(self) -> str:
        return f"http://127.0.0.1:{self.seek_port}"

    async def connect(self) -> Client:
        """Connect as Letterbox does."""
        address = self.environment["TEMPORAL_ADDRESS"]
        return await Client.connect(address, data_converter=pydantic_data_converter)

    async def _serves(self) -> bool:
        try:
            return not await namespace.missing_search_attributes(await self.connect())
        except (RPCError, RuntimeError):
            return False

    async def _polled(self) -> bool:
        return await namespace.count_pollers(await self.connect(), QUEUE) > 0


@contextmanager
def fresh_rig() -> Iterator[Rig]:
    """Make a rig in a folder of its own; nothing of it is left behind."""
    with TemporaryDirectory(prefix="letterbox-bench-") as folder:
        rig = Rig(Path(folder))
        try:
            with rig.processes:
                rig.store.prepare()
                import_sample_positions(rig.store)
                yield rig
        except Exception:
            # The folder goes, and with it what could explain this.
            print((rig.folder / "log").read_text()[-4000:], file=sys.stderr)
            raise
    # What a round has written must not slow the next one down.
    os.sync()
