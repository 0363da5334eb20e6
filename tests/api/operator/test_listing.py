"""GET /applications, by what Temporal knows."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from letterbox.temporal import search_attributes as attributes
from tests.api.operator.operator_server import OperatorServer
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("operator")

Handle = WorkflowHandle[Any, Any]


class Listed:
    """Applications of one position, as far as Temporal knows: no worker has them."""

    def __init__(self, server: OperatorServer) -> None:
        self.server = server
        self.position = f"R {uuid4()}"
        self._started: list[Handle] = []

    async def start(
        self,
        application_id: str | None = None,
        *,
        stage: str = "matched",
        board: str = "careerjet",
        flags: Sequence[str] = (),
        task_queue: str = "",
    ) -> Handle:
        """Have one more."""
        known: list[SearchAttributePair[Any]] = [
            SearchAttributePair(attributes.BOARD, board),
            SearchAttributePair(attributes.STAGE, stage),
            SearchAttributePair(attributes.POSITION, self.position),
            SearchAttributePair(attributes.HIRER, "Post"),
            SearchAttributePair(attributes.FLAGS, list(flags)),
        ]
        application_id = application_id or f"{board}:{uuid4()}"
        handle: Handle = await self.server.temporal.start_workflow(
            "Application",
            application_id,
            id=application_id,
            task_queue=task_queue or self.server.settings.task_queue,
            # Nobody is to work on it: it stands where it is said to stand.
            start_delay=timedelta(days=1),
            search_attributes=TypedSearchAttributes(known),
        )
        self._started.append(handle)
        return handle

    async def page(self, **asked: Any) -> Any:
        """Ask for a page of this position's applications."""
        asked = {"position": self.position, **asked}
        answer = await self.server.http.get("/applications", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ids(self, **asked: Any) -> list[str]:
        """Read the list to its end, page by page."""
        page = await self.page(**asked)
        found = page["items"]
        while page["next"]:
            page = await self.page(**asked, cursor=page["next"])
            found += page["items"]
        return [item["id"] for item in found]

    async def until(self, ids: set[str], **asked: Any) -> None:
        """Wait until they are listed: visibility follows, soon."""

        async def are_listed() -> bool:
            return set(await self.ids(**asked)) == ids

        await eventually(are_listed, 10)

    async def end(self) -> None:
        """Leave none of them behind."""
        for started in self._started:
            handle = self.server.temporal.get_workflow_handle(started.id)
            if (await handle.describe()).close_time is None:
                await handle.terminate()


@pytest_asyncio.fixture(name="listed")
async def _listed(server: OperatorServer) -> AsyncIterator[Listed]:
    listed = Listed(server)
    yield listed
    await listed.end()


async def test_an_installation_lists_its_own_applications_only(listed: Listed) -> None:
    """A namespace may have several, each with a task queue of its own."""
    ours = await listed.start()
    await listed.start(task_queue="another's")
    await listed.start(task_queue=f"{listed.server.settings.task_queue}-2")

    async def are_known() -> bool:
        query = f'LetterboxPosition="{listed.position}"'
        return (await listed.server.temporal.count_workflows(query)).count == 3

    # What is not listed must be there to be listed.
    await eventually(are_known)
    assert await listed.ids() == [ours.id]


async def test_a_listed_application_shows_where_it_stands(
    server: OperatorServer,
) -> None:
    """It is as in the record, and has nothing of the candidate."""
    application_id = await server.recorded()
    record = server.records.applications.find(application_id)
    assert record

    async def item() -> dict[str, Any]:
        listed = (await server.http.get("/applications", params={"limit": 200})).json()
        return next(one for one in listed["items"] if one["id"] == application_id)

    async def is_matched() -> bool:
        return str((await item())["stage"]) == "matched"

    await eventually(is_matched, 10)
    result = await item()
    assert result == {
        "id": application_id,
        "stage": "matched",
        "board": "careerjet",
        "position": record.position.reference,
        "hirer": None,
        "flags": list(record.flags),
        "archive_by": result["archive_by"],
        "received_at": result["received_at"],
        "job_reference": None,
        "triage": None,
    }
    due, began = (
        datetime.fromisoformat(result[name]) for name in ("archive_by", "received_at")
    )
    assert abs(due - record.archive_by) < timedelta(milliseconds=1)
    assert timedelta(0) <= began - record.received_at < timedelta(seconds=30)


async def test_each_application_is_on_one_page_only(listed: Listed) -> None:
    """The list has more than two pages, and the last has no cursor."""
    ids = {(await listed.start()).id for _ in range(5)}
    await listed.until(ids)

    found = await listed.ids(limit=2)

    assert sorted(found) == sorted(ids)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"stage": "triage"}, {"one"}),
        ({"board": "seek"}, {"two"}),
        ({"flag": "region"}, {"two", "three"}),
        ({"flag": "held"}, {"three"}),
        ({"flag": "held", "stage": "matched"}, {"three"}),
        ({"flag": "held", "stage": "triage"}, set()),
        ({"board": '" OR ExecutionStatus = "Running'}, set()),
        ({"position": 'x" OR LetterboxBoard = "seek'}, set()),
        ({"position": "\\"}, set()),
    ],
)
async def test_filters_are_combined(
    asked: dict[str, str], wanted: set[str], listed: Listed
) -> None:
    """What passes all of them is listed; a value is never taken for a query."""
    handles = {
        "one": await listed.start(stage="triage"),
        "two": await listed.start(board="seek", flags=["region"]),
        "three": await listed.start(flags=["held", "region"]),
    }
    await listed.until({one.id for one in handles.values()})

    found = await listed.ids(**asked)

    assert set(found) == {handles[name].id for name in wanted}


async def test_applications_are_filtered_by_the_time_of_receipt(listed: Listed) -> None:
    """The first moment counts, the second does not: adjoining windows share nothing."""
    ids = [(await listed.start()).id for _ in range(3)]
    await listed.until(set(ids))
    items = (await listed.page())["items"]
    moments = {item["id"]: item["received_at"] for item in items}
    first, middle, last = (moments[one] for one in ids)

    assert await listed.ids(received_after=middle) == [ids[2], ids[1]]
    assert await listed.ids(received_before=middle) == [ids[0]]
    assert await listed.ids(received_after=first, received_before=last) == [
        ids[1],
        ids[0],
    ]
    assert await listed.ids(received_after="0001-01-01T00:00:00+14:00") == ids[::-1]
    assert await listed.ids(received_after="8999-12-31T23:59:59-14:00") == []


async def test_an_application_that_was_started_anew_is_listed_once(
    listed: Listed,
) -> None:
    """It is listed as it stands now: an earlier run is not an application."""
    first = await listed.start(stage="triage")
    await first.terminate()
    await listed.start(first.id, stage="matched")

    await listed.until({first.id}, stage="matched")

    assert await listed.ids() == [first.id]
    assert await listed.ids(stage="triage") == []


async def test_what_was_started_anew_after_its_end_came_when_it_did(
    listed: Listed,
) -> None:
    """An erasure of what was archived is no receipt, in lists and in filters."""
    first = await listed.start(stage="archived")
    began = (await first.describe()).start_time
    await first.terminate()
    erasure = await listed.start(first.id, stage="erased")
    await erasure.terminate()
    erased_at = (await erasure.describe()).start_time.isoformat()

    async def have_ended() -> bool:
        listing = listed.server.temporal.list_workflows(
            f"LetterboxPosition = '{listed.position}' AND CloseTime IS NOT NULL"
        )
        return len([one async for one in listing]) == 2

    await eventually(have_ended, 10)
    [item] = (await listed.page(stage="erased"))["items"]
    assert datetime.fromisoformat(item["received_at"]) == began
    assert await listed.ids(stage="erased", received_after=erased_at) == []


async def test_the_last_of_several_ended_runs_is_listed(listed: Listed) -> None:
    """An archived application that somebody held has ended twice."""
    first = await listed.start(stage="triage")
    await first.terminate()
    second = await listed.start(first.id, stage="archived")
    await second.terminate()
    other = await listed.start(stage="erased")
    await other.terminate()

    async def have_ended() -> bool:
        listing = listed.server.temporal.list_workflows(
            f"LetterboxPosition = '{listed.position}' AND CloseTime IS NOT NULL"
        )
        return len([one async for one in listing]) == 3

    await eventually(have_ended, 10)
    assert sorted(await listed.ids()) == sorted([first.id, other.id])
    assert await listed.ids(limit=1, stage="archived") == [first.id]
    assert await listed.ids(stage="triage") == []


async def test_a_cursor_for_other_filters_or_an_invented_one_is_400(
    listed: Listed,
) -> None:
    """Temporal is not asked then."""
    ids = {(await listed.start()).id for _ in range(2)}
    await listed.until(ids)
    cursor = (await listed.page(limit=1))["next"]
    asked: list[dict[str, Any]] = [
        {"cursor": cursor},
        {"cursor": cursor, "position": listed.position, "stage": "matched"},
        {"cursor": cursor[:-1] + "!", "position": listed.position},
        {"cursor": "A" + cursor, "position": listed.position},
        {"cursor": "", "position": listed.position},
        {"cursor": "é", "position": listed.position},
    ]

    answers = [
        await listed.server.http.get("/applications", params=one) for one in asked
    ]
    by_person = await listed.server.http.get(
        "/applications",
        params={"cursor": cursor, "position": listed.position},
        headers={"X-Candidate-Email": "ada@example.com"},
    )

    assert [one.status_code for one in (*answers, by_person)] == [400] * 7
    assert (await listed.page(limit=200, cursor=cursor))["items"]


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "many"},
        {"stage": "Ada"},
        {"flag": "Ada"},
        {"received_after": "2026-03-01T12:00:00"},
        {"received_after": "2026-03-01"},
        {"received_after": "1700000000"},
        {"recieved_after": "2026-03-01T12:00:00Z"},
        {"candidate": "ada@example.com"},
        {"ada@example.com": "1"},
    ],
)
async def test_an_undocumented_filter_is_422(
    asked: dict[str, str], server: OperatorServer
) -> None:
    """A misspelt filter would list everything; the answer does not repeat it."""
    answer = await server.http.get("/applications", params=asked)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "ada" not in answer.text.lower()
    assert answer.json()["errors"][0]["at"][0] == "query"


async def test_times_in_filters_may_have_any_offset(listed: Listed) -> None:
    """Microseconds are understood too."""
    ids = {(await listed.start()).id}
    await listed.until(ids)
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    assert set(await listed.ids(received_before=tomorrow.isoformat())) == ids


@pytest.mark.parametrize("name", ["board", "position"])
async def test_what_no_database_can_hold_is_what_nothing_has(
    name: str, listed: Listed
) -> None:
    """Asked for a null character, Temporal would seem to be away."""
    assert (await listed.page(**{name: "nothing\0has this"}))["items"] == []
