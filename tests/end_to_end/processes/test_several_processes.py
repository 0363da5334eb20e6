"""``--processes``: whatever ends, applications are kept and nothing is left behind."""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from prometheus_client.parser import text_string_to_metric_families

from letterbox.temporal import namespace
from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.flood import Flood
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.posted import assert_kept_once, invented
from tests.end_to_end.processes.program import Program
from tests.end_to_end.processes.several import all_end, children, with_processes
from tests.support import THOROUGH, answers, free_port, http, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("several")]

_POSTED = 40


@contextmanager
def several(folder: Path) -> Iterator[Installation]:
    """Make one of two API processes, by the option, and two workers, by the setting."""
    settings = {
        "LETTERBOX_WORKER_METRICS": f"127.0.0.1:{free_port()}",
        "LETTERBOX_WORKER_PROCESSES": "2",
    }
    with installation(folder, **settings) as made:
        import_sample_positions(made.store)
        with_processes(made.api, "api", 2, "--processes", "2")
        with_processes(made.worker, "worker", 2)
        yield made


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Make one of which at most one part runs, and no Temporal."""
    with several(tmp_path_factory.mktemp("alone")) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Start all of one."""
    with several(tmp_path_factory.mktemp("several")) as made:
        made.start()
        yield made


def restarted(program: Program) -> list[tuple[int, str]]:
    """Return which processes were started again, and how they had ended."""
    return [
        (event["process_number"], event["how"])
        for event in program.events()
        if event["event"] == "a process ended and is started again"
    ]


def by_process(page: str, sample: str) -> Counter[str]:
    """Add up a metric for each process that tells it."""
    found: Counter[str] = Counter()
    for family in text_string_to_metric_families(page):
        for each in family.samples:
            if each.name == sample:
                found[each.labels["process"]] += int(each.value)
    return found


async def test_metrics_of_all_processes_are_one_page_and_connections_spread(
    shared: Installation,
) -> None:
    """Whichever is asked tells the same; none of the two answers all."""
    postings = [invented(Random(number)) for number in range(_POSTED)]  # noqa: S311
    with Flood(shared.api.apply_url, postings).pouring():
        pass
    shared.settle()

    for _ in range(6):
        counted = by_process(shared.api.get("/metrics").text, "letterbox_answers_total")
        assert set(counted) == {"1", "2"}
        assert sum(counted.values()) == _POSTED
        assert min(counted.values()) > 0
    page = http().get(worker_metrics(shared))
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/plain")
    assert set(by_process(page.text, "temporal_worker_start_total")) == {"1", "2"}
    assert http().get(worker_metrics(shared, "/")).status_code == 404
    # As `letterbox doctor` counts them.
    assert await namespace.count_pollers(await shared.connect(), "letterbox") == 2


def test_no_application_is_lost_whichever_process_is_killed_or_stopped(
    shared: Installation,
) -> None:
    """One of each kind is killed, then all get SIGTERM while requests are under way."""
    numbers = range(_POSTED, 2 * _POSTED)  # Others than before.
    postings = [invented(Random(number)) for number in numbers]  # noqa: S311
    shared.start()
    flood = Flood(shared.api.apply_url, postings)

    with flood.pouring():
        wait_until(lambda: flood.done() > 0.2)
        for program in (shared.api, shared.worker):
            children(program)[0].kill()
        for program in (shared.api, shared.worker):
            wait_until(lambda program=program: restarted(program))  # type: ignore[misc]
            assert restarted(program) == [(1, "was killed by SIGKILL")]
        wait_until(lambda: flood.done() > 0.5)
        for program in (shared.api, shared.worker):
            running = children(program)
            assert program.stop() == 0
            all_end(running)
        shared.start()
    shared.settle()

    assert set(flood.answers.values()) == {200}
    for posting in postings:
        assert_kept_once(shared, posting)


def worker_metrics(at: Installation, path: str = "/metrics") -> str:
    """Return where the workers' metrics are."""
    return f"http://127.0.0.1:{metrics_port(at)}{path}"


def metrics_port(at: Installation) -> int:
    """Return their port."""
    return int(at.environment["LETTERBOX_WORKER_METRICS"].rpartition(":")[2])


def test_workers_of_which_none_answers_have_no_metrics(at: Installation) -> None:
    """What asks whether a worker works is told that none does."""
    at.worker.launch()
    wait_until(lambda: len(children(at.worker)) == 2)
    running = children(at.worker)

    for child in running:
        child.suspend()
    try:
        wait_until(lambda: answers(metrics_port(at)))
        status = http().get(worker_metrics(at)).status_code
    finally:
        for child in running:
            child.resume()

    assert status == 503


@pytest.mark.parametrize("kind", ["api", "worker"])
def test_a_second_sigterm_leaves_no_process_behind(kind: str, at: Installation) -> None:
    """Who is impatient sends it twice, or sends SIGINT after it."""
    program = launched(at, kind)
    running = children(program)

    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
        program.running.send_signal(number)

    assert program.wait() == 0
    all_end(running)


@pytest.mark.parametrize("kind", ["api", "worker"])
def test_processes_end_with_a_parent_that_is_killed(
    kind: str, at: Installation
) -> None:
    """The worker's wait for a Temporal that is not there."""
    program = launched(at, kind)
    running = children(program)

    program.kill()

    assert len(running) == 2
    all_end(running)


def launched(at: Installation, kind: str) -> Program:
    """Start one kind unless it runs, and wait until its processes are at work."""
    program = at.api if kind == "api" else at.worker
    sign = '"api ready"' if kind == "api" else '"Temporal is unavailable"'
    if not program.is_running:
        program.launch()
    wait_until(lambda: sign in program.said() and len(children(program)) == 2)
    return program


@pytest.mark.skipif(not THOROUGH, reason="its pauses take half a minute")
def test_workers_that_cannot_start_end_with_one_line(at: Installation) -> None:
    """Without a store each ends at once, and so does their parent in the end."""
    with at.without_store():
        at.worker.launch()
        assert at.worker.wait() == 1

    assert len(restarted(at.worker)) >= 5
    last = at.worker.said().splitlines()[-1]
    assert last.startswith("error: worker process ")
    assert "after 5 restarts within five minutes" in last
