"""A real API on real HTTP, with its worker, a store and a Temporal server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote
from uuid import uuid4

import httpx
from temporalio.client import Client

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.application import Application, Stage, Tombstone
from letterbox.domain.operators import OperatorRole
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position
from letterbox.domain.submission import Submission
from letterbox.operators import changes
from letterbox.resources import Records, open_records, open_store
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from tests.api.operator.serving import TOKEN, served
from tests.factories import careerjet
from tests.record_factory import NOON
from tests.support import eventually, free_port
from tests.workflows.running_worker import running_worker
from workflows.application import ApplicationWorkflow as Run

OPEN = "20240107-123456-7890"
NAMED: Mapping[str, tuple[OperatorRole, tuple[str, ...]]] = {
    "victor": (OperatorRole.VIEWER, ()),
    "tara": (OperatorRole.TRIAGE, ()),
    "paul": (OperatorRole.PRIVACY, ()),
    "ann": (OperatorRole.ADMIN, ()),
    "ats-acme": (OperatorRole.ADMIN, ("acme",)),
    "ats-other": (OperatorRole.ADMIN, ("other", "third")),
}


@dataclass(frozen=True, slots=True)
class OperatorServer:
    """A running operator API, and what a test needs beside it."""

    settings: Settings
    temporal: Client
    store: ObjectStore
    records: Records
    http: httpx.AsyncClient
    """Has the token."""
    tokens: Mapping[str, str]
    """Of named operators: one of each role, and two that are limited to a hirer."""

    @property
    def url(self) -> str:
        """Return the address of the API."""
        return str(self.http.base_url)

    async def ask(
        self, method: str, application_id: str, rest: str = "", **more: Any
    ) -> httpx.Response:
        """Send a request to one of an application's addresses."""
        path = f"/applications/{quote(application_id, safe='')}{rest}"
        return await self.http.request(method, path, **more)

    def named(self, name: str) -> httpx.AsyncClient:
        """Return a client of a named operator."""
        headers = {"Authorization": f"Bearer {self.tokens[name]}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60)

    async def recorded(self, **about: Any) -> str:
        """Submit an application as a board does; return its id once it is recorded."""
        submission, contents = careerjet(str(uuid4()), **about)
        application_id = submission.application_id
        self.records.applications.accept(submission, contents)
        await start_application(self.temporal, self.settings.task_queue, application_id)

        workflow = self.temporal.get_workflow_handle(application_id)

        async def is_waiting() -> bool:
            return (await workflow.query(Run.status)).archive_by is not None

        await eventually(is_waiting)
        return application_id

    def put(
        self, record: Application, documents: Mapping[str, bytes] | None = None
    ) -> None:
        """Put an application into the store, as if it had been recorded."""
        for name, body in (documents or {}).items():
            self.records.applications.put_document(record.id, name, body, len(body))
        self.records.applications.update(self.records.candidates.mark(record))

    def keep_notice(self, application_id: str) -> None:
        """Save a notice of SEEK's, so that it can be asked for the application."""
        notice = Submission(
            application_id=application_id,
            board="seek",
            board_id=application_id.removeprefix("seek:"),
            fingerprint="fingerprint-1",
            received_at=NOON,
            # By this id SEEK is asked; nobody answers, and it is tried on.
            said={"event": {"candidateApplicationProfileId": "profile-1"}},
        )
        self.records.applications.save_view(notice, 1)

    def archive(self, record: Application) -> None:
        """Put an application into the archive alone, as if its time had come."""
        self.put(record)
        final = record.model_copy(update={"stage": Stage.ARCHIVED})
        self.records.archives.pack(final)
        self.records.removal.delete_open_copy(record.id)

    def bury(
        self, application_id: str, stage: Literal[Stage.ERASED, Stage.DISCARDED]
    ) -> Tombstone:
        """Erase an application, so that a tombstone is left."""
        tombstone = Tombstone(stage=stage, reason="case 4711", removed_at=NOON)
        return self.records.removal.erase(application_id, tombstone)


@asynccontextmanager
async def open_operator_server(
    folder: Path, client: Client, address: str, **more: Any
) -> AsyncIterator[OperatorServer]:
    """Run the API and a worker on a store and a queue of their own."""
    port = free_port()
    operators = folder / "operators.json"
    tokens = {
        name: changes.add(operators, name, role, hirers).token
        for name, (role, hirers) in NAMED.items()
    }
    settings = Settings(
        operators=operators,
        store=f"file:{folder / 'store'}",
        task_queue=str(uuid4()),
        api_port=port,
        operator_token=TOKEN,
        digest_key="a key of digests",
        careerjet_secrets="a secret for tests",
        seek_webhook_secrets="a secret for tests",
        # Nobody is there: no test asks SEEK itself.
        seek_token_url=f"http://127.0.0.1:{free_port()}",
        seek_graphql_url=f"http://127.0.0.1:{free_port()}",
        **more,
    )
    store = open_store(settings)
    store.prepare()
    CatalogueWriter(store).put(Position(reference=OPEN, title="Letter carrier"))
    async with (
        running_worker(client, settings),
        served(settings, address),
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
        ) as http,
    ):
        yield OperatorServer(
            settings, client, store, open_records(settings, store), http, tokens
        )
