"""A store and a Temporal with applications in them, for tests that break something."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio.client import Client

from activities.archiving import final
from activities.collecting import IntakeOptions
from activities.inspection import Inspector
from activities.intake import ApplicationActivities
from letterbox.audit.kinds import Kind
from letterbox.audit.report import Report
from letterbox.audit.run import Audit
from letterbox.audit.wiring import limits_of, open_tools
from letterbox.boards import discover
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.messages import RecordInput, StepInput, StoreInput
from letterbox.domain.recording import Recorder
from letterbox.resources import open_records, open_store
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from tests.factories import PDF, careerjet
from tests.support import eventually

Found = list[tuple[Kind, str | None]]


class AuditFixture:
    """Makes applications as the processes do; no worker touches them."""

    def __init__(self, settings: Settings, client: Client) -> None:
        self.settings = settings
        self.client = client
        self.store = open_store(settings)
        self.store.prepare()
        self.records = open_records(settings, self.store)
        self._recorder = Recorder(
            retention=settings.retention, margin=settings.archive_margin
        )
        self._steps = ApplicationActivities(
            applications=self.records.applications,
            catalogue=StoredCatalogue(self.store),
            boards=discover(),
            recorder=self._recorder,
            candidates=self.records.candidates,
            removal=self.records.removal,
            inspector=Inspector(self.records.applications),
            options=IntakeOptions(),
        )

    def accept(
        self, uuid: str, received_at: datetime | None = None, lastname: str = "Example"
    ) -> str:
        """Have an application lie in the inbox that also tells what its person is."""
        delivery, contents = careerjet(
            uuid, cv=PDF, received_at=received_at, lastname=lastname
        )
        delivery = delivery.model_copy(update={"demographics": {"race": lastname}})
        self.records.applications.accept(delivery, contents)
        return delivery.application_id

    def record(self, application_id: str) -> Application:
        """Take the steps from the inbox to the record."""
        given = StoreInput(application_id=application_id)
        collected = self._steps.store_documents(given)
        step = StepInput(application_id=application_id, view=collected.view)
        self._steps.match_position(RecordInput(step=step, stored=collected.stored))
        found = self.records.applications.find(application_id)
        assert found
        return found

    def pack(self, application_id: str) -> None:
        """Archive it, and leave the open copy."""
        record = self.records.applications.find(application_id)
        assert record
        self.records.archives.pack(final(record))

    def archived(self, uuid: str) -> str:
        """Make one whose workflow Temporal has forgotten."""
        application_id = self.accept(uuid)
        self.record(application_id)
        self.pack(application_id)
        self.records.removal.delete_open_copy(application_id)
        return application_id

    async def open(self, uuid: str, received_at: datetime | None = None) -> str:
        """Make one that waits for its archive date."""
        application_id = self.accept(uuid, received_at)
        self.record(application_id)
        await self.start(application_id)
        return application_id

    async def start(self, application_id: str) -> None:
        """
        Start its workflow, and wait until Temporal's lists tell.

        It stands still for want of a worker.
        """
        queue = self.settings.task_queue
        await start_application(self.client, queue, application_id)

        async def listed() -> bool:
            return application_id in await self.running()

        await eventually(listed)

    async def terminate(self, application_id: str) -> None:
        """End its workflow, and wait until Temporal's lists tell."""
        await self.client.get_workflow_handle(application_id).terminate("a test")

        async def unlisted() -> bool:
            return application_id not in await self.running()

        await eventually(unlisted)

    async def running(self) -> list[str]:
        """List the open workflows."""
        query = f'TaskQueue="{self.settings.task_queue}" AND ExecutionStatus="Running"'
        return [one.id async for one in self.client.list_workflows(query)]

    async def clear(self) -> None:
        """Leave no workflow behind."""
        for application_id in await self.running():
            await self.client.get_workflow_handle(application_id).terminate("done")

    def flip(self, key: str, at: int = -1) -> None:
        """Change one byte of an object."""
        body = bytearray(self.store.get(key))
        body[at] ^= 1
        self.store.put(key, bytes(body))

    def documents(self, application_id: str) -> list[str]:
        """Name the keys of an application's documents."""
        folder = f"{keys.application(application_id)}documents/"
        return [one.key for one in self.store.list(folder)]

    async def audit(
        self,
        *,
        fast: bool = False,
        repair: bool = False,
        later: timedelta = timedelta(0),
        settings: Mapping[str, object] | None = None,
    ) -> Report:
        """Audit it all, as of a later time if need be."""
        set_up = self.settings.model_copy(update=dict(settings or {}))
        tools = open_tools(set_up, self.client, fast=fast, repair=repair)
        limits = limits_of(set_up)
        aged = replace(limits, now=limits.now + later)
        return await asyncio.to_thread(Audit(tools, aged, _show).run)


def found(report: Report) -> Found:
    """Tell what was found of which application."""
    return [(finding.kind, finding.id) for finding in report.findings]


def _show(stage: str, done: int, total: int | None) -> None:
    assert stage
    assert total is None or done <= total
