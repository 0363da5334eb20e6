"""A hundred thousand applications and entries: the API's memory does not grow."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx
import pytest
import pytest_asyncio

from letterbox.domain.journal import JournalEntry, day_of, digest
from letterbox.domain.journal_actions import JournalAction
from tests.api.desk.crowded import MANY, Crowded
from tests.api.operator.serving import TOKEN
from tests.end_to_end.processes.installation import Api
from tests.end_to_end.processes.program import Command
from tests.support import LETTERBOX, ROOT, THOROUGH, answers, free_port

pytestmark = [
    pytest.mark.skipif(not THOROUGH, reason="it takes minutes: THOROUGH=1"),
    pytest.mark.timeout(1200),
    pytest.mark.xdist_group("desk-many"),
]

log = logging.getLogger(__name__)

# What an allocator keeps of what was freed differs by some, from one try to the next.
GROWTH_MIB = 16.0
WITHIN = 0.3
_PAGES = (
    "/desk/applications?stage=",
    "/desk/applications",
    "/desk/applications?stage=matched&board=careerjet&from=2020-01-01",
    "/desk",
    "/desk/positions",
    "/desk/holds",
    "/desk/journal",
)


@pytest.fixture(name="api", scope="module")
def _api(crowd: Crowded) -> Iterator[Api]:
    """Run another API over the same, as a process of its own."""
    settings, port = crowd.desk.server.settings, free_port()
    command = Command(
        name="measured",
        words=(*LETTERBOX, "api"),
        environment={
            "PYTHONPATH": str(ROOT),
            "LETTERBOX_STORE": settings.store,
            "LETTERBOX_TASK_QUEUE": settings.task_queue,
            "LETTERBOX_OPERATOR_TOKEN": TOKEN,
            "LETTERBOX_DIGEST_KEY": "a key of digests",
            "LETTERBOX_API_PORT": str(port),
            "TEMPORAL_ADDRESS": crowd.temporal,
        },
        folder=crowd.folder,
        is_ready=lambda _: answers(port),
    )
    api = Api(command, f"http://127.0.0.1:{port}")
    try:
        api.start()
        yield api
    finally:
        api.end()


@pytest_asyncio.fixture(name="http", loop_scope="session")
async def _http(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """Be both: a program with a token, and a person who has signed in."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(
        base_url=api.url, headers=headers, timeout=120
    ) as http:
        await http.post("/desk/sign-in", data={"token": TOKEN})
        yield http


def resident(api: Api) -> float:
    """Return what the process has in memory, in MiB."""
    pages = Path(f"/proc/{api.running.pid}/statm").read_text(encoding="ascii").split()
    return int(pages[1]) * 4096 / 2**20


async def _ask(http: httpx.AsyncClient, times: int) -> None:
    for _ in range(times):
        answers_ = await asyncio.gather(*(http.get(page) for page in _PAGES))
        assert {answer.status_code for answer in answers_} == {200}


async def test_hundreds_of_pages_cost_no_memory(
    api: Api, http: httpx.AsyncClient
) -> None:
    """Once each page was shown some times."""
    await _ask(http, 30)
    before = resident(api)

    await _ask(http, 100)

    after = resident(api)
    log.info("pages: %.1f to %.1f MiB", before, after)
    assert after - before < GROWTH_MIB


@pytest.mark.parametrize(("kind", "others"), [("csv", 1), ("ndjson", 0)])
async def test_a_list_of_all_is_sent_as_it_is_read(
    kind: str, others: int, api: Api, http: httpx.AsyncClient
) -> None:
    """A line each, and no more in memory for the last of them than for the first."""
    address = f"/applications.{kind}"
    assert (await http.get(address, params={"stage": "triage"})).is_success
    before = highest = resident(api)
    lines, began = 0, time.monotonic()

    async with http.stream("GET", address) as answer:
        async for piece in answer.aiter_bytes():
            lines += piece.count(b"\n")
            highest = max(highest, resident(api))

    took = time.monotonic() - began
    log.info(
        "%s: %.1f to %.1f MiB, %d lines, %.0f s", kind, before, highest, lines, took
    )
    assert lines == MANY + 2 + others
    assert highest - before < GROWTH_MIB


async def test_a_journal_of_as_many_entries_is_read_in_pages(
    crowd: Crowded, api: Api, http: httpx.AsyncClient
) -> None:
    """Over a hundred days; and the latest page is as quick as with ten of them."""
    await asyncio.to_thread(_write_journal, crowd.folder / "store")
    params: dict[str, str] = {"limit": "200"}
    for _ in range(5):
        params = await _next(http, params)
    before, took = resident(api), []

    for _ in range(100):
        began = time.monotonic()
        params = await _next(http, params)
        took.append(time.monotonic() - began)
    pages = [await _timed(http, "/desk/journal") for _ in range(5)]

    after = resident(api)
    log.info("journal: %.1f to %.1f MiB, %.3f s", before, after, median(took))
    log.info("/desk/journal: %.3f s", median(pages))
    assert after - before < GROWTH_MIB
    assert median(pages) < WITHIN


async def _timed(http: httpx.AsyncClient, address: str) -> float:
    began = time.monotonic()
    assert (await http.get(address)).status_code == 200
    return time.monotonic() - began


async def _next(http: httpx.AsyncClient, params: dict[str, str]) -> dict[str, str]:
    page = (await http.get("/journal", params=params)).json()
    assert len(page["items"]) == 200
    return params | {"cursor": page["next"]}


def _write_journal(store: Path) -> None:
    """Write one chain, as fast as files are made."""
    at = datetime.now(UTC) - timedelta(days=100)
    previous, day = None, None
    for number in range(1, MANY + 1):
        at += timedelta(days=100) / MANY
        entry = JournalEntry(
            what=JournalAction.READ,
            operator="jane.doe",
            by="operator API: jane.doe",
            application=f"careerjet:{number % 5000}",
            request_id="request-1",
            at=at,
            chain="0123456789abcdef",
            number=number,
            previous=previous,
            previous_day=day,
        )
        body = entry.body()
        path = store / entry.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        previous, day = digest(body), day_of(at)
