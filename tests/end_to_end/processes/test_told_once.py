"""Whatever dies while applications are recorded and told: each event, under one id."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random, SystemRandom
from typing import BinaryIO
from uuid import uuid4

import pytest

from letterbox.boards.base import Head
from letterbox.boards.indeed import BOARD as INDEED
from letterbox.domain.application import Stage
from letterbox.domain.submission import Submission
from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.posted import PostedBody
from tests.factories import careerjet
from tests.receiver import SECRET, Receiver
from tests.support import THOROUGH, wait_until

pytestmark = pytest.mark.processes

APPLICATIONS = 400 if THOROUGH else 40
KILLS = 10 if THOROUGH else 2
_WITHIN = 240 if THOROUGH else 120
VICTIMS = [("worker",), ("temporal",)] if THOROUGH else [("worker", "temporal")]
TYPES = ["application.matched", "application.recorded"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("victims", VICTIMS, ids="-".join)
async def test_each_event_is_delivered_under_one_id_whatever_kills_the_worker(
    victims: Sequence[str], tmp_path: Path
) -> None:
    """Killed at random while the backlog is worked off."""
    seed = SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # noqa: T201 a failure must be repeatable
    random = Random(seed)  # noqa: S311 no secret
    with Receiver() as ats:
        async with _backlog(tmp_path, ats) as (at, ids):
            programs = {"worker": at.worker, "temporal": at.temporal}
            at.worker.launch()
            points = sorted(random.sample(range(1, APPLICATIONS * 9 // 10), KILLS))
            for turn, point in enumerate(points):
                await asyncio.to_thread(_until_done, at, APPLICATIONS - point)
                victim = programs[victims[turn % len(victims)]]
                victim.kill()
                victim.launch()
            await asyncio.to_thread(
                wait_until, lambda: len(ats.events) >= 2 * APPLICATIONS, _WITHIN
            )
            await asyncio.to_thread(wait_until, lambda: _all_noted(at, ids), _WITHIN)

    told = Counter(
        (event["data"]["id"], event["type"]) for event in ats.events.values()
    )
    assert told == Counter((one, type_) for one in ids for type_ in TYPES)


def _until_done(at: Installation, left: int) -> None:
    wait_until(lambda: at.waiting() <= left, _WITHIN)


def _all_noted(at: Installation, ids: Sequence[str]) -> bool:
    """Tell whether every record says that the ATS has it, and is owed nothing."""
    records = map(at.applications.find, ids)
    return all(
        record and record.stage is Stage.DELIVERED and not record.owed
        for record in records
    )


def _posted() -> tuple[Submission, Mapping[str, BinaryIO]]:
    """Make a delivery of a board that posts bodies, and its documents' contents."""
    body = BytesIO(json.dumps(PostedBody().said()).encode())
    received = INDEED.receive(Head({}, {}), body, datetime.now(UTC), INDEED.settings())
    return received.submission, received.contents


@asynccontextmanager
async def _backlog(
    folder: Path, ats: Receiver
) -> AsyncIterator[tuple[Installation, list[str]]]:
    """Have so many applications accepted and started, and nobody at work."""
    settings = {"LETTERBOX_DELIVERY_URL": ats.url, "LETTERBOX_DELIVERY_SECRET": SECRET}
    with installation(folder, **settings) as at:
        import_sample_positions(at.store)
        at.temporal.start()
        client = await at.connect()
        ids = []
        for turn in range(APPLICATIONS):
            delivery, contents = _posted() if turn % 2 else careerjet(str(uuid4()))
            at.applications.accept(delivery, contents)
            for content in contents.values():
                content.close()
            ids.append(delivery.application_id)
            await at.begin(client, ids[-1])
        yield at, ids
