"""Every step of an application's life, failing for a month, whichever it is."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import BaseModel, SecretStr
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from letterbox.domain.application import Flag, Stage
from letterbox.domain.commands import Assignment, EraseRequest, HoldRequest
from letterbox.domain.status import Status
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.temporal.client import start_application
from tests.letterbox.scripted_clamd import answering, listening
from tests.receiver import SECRET, Receiver
from tests.support import THOROUGH, eventually
from tests.workflows.running_worker import running_worker
from tests.workflows.time_skipping import Handle, arrive, days_pass, waiting
from tests.workflows.trouble import Trouble
from workflows.application import ApplicationWorkflow

MAX_EVENTS = 2_000
MONTH = 30
OPEN = "20240107-123456-7890"
REFUSALS = {"RefusedError", "StoreUnavailableError"}


@dataclass(frozen=True, slots=True)
class Life:
    """One application, and what its steps are in trouble by."""

    environment: WorkflowEnvironment
    settings: Settings
    applications: StoredApplications
    trouble: Trouble
    scanner: Path
    """Where one is looked for, if its steps are those in trouble."""
    handle: Handle

    async def status(self) -> Status:
        """Ask where it stands."""
        return await self.handle.query(ApplicationWorkflow.status)

    async def length(self) -> int:
        """Count the events of its run."""
        return (await self.handle.describe()).history_length

    async def pending(self) -> set[str]:
        """Name the steps that Temporal's UI shows as under way."""
        described = (await self.handle.describe()).raw_description
        return {one.activity_type.name for one in described.pending_activities}

    @asynccontextmanager
    async def scanner_is_back(self) -> AsyncIterator[None]:
        """Have somebody answer where the scanner was looked for."""
        async with listening(answering(b"stream: OK\0"), self.scanner):
            yield

    async def update(self, name: str, given: BaseModel) -> Status | str:
        """Ask as people do; give the status, or by what error it was refused."""
        update: Awaitable[Status] = self.handle.execute_update(
            name, given, result_type=Status, rpc_timeout=timedelta(seconds=30)
        )
        answer = asyncio.ensure_future(update)
        while not (await asyncio.wait([answer], timeout=0.5))[0]:
            # Nobody waits for real until a request's patience is over.
            await self.environment.sleep(timedelta(seconds=30))
        try:
            return await answer
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            assert isinstance(cause, ApplicationError), cause
            return str(cause.type)


Tell = Callable[[Life], Awaitable[object]]


async def arrives(_: Life) -> None:
    """Have it be taken in: that is where it fails."""


async def closes(life: Life) -> None:
    """Have its position close."""
    await waiting(life.handle)
    now = await life.environment.get_current_time()
    await life.handle.signal(ApplicationWorkflow.position_closed, now)


async def is_late(life: Life) -> None:
    """Have the watch find it late."""
    await waiting(life.handle)
    await life.handle.signal(ApplicationWorkflow.overdue)


async def is_held(life: Life) -> None:
    """Have somebody hold it."""
    await waiting(life.handle)
    held = await life.update("hold", HoldRequest(reason="case 1"))
    assert isinstance(held, Status)


async def is_held_for_an_hour(life: Life) -> None:
    """Have somebody hold it for a while, which passes."""
    await waiting(life.handle)
    now = await life.environment.get_current_time()
    until = now + timedelta(hours=1)
    held = await life.update("hold", HoldRequest(reason="case 1", until=until))
    assert isinstance(held, Status)
    await life.environment.sleep(timedelta(hours=2))


async def is_due(life: Life) -> None:
    """Have its archive be due."""
    await waiting(life.handle)
    await life.environment.sleep(timedelta(days=167))


async def is_to_be_scanned_again(life: Life) -> None:
    """Have its documents be unscanned, so that the scanner is asked again."""
    await waiting(life.handle)
    await life.environment.sleep(timedelta(hours=1))


STEPS: list[tuple[str, Tell]] = [
    ("store_documents", arrives),
    ("scan_documents", arrives),
    ("match_position", arrives),
    ("deliver", arrives),
    ("note_delivered", arrives),
    ("note_scan", is_to_be_scanned_again),
    ("note_closing", closes),
    ("note_flag", is_late),
    ("note_hold", is_held),
    ("end_hold", is_held_for_an_hour),
    ("pack", is_due),
    ("retire", is_due),
]
# Those that hold the lock, run beside, or ask others: one of each is enough.
_TELLING = {"match_position", "note_delivered", "note_hold", "end_hold", "retire"}


def of_steps(steps: list[tuple[str, Tell]]) -> pytest.MarkDecorator:
    """Run a test for each of them."""
    return pytest.mark.parametrize(
        ("step", "tell"), steps, ids=[name for name, _ in steps]
    )


@asynccontextmanager
async def troubled(
    environment: WorkflowEnvironment,
    settings: Settings,
    applications: StoredApplications,
    ats: Receiver,
    step: str,
) -> AsyncIterator[Life]:
    """Take an application in, with a scanner that is away, and a step that fails."""
    trouble = Trouble(own_pace=10_000 if THOROUGH else 8)
    trouble.failing.add(step)
    scanner = Path(settings.store.removeprefix("file:")).with_name("clamd")
    named = settings.model_copy(
        update={
            "clamd": str(scanner) if "scan" in step else "",
            "delivery_url": ats.url,
            "delivery_secret": (SecretStr(SECRET),),
        }
    )
    async with running_worker(trouble.upon(environment.client), named):
        handle = await arrive(environment, named, applications, str(uuid4()))
        yield Life(environment, named, applications, trouble, scanner, handle)


async def until_failing(life: Life, step: str) -> None:
    """Wait until the step is under way, and has failed some times."""

    async def is_pending() -> bool:
        return step in await life.pending()

    await eventually(is_pending)


async def a_month(life: Life) -> None:
    """Let the sweep and the watch tell it what they do, and the time pass."""
    for _ in range(20):
        await start_application(
            life.environment.client, life.settings.task_queue, life.handle.id
        )
    for _ in range(3):
        await life.handle.signal(ApplicationWorkflow.overdue)
    await days_pass(life.environment, MONTH)


@pytest.fixture(name="ats")
def _ats(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Receiver() as ats:
        yield ats


@pytest.mark.timeout(600)
@of_steps(STEPS)
async def test_a_step_that_failed_for_a_month_holds_up_nobody_and_goes_on(  # noqa: PLR0913, PLR0917
    skipping: WorkflowEnvironment,
    settings: Settings,
    applications: StoredApplications,
    ats: Receiver,
    caplog: pytest.LogCaptureFixture,
    step: str,
    tell: Tell,
) -> None:
    """Short history, one alarm, people answered; then archived, and the ATS told."""
    caplog.set_level(logging.ERROR)
    async with troubled(skipping, settings, applications, ats, step) as life:
        await tell(life)
        await until_failing(life, step)
        await a_month(life)
        length = await life.length()
        status = await life.status()
        held = await life.update("hold", HoldRequest(reason="case 4711"))
        refused = await life.update("erase", EraseRequest(reason="17"))
        assigned = await life.update("assign_position", Assignment(reference=OPEN))
        released = await life.update("hold", HoldRequest(release=True))
        life.trouble.free()
        if step == "deliver":
            # Given up after three days each: a person sends them again.
            await life.handle.execute_update("deliver", result_type=Status)
        await life.handle.signal(ApplicationWorkflow.redelivered)
        async with life.scanner_is_back():
            await skipping.sleep(timedelta(days=200))
            ended = await life.handle.result()

    alarms = [one for one in caplog.messages if "archive overdue" in one]
    print(f"{step}: {length} events")  # noqa: T201 a figure for whoever reads the log
    # Nobody waits for more than a day for a scanner.
    assert step != "scan_documents" or status.archive_by
    assert length < MAX_EVENTS
    assert len(alarms) == 1
    assert Flag.OVERDUE in status.flags
    assert isinstance(held, Status)
    assert Flag.HELD in held.flags
    assert refused == "RefusedError"
    assert isinstance(assigned, Status) or assigned in REFUSALS
    assert isinstance(released, Status)
    assert Flag.HELD not in released.flags
    assert ended.stage is Stage.ARCHIVED
    assert not ended.unscanned
    told = {"application.recorded", "application.archived"}
    assert told <= {*ats.types(life.handle.id)}


@pytest.mark.timeout(600)
@of_steps([one for one in STEPS if THOROUGH or one[0] in _TELLING])
async def test_an_erasure_outdoes_a_step_that_failed_for_a_month(  # noqa: PLR0913, PLR0917
    skipping: WorkflowEnvironment,
    settings: Settings,
    applications: StoredApplications,
    ats: Receiver,
    step: str,
    tell: Tell,
) -> None:
    """Erased at once, while the step still fails; nothing of it is left."""
    async with troubled(skipping, settings, applications, ats, step) as life:
        await tell(life)
        await until_failing(life, step)
        await a_month(life)
        if (await life.status()).flags and Flag.HELD in (await life.status()).flags:
            await life.update("hold", HoldRequest(release=True))
        erased = await life.update("erase", EraseRequest(reason="17"))
        store = open_store(settings)
        left = [one.key for one in store.list(f"applications/{life.handle.id}")]
        life.trouble.free()
        await skipping.sleep(timedelta(days=2))
        ended = await life.handle.result()

    assert isinstance(erased, Status), erased
    assert ended.stage is Stage.ERASED
    assert "application.erased" in ats.types(life.handle.id)
    assert erased.stage is Stage.ERASED
    assert not left
    assert applications.ended(life.handle.id) is Stage.ERASED
