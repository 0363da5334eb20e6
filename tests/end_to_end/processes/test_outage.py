"""What is down delays work and loses nobody; only the store's absence refuses."""

import json
from collections.abc import Iterator
from random import Random
from time import monotonic

import pytest

from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.elsewhere import ELSEWHERE
from tests.end_to_end.processes.flood import Flood
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.kinds import KINDS
from tests.end_to_end.processes.posted import (
    PostedApplication,
    assert_kept_once,
    invented,
)
from tests.support import eventually, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("outage")]

_SETTLES_WITHIN = 120
_QUICKLY = 20  # Seconds for fifteen, on a machine that does other things too.
_AWAY = "Temporal is unavailable"
_random = Random(1)  # noqa: S311 no secret


@pytest.fixture(name="shared", scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("outage")
    with installation(folder, **ELSEWHERE.settings) as made:
        import_sample_positions(made.store)
        yield made


@pytest.fixture(name="at")
def _at(shared: Installation) -> Installation:
    """Have all of it running, with nothing left to do."""
    shared.start()
    shared.settle(_SETTLES_WITHIN)
    return shared


def test_applications_are_accepted_without_temporal_and_recorded_once_it_is_back(
    at: Installation,
) -> None:
    """Temporal being down is no reason to refuse, nor to be called unready."""
    arrivals = _arrivals(15)
    at.temporal.kill()
    began = monotonic()

    _all_accepted(at, arrivals)

    assert monotonic() - began < _QUICKLY
    ready = at.api.get("/readyz")
    assert (ready.status_code, ready.json()["temporal"]) == (200, "unreachable")
    assert at.waiting() == len(arrivals)
    at.temporal.start()
    _all_kept(at, arrivals)


async def test_applications_wait_until_a_worker_starts(at: Installation) -> None:
    """Workflows are started without one; the first to come does the work."""
    assert at.worker.stop() == 0
    client = await at.connect()
    query = 'WorkflowType = "Application"'
    before = (await client.count_workflows(query)).count
    arrivals = _arrivals(10)

    _all_accepted(at, arrivals)

    async def started() -> bool:
        count = (await client.count_workflows(query)).count
        return count == before + len(arrivals)

    await eventually(started)
    assert at.waiting() == len(arrivals)
    at.worker.start()
    _all_kept(at, arrivals)


def test_a_worker_whose_store_goes_away_and_comes_back_loses_nothing(
    at: Installation,
) -> None:
    """The steps are tried again until the store is there; the board is told so."""
    arrivals = _arrivals(10)
    at.worker.pause()
    _all_accepted(at, arrivals)

    with at.without_store():
        at.worker.resume()
        wait_until(lambda: _failures(at, "StoreUnavailableError") >= len(arrivals))
        refused = PostedApplication().post(at.api.apply_url)

    assert refused.status_code == 418
    assert refused.json()["status"] == "unexpected error"
    _all_kept(at, arrivals)


def test_a_worker_told_to_stop_finishes_what_it_holds(at: Installation) -> None:
    """SIGTERM in the middle of the work: exit code 0, and the next one goes on."""
    arrivals = _arrivals(20)
    flood = Flood(at.api.apply_url, arrivals)

    with flood.pouring():
        wait_until(lambda: len(flood.answers) > len(arrivals) // 2)
        code = at.worker.stop()
    said = [event.get("event") for event in at.worker.events()]
    at.worker.start()

    assert code == 0
    assert "worker draining" in said
    assert said[-1] == "worker stopped"
    _all_kept(at, arrivals)


def test_an_api_told_to_stop_answers_whom_it_has_heard(at: Installation) -> None:
    """SIGTERM in the middle of the answers: exit code 0, and nobody has half one."""
    arrivals = _arrivals(25)
    flood = Flood(at.api.apply_url, arrivals)

    with flood.pouring():
        wait_until(lambda: len(flood.answers) > len(arrivals) // 2)
        code = at.api.stop()
        at.api.start()

    assert code == 0
    assert set(flood.answers.values()) == {200, 204}
    _all_kept(at, arrivals)


def test_an_api_that_began_without_temporal_finds_it_later(at: Installation) -> None:
    """Its own starts work then: of what comes next nothing is left to the sweep."""
    at.api.stop()
    at.temporal.kill()
    at.api.start()
    early, late = _arrivals(8), _arrivals(8)
    _all_accepted(at, early)
    wait_until(lambda: at.api.said().count('"left to the sweep"') == len(early), 90)
    # So that the next test finds an outage that has lasted.
    wait_until(lambda: _AWAY in at.worker.said(), 90)
    at.temporal.start()
    wait_until(lambda: at.api.get("/readyz").json()["temporal"] == "ok")

    _all_accepted(at, late)

    _all_kept(at, [*early, *late])
    assert at.api.said().count('"left to the sweep"') == len(early)


def test_every_line_of_every_log_is_json_during_an_outage(at: Installation) -> None:
    """What the SDK says of itself included, of an outage that lasts."""
    if _AWAY not in at.worker.log.read_text():
        at.temporal.kill()
        _all_accepted(at, _arrivals(1))
        wait_until(lambda: _AWAY in at.worker.said(), 90)
        at.temporal.start()

    logs = [program.log.read_text() for program in (at.api, at.worker)]

    lines = [json.loads(line) for log in logs for line in log.splitlines()]
    assert all({"level", "timestamp"} <= set(line) for line in lines)


def _arrivals(number: int) -> list[PostedApplication]:
    return [invented(_random, kind=KINDS[turn % len(KINDS)]) for turn in range(number)]


def _all_accepted(at: Installation, submissions: list[PostedApplication]) -> None:
    flood = Flood(at.api.apply_url, submissions)
    with flood.pouring():
        pass
    assert flood.answers == {one.id: one.accepted for one in submissions}


def _all_kept(at: Installation, submissions: list[PostedApplication]) -> None:
    at.settle(_SETTLES_WITHIN)
    for one in submissions:
        assert_kept_once(at, one)


def _failures(at: Installation, error: str) -> int:
    return sum(event.get("error") == error for event in at.worker.events())
