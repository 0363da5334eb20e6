"""Applications of both boards through all of it, and one of each killed on the way."""

from collections import Counter
from pathlib import Path
from random import Random, SystemRandom

import pytest

from letterbox.domain import keys
from seek_sandbox.control import SandboxControl
from seek_sandbox.orders import ApplicationOrder
from tests.end_to_end.processes.flood import Flood
from tests.end_to_end.processes.notice import Notice, notices
from tests.end_to_end.processes.posted import (
    PostedApplication,
    assert_kept_once,
    invented,
)
from tests.end_to_end.processes.topology import Topology, topology
from tests.support import THOROUGH, eventually, wait_until

pytestmark = pytest.mark.processes

APPLICATIONS = 2000 if THOROUGH else 50
_OF_SEEK = APPLICATIONS * 3 // 10
_CV_SIZE = 2_000
_SETTLES_WITHIN = 600


@pytest.mark.timeout(900)
async def test_no_application_is_lost_or_taken_twice_while_processes_are_killed(
    tmp_path: Path,
) -> None:
    """An API, a worker and Temporal are killed; what has no answer is sent again."""
    seed = SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # noqa: T201 a failure must be repeatable
    random = Random(seed)  # noqa: S311 no secret
    posted = [invented(random, size=_CV_SIZE) for _ in range(APPLICATIONS - _OF_SEEK)]
    with topology(tmp_path) as at:
        told = await _noticed(at, random)
        flood = Flood(
            at.apply_urls, random.sample([*posted, *told], len(posted) + len(told))
        )

        with flood.pouring():
            _kill_one_of_each(at, flood)
        at.settle(_SETTLES_WITHIN)

        assert Counter(flood.answers.values()) == {200: len(posted), 204: len(told)}
        _assert_kept(at, flood, posted, told)
        assert await _started(at) == _ids(posted, told)


async def _noticed(at: Topology, random: Random) -> list[Notice]:
    """Have people apply at SEEK, which the test then gives notice of."""
    order = ApplicationOrder(count=_OF_SEEK, attachments=["Resume"], deliver=False)
    async with SandboxControl(at.seek_url) as seek:
        return list(notices(random, await seek.apply(order)))


def _kill_one_of_each(at: Topology, flood: Flood) -> None:
    """Kill in the middle of the answers; each comes back, as under an orchestrator."""
    victims = (at.apis[0], at.workers[0], at.temporal)
    for quarter, victim in enumerate(victims, 1):
        wait_until(lambda q=quarter: flood.done() >= q / 4, 300)  # type: ignore[misc]
        print(f"{victim.command.name} is killed")  # noqa: T201 as the seed
        victim.kill()
        victim.start()


def _assert_kept(
    at: Topology, flood: Flood, posted: list[PostedApplication], told: list[Notice]
) -> None:
    """Find each once: all of its record, and a view for each time it was told of."""
    kept = {found.key for found in at.store.list(keys.APPLICATIONS)}
    records = {key for key in kept if key.endswith("/application.json")}
    assert records == set(map(keys.record, _ids(posted, told)))
    for one in posted:
        assert_kept_once(at, one)
    for notice in told:
        for name in notice.applications:
            record = at.applications.find(name)
            assert record
            assert 1 <= len(record.views) <= flood.tries[notice.id]
            assert {one.problem for one in record.attachments} == {None}


def _ids(posted: list[PostedApplication], told: list[Notice]) -> set[str]:
    return {one.id for one in posted} | {
        name for notice in told for name in notice.applications
    }


async def _started(at: Topology) -> set[str]:
    """Name the applications that have a workflow: as many as there are workflows."""
    client = await at.connect()
    query = 'WorkflowType = "Application"'

    async def all_show() -> bool:
        return (await client.count_workflows(query)).count >= APPLICATIONS

    await eventually(all_show)
    runs = [found.id async for found in client.list_workflows(query)]
    assert len(runs) == APPLICATIONS
    return set(runs)
