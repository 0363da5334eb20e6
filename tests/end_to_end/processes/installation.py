"""A whole Letterbox of its own: Temporal, API, worker and store, on free ports."""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import ConnectConfig, RPCError, ServiceClient

from letterbox.boards import discover
from letterbox.boards.base import FormBoard, PostBoard
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.records.applications import StoredApplications
from letterbox.storage.directory import DirectoryStore
from letterbox.temporal.client import start_options
from letterbox_cli.up.temporal_server import temporal_command
from tests.end_to_end.processes.program import Command, Program
from tests.support import LETTERBOX, ROOT, answers, free_port, http, wait_until

# Base64 of enough bytes, so that they are good for Standard Webhooks, too.
SECRET = "aSecretSharedWithEveryBoardThere"
OLD_SECRET = "theOneThatWasSharedBeforeThatOne"
SWEEP_SECONDS = 2
# A task queue has four by default, each with loops of its own: tests make hundreds.
_ONE_PARTITION = (
    *("--dynamic-config-value", "matching.numTaskqueueReadPartitions=1"),
    *("--dynamic-config-value", "matching.numTaskqueueWritePartitions=1"),
)


class Installation:
    """
    Knows its programs, none of which runs yet, and its store, which is ready.

    Each can be killed and started again, on the same port and with the same state.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.store_folder = folder / "store"
        self.store = DirectoryStore(self.store_folder)
        self.store.prepare()
        self.applications = StoredApplications(self.store)
        self.catalogue = CatalogueWriter(self.store)
        self.temporal_port = free_port()
        self.media_port = free_port()
        self._settings = settings
        self._closing = ExitStack()
        self.temporal = self._managed(temporal_program(folder, self.temporal_port))
        self.api = self.add_api("api")
        self.worker = self._managed(self._worker())

    def add_api(self, name: str, **settings: str) -> "Api":
        """Make another API, with settings that differ."""
        port = free_port()
        environment = self.environment | settings | {"LETTERBOX_API_PORT": str(port)}
        command = Command(
            name=name,
            words=(*LETTERBOX, "api"),
            environment=environment,
            folder=self.folder,
            is_ready=lambda _: answers(port),
        )
        api = Api(command, f"http://127.0.0.1:{port}")
        self._managed(api)
        return api

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this installation is started with."""
        return {
            "PYTHONPATH": str(ROOT),
            "LETTERBOX_DATA": str(self.folder),
            "LETTERBOX_STORE": f"file:{self.store_folder}",
            **{
                board.secrets_variable: f"{OLD_SECRET}, {SECRET}"
                for board in discover().values()
                if isinstance(board, FormBoard | PostBoard)
            },
            "LETTERBOX_LINKEDIN_SECRETS": f"86parent:{OLD_SECRET},86child:{SECRET}",
            "LETTERBOX_LINKEDIN_SANDBOX": f"http://127.0.0.1:{self.media_port}",
            "LETTERBOX_SWEEP_EVERY": f"{SWEEP_SECONDS}s",
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self.temporal_port}",
            **self._settings,
        }

    async def connect(self) -> Client:
        """Connect to its Temporal."""
        return await Client.connect(
            f"127.0.0.1:{self.temporal_port}", data_converter=pydantic_data_converter
        )

    async def begin(self, client: Client, application_id: str) -> None:
        """Start a workflow, with less patience than usual for workers that die."""
        await client.start_workflow(
            "Application",
            application_id,
            task_queue="letterbox",
            **start_options(application_id),
            task_timeout=timedelta(seconds=3),
        )

    def waiting(self) -> int:
        """
        Count the deliveries that no workflow has taken over yet, at little cost.

        A worker killed in between removes a file, and not its emptied folder.
        """
        return sum(
            len(names) for _, _, names in os.walk(self.store_folder / keys.INBOX)
        )

    def settle(self, within: float = 60) -> None:
        """Wait until everything that was accepted is recorded."""
        wait_until(lambda: not self.waiting(), within)

    def recorded(self, application_id: str) -> Application:
        """Wait for the record of an application, and read it."""
        wait_until(lambda: self.applications.find(application_id))
        self.settle()
        found = self.applications.find(application_id)
        assert found is not None
        return found

    def kept(self, folder: str = "store") -> dict[str, tuple[int, int]]:
        """
        Tell of every file below a folder how large it is and when it changed.

        But for which references were refused: that is written behind the answers.
        """
        return {
            os.path.relpath(path, self.folder): (found.st_size, found.st_mtime_ns)
            for parent, _, names in os.walk(self.folder / folder)
            for path in (Path(parent) / name for name in names)
            if "/positions/refused" not in parent and "/.tmp" not in parent
            for found in [path.stat()]
        }

    def start(self) -> None:
        """Start whatever of it does not run."""
        for program in (self.temporal, self.worker, self.api):
            if not program.is_running:
                program.start()

    @contextmanager
    def without_store(self) -> Iterator[None]:
        """Take the store away for as long as the block lasts."""
        aside = self.folder / "aside"
        self.store_folder.rename(aside)
        try:
            yield
        finally:
            assert not self.store_folder.exists(), "it was made anew meanwhile"
            aside.rename(self.store_folder)

    def end(self) -> None:
        """End every process that still runs."""
        self._closing.close()

    def _worker(self) -> Program:
        return Program(
            Command(
                name="worker",
                words=(*LETTERBOX, "worker"),
                environment=self.environment,
                folder=self.folder,
                is_ready=lambda worker: '"worker ready"' in worker.said(),
            )
        )

    def _managed(self, program: Program) -> Program:
        self._closing.callback(program.end)
        return program


class Api(Program):
    """An API process, and where it listens."""

    def __init__(self, command: Command, url: str) -> None:
        super().__init__(command)
        self.url = url

    @property
    def apply_url(self) -> str:
        """Where Careerjet posts."""
        return f"{self.url}/apply/careerjet"

    def get(self, path: str) -> httpx.Response:
        """Ask it for something."""
        return http().get(f"{self.url}{path}")


@contextmanager
def installation(folder: Path, **settings: str) -> Iterator[Installation]:
    """Make an installation whose processes end with the block."""
    made = Installation(folder, **settings)
    try:
        yield made
    finally:
        made.end()


def temporal_program(folder: Path, port: int) -> Program:
    """Make a real Temporal server on a file database."""
    return Program(
        Command(
            name="temporal",
            words=(
                *temporal_command(folder / "temporal.db", port, None),
                *_ONE_PARTITION,
            ),
            # Go then tidies only what would take more: memory for a tenth of its time.
            environment={"GOGC": "off", "GOMEMLIMIT": "500MiB"},
            folder=folder,
            is_ready=lambda _: answers(port) and _serves(port),
        )
    )


def _serves(port: int) -> bool:
    """Return whether a Temporal says that it does: it listens before."""
    config = ConnectConfig(target_host=f"127.0.0.1:{port}")

    async def asked() -> bool:
        try:
            service = await ServiceClient.connect(config)
            return await service.check_health(timeout=timedelta(seconds=1))
        except (RuntimeError, RPCError):
            return False

    # In a thread, since the caller may be inside a loop.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asked()).result()
