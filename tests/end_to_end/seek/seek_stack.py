"""A Letterbox with a SEEK of its own beside it, and what tests do with both."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from temporalio.client import Client, WorkflowHandle
from temporalio.common import TypedSearchAttributes
from temporalio.worker import Interceptor

from letterbox.boards.seek.webhook import sign
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.application import Application as Record
from letterbox.domain.application import Stage
from letterbox.domain.ids import application_id
from letterbox.domain.ports import ObjectStore
from letterbox.domain.status import Status
from letterbox.domain.submission import Submission
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.temporal import search_attributes as attributes
from seek_sandbox.control import SandboxControl
from seek_sandbox.orders import ApplicationOrder, Emitted
from tests.end_to_end.seek.leak_check import Overheard
from tests.seek_sandbox.partner import Partner
from tests.support import eventually
from tests.workflows.running_worker import running_worker
from workflows.application import ApplicationWorkflow
from workflows.scheduled import SeekReconcile

SECRET = "the webhook's secret of today"
OLD_SECRET = "the webhook's secret before"
SUBSCRIPTION = "seekAnz:webhookSubscription:events:applications"
# Longer than an answer takes on a machine that does other things too.
ANSWERED_WITHIN = 30

Handle = WorkflowHandle[ApplicationWorkflow, Status]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where applications from SEEK come in; the worker is one's own to start."""

    settings: Settings
    client: Client
    control: SandboxControl
    partner: Partner
    """Somebody else who asks this SEEK, by hand."""
    api: httpx.AsyncClient
    logs: Overheard

    @property
    def store(self) -> ObjectStore:
        """What the API and the worker share."""
        return open_store(self.settings)

    @property
    def applications(self) -> StoredApplications:
        """The applications in it."""
        return StoredApplications(self.store)

    @property
    def catalogue(self) -> CatalogueWriter:
        """The positions in it."""
        return CatalogueWriter(self.store)

    @property
    def folder(self) -> Path:
        """Where the store lies."""
        return Path(self.settings.store.removeprefix("file:"))

    async def apply(self, **order: Any) -> Emitted:
        """Have somebody apply; SEEK's webhook was answered when this returns."""
        given = {"person": 0, "wait": ANSWERED_WITHIN, **order}
        [emitted] = await self.control.apply(ApplicationOrder.model_validate(given))
        return emitted

    async def post(
        self, body: bytes, secret: str = SECRET, **headers: str
    ) -> httpx.Response:
        """Post what may be a webhook of SEEK's, signed."""
        signed = {"Seek-Signature": sign(body, secret.encode()), **headers}
        return await self.api.post("/webhooks/seek", content=body, headers=signed)

    async def recorded(
        self, emitted: Emitted, when: Callable[[Record], object] = bool
    ) -> Record:
        """
        Wait for a record, such that nothing more lies in the inbox; read it.

        Until Temporal shows it too, what is sent again is left to the sweep.
        """
        name, found = of(emitted), self.applications

        async def is_recorded() -> bool:
            record = found.find(name)
            is_there = record is not None and when(record) and not self.waiting(name)
            return bool(is_there) and await self._is_past_intake(emitted)

        await eventually(is_recorded)
        record = found.find(name)
        assert record
        return record

    async def _is_past_intake(self, emitted: Emitted) -> bool:
        described = await self.handle(emitted).describe()
        known = described.typed_search_attributes
        has_date = known.get(attributes.ARCHIVE_BY) is not None
        return has_date or known.get(attributes.STAGE) != Stage.RECEIVED

    def waiting(self, name: str) -> list[Submission]:
        """Read what lies in the inbox for an application."""
        return list(self.applications.submissions(name))

    def handle(self, emitted: Emitted) -> Handle:
        """Give the workflow of an application."""
        return self.client.get_workflow_handle(of(emitted), result_type=Status)

    async def dated(self, emitted: Emitted, due: datetime) -> TypedSearchAttributes:
        """Wait until Temporal shows an archive date; give all it can filter by."""
        handle = self.handle(emitted)

        async def has_date() -> bool:
            found = (await handle.describe()).typed_search_attributes
            return found.get(attributes.ARCHIVE_BY) == due

        await eventually(has_date)
        return (await handle.describe()).typed_search_attributes

    async def asked(self, operation: str = "candidateProfile") -> int:
        """Count what SEEK was asked."""
        return (await self.control.calls()).counts.get(operation, 0)

    async def until_asked(self, times: int = 1) -> None:
        """Wait until SEEK was asked for anything so often."""

        async def was_asked() -> bool:
            return sum((await self.control.calls()).counts.values()) >= times

        await eventually(was_asked)

    async def reconcile(self, cursor: str = "") -> WorkflowHandle[SeekReconcile, str]:
        """Ask SEEK for missed events; give the run, which has ended."""
        handle = await self.client.start_workflow(
            SeekReconcile.run,
            cursor,
            id=f"reconcile-{uuid4()}",
            task_queue=self.settings.task_queue,
        )
        await handle.result()
        return handle

    @asynccontextmanager
    async def working(
        self, *interceptors: Interceptor, **changes: Any
    ) -> AsyncIterator[None]:
        """Run the worker as it is in production, but for what is passed."""
        async with running_worker(self.client, self.settings, *interceptors, **changes):
            yield


def of(emitted: Emitted) -> str:
    """Name the application that an event tells of."""
    return application_id("seek", emitted.event_id)
