"""The audit beside a system at work, and what its workflows mend."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from letterbox.audit.facts import WorkflowFacts, Workflows
from letterbox.audit.kinds import Kind
from letterbox.audit.run import Audit
from letterbox.audit.wiring import limits_of, open_tools
from letterbox.audit.workflows import AuditedWorkflows
from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox.domain.commands import EraseRequest
from letterbox.settings import Settings
from letterbox.temporal.updates import Updates
from tests.audit_fixture import AuditFixture, found
from tests.support import eventually
from tests.workflows.running_worker import running_worker

_APPLICATIONS = 12


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    """Have everything archived as soon as it is recorded."""
    return Settings(
        store=f"file:{tmp_path / 'store'}",
        task_queue=str(uuid4()),
        digest_key=("a key for tests",),
        retention=timedelta(days=180),
        archive_margin=timedelta(days=180),
    )


@pytest_asyncio.fixture(name="worked")
async def _worked(system: AuditFixture) -> AsyncIterator[AuditFixture]:
    """Run a worker beside it."""
    async with running_worker(system.client, system.settings):
        yield system


async def test_a_system_at_work_gives_no_false_alarm(worked: AuditFixture) -> None:
    """Applications arrive, are recorded, archived and erased while it looks."""
    working = asyncio.create_task(_work(worked))
    reports = [await worked.audit()]
    while not working.done():
        reports.append(await worked.audit(fast=len(reports) % 2 == 0, repair=True))
    erased = await working
    reports.append(await worked.audit())

    assert [found(report) for report in reports] == [[]] * len(reports)
    assert len(reports) > 2
    assert erased
    assert reports[-1].applications == _APPLICATIONS
    archives = list(worked.store.list(keys.ARCHIVE))
    assert len(archives) == _APPLICATIONS - len(erased)


async def _work(system: AuditFixture) -> list[str]:
    """Take applications in, and erase every third, wherever it stands."""
    updates = Updates(system.client, system.settings.task_queue)
    accepted, erased = [], []
    for number in range(_APPLICATIONS):
        application_id = await asyncio.to_thread(system.accept, str(uuid4()))
        await system.start(application_id)
        accepted.append(application_id)
        if number % 3 == 2:
            erased.append(accepted[number - number // 2])
            await updates.erase(erased[-1], EraseRequest(reason="request 17"))

    async def ended() -> bool:
        return not await system.running()

    await eventually(ended, 60)
    return erased


async def test_a_restart_ends_what_was_cut_short(worked: AuditFixture) -> None:
    """The workflow finds what is archived, and removes the open copy."""
    application_id = worked.accept(str(uuid4()))
    worked.record(application_id)
    worked.pack(application_id)

    repairing = await worked.audit(repair=True)

    assert found(repairing) == [(Kind.ARCHIVED_AND_OPEN, application_id)]
    await eventually(lambda: _is_over(worked, application_id))
    assert not list(worked.store.list(keys.application(application_id)))
    assert found(await worked.audit()) == []


async def test_an_archive_that_temporal_remembers_is_missed(
    worked: AuditFixture,
) -> None:
    """The last that is left of it, its marker, is not taken for an orphan."""
    application_id = worked.accept(str(uuid4()))
    await worked.start(application_id)
    await eventually(lambda: _is_over(worked, application_id))
    worked.store.delete(keys.archive(application_id))

    async def listed() -> bool:
        return found(await worked.audit()) != []

    await eventually(listed)
    lost = [(Kind.ARCHIVE_LOST, application_id)]
    assert found(await worked.audit(repair=True)) == lost
    worked.records.candidates.unmark_by_scan(application_id)
    assert found(await worked.audit()) == lost
    # Unless it was not to be kept for so long.
    brief = {"archive_keep": timedelta(seconds=1)}
    assert found(await worked.audit(later=timedelta(days=1), settings=brief)) == []


async def test_all_pages_of_temporals_lists_are_read(system: AuditFixture) -> None:
    """More than one, and the last of them may be full."""
    started = {await system.open(str(uuid4())) for _ in range(4)}
    loop, queue = asyncio.get_running_loop(), system.settings.task_queue
    workflows = AuditedWorkflows(system.client, queue, loop, page_size=2)

    async def listed() -> bool:
        return set(await asyncio.to_thread(lambda: list(workflows.open()))) == started

    await eventually(listed)


async def _is_over(system: AuditFixture, application_id: str) -> bool:
    is_archived = system.records.applications.ended(application_id) is Stage.ARCHIVED
    return is_archived and not await system.running()


class ChangingWorkflows:
    """Temporal as it is, asked while somebody is at work on a document."""

    def __init__(self, workflows: Workflows, system: AuditFixture, key: str) -> None:
        self._workflows = workflows
        self._store = system.store
        self._key = key
        self._body = system.store.get(key)
        self.open, self.archived = workflows.open, workflows.archived
        self.start, self.deliver = workflows.start, workflows.deliver
        self.is_restoring = False
        system.store.delete(key)

    def find(self, application_id: str) -> WorkflowFacts:
        """Put the document back, or change another thing each time."""
        if not self.is_restoring:
            self._store.put(f"{self._key[:-68]}{uuid4().hex * 2}.pdf", self._body)
        elif self._is_missing():
            self._store.put(self._key, self._body)
        return self._workflows.find(application_id)

    def _is_missing(self) -> bool:
        return not list(self._store.list(self._key))


@pytest.mark.parametrize("is_restoring", [True, False])
async def test_what_looks_wrong_once_is_examined_again_by_the_audit(
    system: AuditFixture,
    is_restoring: bool,  # noqa: FBT001 pytest's to give
) -> None:
    """What is there at second sight is not missing; what moves is not judged."""
    application_id = await system.open(str(uuid4()))
    tools = open_tools(system.settings, system.client, fast=True, repair=False)
    document = system.documents(application_id)[0]
    changing = ChangingWorkflows(tools.workflows, system, document)
    changing.is_restoring = is_restoring
    audit = Audit(
        replace(tools, workflows=changing),
        limits_of(system.settings),
        lambda *_: None,
    )

    report = await asyncio.to_thread(audit.run)

    assert found(report) == []
    assert bool(system.documents(application_id))
