"""An ATS that hangs holds up neither boards nor archives."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client

from letterbox.domain.application import Stage
from letterbox.temporal.client import start_application
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.factories import careerjet
from tests.receiver import SECRET, Fault, Receiver
from tests.support import THOROUGH, eventually

pytestmark = pytest.mark.processes

TOLD = 60
ROUNDS = 5 if THOROUGH else 1
# Of a machine that does other things too; an attempt costs the ATS's slots ten.
_A_MOMENT = 2.0
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture(name="desk")
async def _desk(tmp_path: Path, temporal_client: Client) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, temporal_client) as desk:
        yield desk


async def accept(desk: Desk, received_at: datetime | None = None) -> str:
    """Accept an application and start it, as the API does."""
    delivery, contents = careerjet(str(uuid4()), received_at=received_at)
    one = delivery.application_id
    await asyncio.to_thread(desk.applications.accept, delivery, contents)
    await start_application(desk.client, desk.settings.task_queue, one)
    return one


async def seconds(desk: Desk) -> float:
    """Measure how long a due archive and a SEEK application take, together."""
    began = time.perf_counter()
    due = await accept(desk, LONG_AGO)
    emitted = await desk.apply()

    async def is_archived() -> bool:
        return await asyncio.to_thread(desk.applications.ended, due) is Stage.ARCHIVED

    await asyncio.gather(eventually(is_archived, 60), desk.recorded(emitted))
    assert of(emitted)
    return time.perf_counter() - began


@pytest.mark.timeout(300)
async def test_boards_and_archives_do_not_wait_for_an_ats_that_hangs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not half as long again, with the events of 60 applications in its slots."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Receiver() as ats:
        named = {"delivery_url": ats.url, "delivery_secret": (SecretStr(SECRET),)}
        settings = desk.settings.model_copy(update=named)
        told = replace(desk, settings=settings)
        async with told.working():
            await seconds(told)
            without = max([await seconds(told) for _ in range(ROUNDS)])
            ats.answers.extend([Fault.SILENT] * 100 * TOLD)
            before = len(ats.attempts)
            await asyncio.gather(*(accept(told) for _ in range(TOLD)))

            async def hangs() -> bool:
                return len(ats.attempts) >= before + settings.worker_concurrency

            await eventually(hangs)
            await eventually(lambda: asyncio.to_thread(_is_empty, told))
            with_it = min([await seconds(told) for _ in range(ROUNDS)])

    assert with_it < 1.5 * without + _A_MOMENT


def _is_empty(desk: Desk) -> bool:
    return not any(True for _ in desk.store.list("inbox/"))
