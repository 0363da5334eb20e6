"""The audit by the clock: the same audit; its result is kept, and logged if bad."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.auditing import AuditActivities
from letterbox.audit.kinds import Kind
from letterbox.audit.report import Finding, Report, load_last_result, save_last_result
from letterbox.domain import keys
from letterbox.domain.messages import AuditResult
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.audit_fixture import AuditFixture, found
from tests.letterbox.audit.damage import NOW
from tests.workflows.running_worker import running_worker
from workflows.scheduled import ScheduledAudit


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    return Settings(store=f"file:{tmp_path / 'store'}", task_queue=str(uuid4()))


@pytest_asyncio.fixture(name="system")
async def _system(
    settings: Settings, temporal_client: Client
) -> AsyncIterator[AuditFixture]:
    system = AuditFixture(settings, temporal_client)
    yield system
    await system.clear()


async def test_the_workflow_audits_and_keeps_what_it_came_to(
    system: AuditFixture, settings: Settings
) -> None:
    """Nothing is repaired, and the next audit is not troubled by the result."""
    application_id = await system.open(str(uuid4()))
    system.flip(system.documents(application_id)[0])
    expected = {"document-damaged": 1}

    async with running_worker(system.client, settings):
        with capture_logs() as logs:
            audited = await system.client.execute_workflow(
                ScheduledAudit.run, id=str(uuid4()), task_queue=settings.task_queue
            )

    assert audited == AuditResult(fine=False, findings=expected)
    told = load_last_result(system.store)
    assert told
    assert (told.fine, dict(told.findings)) == (False, expected)
    [line] = [line for line in logs if line["log_level"] == "error"]
    assert line["document-damaged"] == 1
    assert application_id not in str(line)
    assert found(await system.audit()) == [(Kind.DOCUMENT_DAMAGED, application_id)]


async def test_an_audit_that_is_cancelled_ends_its_thread(tmp_path: Path) -> None:
    """A worker that is told to stop does not wait for hours."""
    begun, ended = asyncio.Event(), asyncio.Event()
    del tmp_path

    def run(
        heartbeat: Callable[[], None], loop: asyncio.AbstractEventLoop
    ) -> AuditResult:
        loop.call_soon_threadsafe(begun.set)
        try:
            while True:
                heartbeat()
        finally:
            loop.call_soon_threadsafe(ended.set)

    environment = ActivityEnvironment()
    running = asyncio.ensure_future(environment.run(AuditActivities(run=run).audit))
    await begun.wait()
    environment.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.wait_for(ended.wait(), 5)


def test_a_fast_audit_leaves_what_it_cannot_see_as_it_was_found(tmp_path: Path) -> None:
    """Else a look in the morning would end the alarm of the night."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    damaged = Finding(kind=Kind.DOCUMENT_DAMAGED, id="careerjet:1")
    waiting = Finding(kind=Kind.NOT_RECORDED, id="careerjet:2")
    mended = Finding(kind=Kind.MARKER_MISSING, id="careerjet:3", repaired=True)

    save_last_result(store, report(damaged, waiting, mended), NOW)
    fast = save_last_result(store, report(fast=True), NOW + timedelta(hours=1))
    whole = save_last_result(store, report(), NOW + timedelta(hours=2))

    assert fast.findings == {"document-damaged": 1}
    assert not fast.fine
    assert whole.findings == {}
    assert load_last_result(store) == whole


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"fine": 3}'])
def test_a_result_that_cannot_be_read_is_none(body: bytes, tmp_path: Path) -> None:
    """The next audit writes another in its place."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    store.put(keys.LAST_AUDIT, body)

    assert load_last_result(store) is None
    assert save_last_result(store, report(fast=True), NOW).fine


def report(*findings: Finding, fast: bool = False) -> Report:
    """Make up what an audit found."""
    return Report(
        fast=fast, applications=1, objects=1, open_workflows=0, findings=findings
    )
