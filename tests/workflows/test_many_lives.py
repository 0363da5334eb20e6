"""A thousand applications (see THOROUGH), and what befalls them in half a year."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from temporalio.testing import WorkflowEnvironment

from letterbox.domain.application import Stage
from letterbox.domain.commands import Assignment, HoldRequest
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records, open_store
from letterbox.settings import Settings
from tests.support import THOROUGH
from tests.workflows.time_skipping import Handle, arrive
from workflows.application import ApplicationWorkflow

APPLICATIONS = 1000 if THOROUGH else 60
ROUNDS = 8
STEP = timedelta(days=18)
DAYS_OF_ARCHIVING = 150
CONCURRENCY = 32


@dataclass(frozen=True)
class World:
    """Where months pass in seconds, and what befalls applications there."""

    environment: WorkflowEnvironment
    settings: Settings
    applications: StoredApplications
    chance: random.Random

    async def arrive(self, uuid: str) -> Handle:
        """Have one apply, without a CV."""
        name = f"Example{self.chance.randrange(10**6)}"
        return await arrive(
            self.environment,
            self.settings,
            self.applications,
            uuid,
            lastname=name,
            cv=None,
        )

    async def befall(self, handle: Handle) -> None:
        """Close its position, send another view, hold, release or assign it."""
        acts = (self._close, self._redeliver, self._hold, self._assign)
        await self.chance.choice(acts)(handle)

    async def _close(self, handle: Handle) -> None:
        ago = timedelta(days=self.chance.randrange(-5, 40))
        now = await self.environment.get_current_time()
        await handle.signal(ApplicationWorkflow.position_closed, now - ago)

    async def _redeliver(self, handle: Handle) -> None:
        await self.arrive(handle.id.partition(":")[2])

    async def _hold(self, handle: Handle) -> None:
        release = self.chance.random() < 0.5
        given = HoldRequest(reason="case 4711", release=release)
        await handle.execute_update("hold", given)

    async def _assign(self, handle: Handle) -> None:
        given = Assignment(reference="20240107-123456-7890")
        await handle.execute_update("assign_position", given)


async def each(
    act: Callable[[Handle], Awaitable[object]], handles: Sequence[Handle]
) -> None:
    """Do something with all of them, a number at a time."""
    for start in range(0, len(handles), CONCURRENCY):
        await asyncio.gather(*map(act, handles[start : start + CONCURRENCY]))


@pytest.mark.timeout(600)
async def test_all_are_archived_in_time_and_none_too_soon(
    working: WorkflowEnvironment, settings: Settings, applications: StoredApplications
) -> None:
    """Whatever happens: after the window's end less the margin, and before its end."""
    chance = random.Random(180)  # noqa: S311 nothing is kept secret by it
    world = World(working, settings, applications, chance)
    archives = open_records(settings, open_store(settings)).archives
    uuids = [str(UUID(int=chance.getrandbits(128))) for _ in range(APPLICATIONS)]

    handles: list[Handle] = []
    for start in range(0, APPLICATIONS, CONCURRENCY):
        some = uuids[start : start + CONCURRENCY]
        handles += await asyncio.gather(*map(world.arrive, some))
        await working.sleep(timedelta(hours=16))
    for _ in range(ROUNDS):
        await each(world.befall, chance.sample(handles, APPLICATIONS // 10))
        await working.sleep(STEP)
    for _ in range(DAYS_OF_ARCHIVING):
        # The server answers a sleep only once all that it sets off is done.
        await working.sleep(timedelta(days=1))

    async def check(handle: Handle) -> None:
        status = await handle.result()
        ended = (await handle.describe()).close_time
        record = archives.record(handle.id)
        assert status.stage is Stage.ARCHIVED
        assert ended
        assert record.archive_by <= ended < record.window_end

    await each(check, handles)
