"""Whatever is killed while applications arrive: each is kept, exactly once."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random, SystemRandom

import pytest

from letterbox.domain.commands import StatusReport
from letterbox.domain.ids import from_key_part
from letterbox.domain.key_owners import placed
from letterbox.domain.standing import CandidateStatus, Reporting
from letterbox.temporal.updates import Updates
from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.elsewhere import ELSEWHERE
from tests.end_to_end.processes.flood import Flood
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.kinds import KINDS
from tests.end_to_end.processes.posted import (
    PostedApplication,
    PostedBody,
    assert_kept_once,
    invented,
)
from tests.end_to_end.processes.told_indeed import ToldIndeed
from tests.support import THOROUGH, eventually, wait_until

pytestmark = pytest.mark.processes

ACCEPTED = 200 if THOROUGH else 100
REFUSED = 30
STATUSES = (CandidateStatus.CONTACTED, CandidateStatus.INTERVIEWED)
_SETTLES_WITHIN = 120
_VICTIMS = (
    [
        ("worker", "api", "temporal", "worker", "api"),
        ("worker",) * 2,
        ("api",) * 3,
        ("temporal",) * 2,
    ]
    if THOROUGH
    else [("worker", "api", "temporal")]
)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("victims", _VICTIMS, ids="-".join)
async def test_each_application_survives_random_kills_exactly_once(
    victims: Sequence[str], tmp_path: Path
) -> None:
    """
    Kill at random while a hundred arrive: nothing is lost, doubled, or kept unasked.

    One of them has two statuses that its board is owed when the killing begins: the
    first was sent, and not noted to be; the second was noted, and not sent.
    """
    seed = SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # noqa: T201 a failure must be repeatable
    random = Random(seed)  # noqa: S311 no secret
    kinds = [KINDS[turn % len(KINDS)] for turn in range(ACCEPTED)]
    good = [invented(random, kind=kind) for kind in kinds]
    bad = _refusable(random)
    settings = ELSEWHERE.settings
    with (
        ToldIndeed() as board,
        installation(tmp_path, **board.settings, **settings) as at,
    ):
        import_sample_positions(at.store)
        at.start()
        owed = await _with_statuses(at, board, good[kinds.index(PostedBody)])
        flood = Flood(
            at.api.apply_url, random.sample([*good, *bad], ACCEPTED + REFUSED)
        )

        with flood.pouring():
            _kill(at, victims, flood, random)
        at.settle(_SETTLES_WITHIN)
        told = board.told.copy()
        board.answer()
        wait_until(lambda: _reported(at, owed) == [Reporting.SENT] * 2, 90)

        accepted = Counter(one.accepted for one in good)
        assert Counter(flood.answers.values()) == {**accepted, 403: 15, 410: 15}
        assert {one.id for one in good} == _kept(at) == await _started(at)
        for one in good:
            assert_kept_once(at, one)
        _assert_told(owed, told, board.told, is_resent="worker" in victims)


async def _with_statuses(
    at: Installation, board: ToldIndeed, one: PostedApplication
) -> PostedApplication:
    """Report two statuses of an application to a board that hangs."""
    assert one.post(at.api.apply_url).status_code == 200
    at.recorded(one.id)
    updates = Updates(await at.connect(), "letterbox")
    board.hang()
    for minute, status in enumerate(STATUSES):
        changed_at = datetime.now(UTC) - timedelta(minutes=5 - minute)
        report = StatusReport(id=status.value, status=status, changed_at=changed_at)
        noted = await updates.report_status(one.id, report)
        assert noted.reporting is Reporting.OWED
    await eventually(partial(_has_been_told, board))
    return one


async def _has_been_told(board: ToldIndeed) -> bool:
    return bool(board.told)


def _reported(at: Installation, one: PostedApplication) -> list[Reporting]:
    record = at.applications.find(one.id)
    assert record
    return [change.reporting for change in record.status_changes]


def _assert_told(
    one: PostedApplication,
    before: list[tuple[str, str]],
    told: list[tuple[str, str]],
    *,
    is_resent: bool,
) -> None:
    """Find each status told at least once, in order, and of this application alone."""
    assert {board_id for board_id, _ in told} == {one.uuid}
    assert {word for _, word in before} == {"NEW", "CONTACTED"}
    words = [word for _, word in told]
    assert list(dict.fromkeys(words)) == ["NEW", "CONTACTED", "INTERVIEW"]
    assert words.index("INTERVIEW") == len(words) - words.count("INTERVIEW")
    assert words.count("CONTACTED") >= 1 + is_resent


def _refusable(random: Random) -> list[PostedApplication]:
    """Invent applications that are not signed, or for no position of ours."""
    unsigned = {"source_signature": "0" * 32}
    half = [
        PostedApplication(uuid=invented(random).uuid, changes=unsigned)
        for _ in range(REFUSED // 2)
    ]
    return [
        *half,
        *(
            PostedApplication(uuid=invented(random).uuid, job_id="no-such")
            for _ in half
        ),
    ]


def _kill(
    at: Installation, victims: Sequence[str], flood: Flood, random: Random
) -> None:
    """Kill one after the other as the work goes on, at points that nobody chose."""
    programs = {"worker": at.worker, "api": at.api, "temporal": at.temporal}

    def done() -> int:
        """Count answers, and those taken over: no point waits for a dead process."""
        accepted = sum(answer < 300 for answer in list(flood.answers.values()))
        return 2 * accepted - at.waiting()

    points = sorted(random.sample(range(1, 2 * ACCEPTED * 3 // 4), len(victims)))
    for point, victim in zip(points, victims, strict=True):
        wait_until(lambda point=point: done() >= point, 60)  # type: ignore[misc]
        print(f"{victim} is killed at {done()}")  # noqa: T201 as the seed
        programs[victim].kill()
        programs[victim].start()


def _kept(at: Installation) -> set[str]:
    """Tell which applications have anything in the store."""
    return {
        from_key_part(found.part) or found.part
        for area in ("applications/", "inbox/")
        for stored in at.store.list(area)
        if (found := placed(stored.key))
    }


async def _started(at: Installation) -> set[str]:
    """Tell the applications that have a workflow, once Temporal shows all of them."""
    client = await at.connect()
    query = 'WorkflowType = "Application"'

    async def all_show() -> bool:
        return (await client.count_workflows(query)).count >= ACCEPTED

    await eventually(all_show)
    runs = [found.id async for found in client.list_workflows(query)]
    assert len(runs) == ACCEPTED
    return set(runs)
