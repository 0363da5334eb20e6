"""A hundred thousand applications: no page of the desk is slow for it."""

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from statistics import median

import pytest
import pytest_asyncio
from anyio import to_thread
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from letterbox.domain import keys
from tests.api.desk.signed_in import Desk, page_of, signed_in
from tests.api.desk.test_lists import following, ids_in
from tests.api.operator.operator_server import open_operator_server
from tests.end_to_end.processes.installation import temporal_program
from tests.support import THOROUGH, free_port

pytestmark = [
    pytest.mark.skipif(not THOROUGH, reason="it takes half a minute: THOROUGH=1"),
    pytest.mark.timeout(600),
]

MANY = 100_000
WITHIN = 0.3
COPIED = (
    "INSERT INTO executions_visibility (namespace_id, run_id, start_time,"
    " execution_time, workflow_id, workflow_type_name, status, history_length, memo,"
    " encoding, task_queue, search_attributes, root_workflow_id, root_run_id)"
    " WITH RECURSIVE counted(n) AS"
    " (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :number)"
    " SELECT namespace_id, lower(hex(randomblob(16))),"
    " strftime('%Y-%m-%d %H:%M:%f+00:00', start_time, '-' || (n * 20) || ' seconds'),"
    " execution_time, workflow_id || '-' || n, workflow_type_name, status,"
    " history_length, memo, encoding, task_queue, search_attributes,"
    " root_workflow_id, root_run_id"
    " FROM executions_visibility, counted WHERE workflow_id = :copied"
)


@pytest_asyncio.fixture(name="crowded", scope="module", loop_scope="session")
async def _crowded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """Have copies of two applications: a tenth of them is in triage."""
    folder, port = tmp_path_factory.mktemp("crowded"), free_port()
    program = temporal_program(folder, port)
    try:
        program.start()
        address = f"127.0.0.1:{port}"
        client = await Client.connect(address, data_converter=pydantic_data_converter)
        async with (
            open_operator_server(folder, client, address) as server,
            signed_in(server) as desk,
        ):
            matched = await server.recorded()
            waits = await server.recorded(job_id="nobody-knows-it")
            await to_thread.run_sync(_copy, folder, matched, MANY * 9 // 10)
            await to_thread.run_sync(_copy, folder, waits, MANY // 10)
            yield desk
    finally:
        program.end()


def _copy(folder: Path, application_id: str, number: int) -> None:
    """Copy an application, in Temporal's lists and in the store."""
    with closing(sqlite3.connect(folder / "temporal.db", timeout=60)) as database:
        database.execute(COPIED, {"number": number, "copied": application_id})
        database.commit()
    body = (folder / "store" / keys.record(application_id)).read_bytes()
    for copy in range(1, min(number, MANY // 10) + 1):
        copied = folder / "store" / keys.record(f"{application_id}-{copy}")
        copied.parent.mkdir()
        copied.write_bytes(body)


async def _seconds(desk: Desk, address: str, times: int = 5) -> tuple[float, str]:
    """Return how long a page takes, and what is on it."""
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        page = await desk.open(address)
        took.append(time.perf_counter() - began)
    return median(took), page


@pytest.mark.parametrize(
    "address",
    [
        "/desk/applications",
        "/desk/applications?stage=",
        "/desk/applications?stage=&flag=held",
        "/desk/applications?stage=matched&board=careerjet&from=2020-01-01",
        "/desk/applications?stage=triage&hirer=nobody",
        "/desk/positions",
        "/desk/holds",
        "/desk/journal",
        "/desk",
    ],
)
async def test_a_page_takes_less_than_a_third_of_a_second(
    address: str, crowded: Desk
) -> None:
    """Whatever is filtered; the charts are counted behind it."""
    took, page = await _seconds(crowded, address)

    assert "<h1>" in page
    assert took < WITHIN


async def test_the_tenth_page_is_as_quick_as_the_first(crowded: Desk) -> None:
    """Each has all that it may have."""
    address: str | None = "/desk/applications?stage="
    for _ in range(9):
        assert address
        page = await crowded.open(address)
        assert len(ids_in(page)) == 50
        address = following(page)
    assert address

    took, _ = await _seconds(crowded, address)

    assert took < WITHIN


async def test_one_of_many_is_found_and_shown_at_once(crowded: Desk) -> None:
    """By its id; the page asks for nobody else."""
    [first, *_] = ids_in(await crowded.open("/desk/applications"))

    took, _ = await _seconds(crowded, page_of(first))

    assert took < WITHIN


async def test_the_charts_are_there_in_the_end(crowded: Desk) -> None:
    """Every one of them is counted once: the second time is quick."""
    deadline = time.monotonic() + 120
    while "Last 24 hours" not in (page := await crowded.open("/desk")):
        assert time.monotonic() < deadline

    took, _ = await _seconds(crowded, "/desk")

    assert took < WITHIN
    assert page.count("<figure>") == 2
