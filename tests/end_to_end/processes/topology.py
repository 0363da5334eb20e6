"""The topology of docker-compose.yml, less its containers: two of each of ours."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from letterbox.domain import keys
from letterbox.records.applications import StoredApplications
from letterbox.storage.s3.store import S3Store
from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes import notice
from tests.end_to_end.processes.installation import SECRET, Api, temporal_program
from tests.end_to_end.processes.program import Command, Program
from tests.support import LETTERBOX, ROOT, answers, free_port, wait_until

_SWEEP_EVERY = "15s"
_LOOK_EVERY = 1  # To look costs as much as to take an application in.
_BUCKET = "letterbox"
_S3 = {"access_key": "access", "secret_key": "secret", "region": "us-east-1"}
_PARTNER = {
    "LETTERBOX_SEEK_CLIENT_ID": "partner",
    "LETTERBOX_SEEK_CLIENT_SECRET": "a secret of the partner",
}


class Topology:
    """Temporal, an S3 server and a SEEK; two APIs and two workers that share them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = {name: free_port() for name in ("temporal", "s3", "seek")}
        self.temporal = temporal_program(folder, self._ports["temporal"])
        self.s3 = self._listening(
            "s3", sys.executable, "-m", "tests.end_to_end.processes.s3_server"
        )
        self.seek = self._listening("seek", *LETTERBOX, "sandbox", "seek", "--port")
        self.apis = [self._api(f"api-{number}") for number in (1, 2)]
        self.workers = [self._worker(f"worker-{number}") for number in (1, 2)]
        self.store = S3Store(
            endpoint=self._at("s3"),
            bucket=_BUCKET,
            access_key=_S3["access_key"],
            secret_key=_S3["secret_key"],
            region=_S3["region"],
        )
        self.applications = StoredApplications(self.store)

    @property
    def seek_url(self) -> str:
        """Where the sandbox is."""
        return self._at("seek")

    @property
    def apply_urls(self) -> list[str]:
        """Where a proxy would pass on what boards post."""
        return [api.apply_url for api in self.apis]

    def start(self) -> None:
        """Start all of it, what ours need first."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(Program.start, (self.temporal, self.s3, self.seek)))
            self.store.prepare()
            import_sample_positions(self.store)
            list(pool.map(Program.start, (*self.apis, *self.workers)))

    def end(self) -> None:
        """End every process that still runs."""
        with ExitStack() as ending:
            for one in (self.temporal, self.s3, self.seek, *self.apis, *self.workers):
                ending.callback(one.end)

    def settle(self, within: float) -> None:
        """Wait until all that was accepted is recorded."""
        wait_until(
            lambda: next(iter(self.store.list(keys.INBOX)), None) is None,
            within,
            _LOOK_EVERY,
        )

    async def connect(self) -> Client:
        """Connect to its Temporal."""
        return await Client.connect(
            f"127.0.0.1:{self._ports['temporal']}",
            data_converter=pydantic_data_converter,
        )

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PYTHONPATH": str(ROOT),
            "LETTERBOX_DATA": str(self._folder),
            "LETTERBOX_STORE": f"s3://{_BUCKET}",
            "LETTERBOX_S3_ENDPOINT": self._at("s3"),
            **{f"LETTERBOX_S3_{name}".upper(): text for name, text in _S3.items()},
            "LETTERBOX_CAREERJET_SECRETS": SECRET,
            "LETTERBOX_SEEK_WEBHOOK_SECRETS": notice.SECRET,
            "LETTERBOX_SEEK_TOKEN_URL": f"{self.seek_url}/oauth/token",
            "LETTERBOX_SEEK_GRAPHQL_URL": f"{self.seek_url}/graphql",
            # What polling finds first, the webhook has fetched a second time.
            "LETTERBOX_SEEK_RECONCILE_EVERY": "0",
            "LETTERBOX_SWEEP_EVERY": _SWEEP_EVERY,
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self._ports['temporal']}",
            **_PARTNER,
        }

    def _at(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    def _api(self, name: str) -> Api:
        port = free_port()
        environment = {"LETTERBOX_API_PORT": str(port)}
        command = Command(
            name=name,
            words=(*LETTERBOX, "api"),
            environment=self._environment | environment,
            folder=self._folder,
            is_ready=lambda _: answers(port),
        )
        return Api(command, f"http://127.0.0.1:{port}")

    def _worker(self, name: str) -> Program:
        return Program(
            Command(
                name=name,
                words=(*LETTERBOX, "worker"),
                environment=self._environment,
                folder=self._folder,
                is_ready=lambda worker: '"worker ready"' in worker.said(),
            )
        )

    def _listening(self, name: str, *words: str) -> Program:
        """Make a program whose last argument is the port on which it listens."""
        port = self._ports[name]
        return Program(
            Command(
                name=name,
                words=(*words, str(port)),
                environment=self._environment,
                folder=self._folder,
                is_ready=lambda _: answers(port),
            )
        )


@contextmanager
def topology(folder: Path) -> Iterator[Topology]:
    """Make one whose processes end with the block."""
    made = Topology(folder)
    try:
        made.start()
        yield made
    finally:
        made.end()
