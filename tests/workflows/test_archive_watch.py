"""What is late is found from outside, whatever step keeps it from being archived."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from structlog.testing import capture_logs
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.watching import WatchActivities
from letterbox.domain import keys
from letterbox.domain.application import Flag
from letterbox.domain.messages import WatchInput, WatchResult
from letterbox.domain.retention import overdue_after
from letterbox.domain.status import Status
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.temporal.client import search_attributes_of, start_application
from letterbox.temporal.schedules import ARCHIVE_WATCH, required_schedules, schedule_id
from letterbox.temporal.visibility import ArchiveLists
from tests.factories import careerjet
from tests.support import eventually
from tests.workflows.running_worker import running_worker
from workflows.scheduled import ArchiveWatch

SECOND = timedelta(seconds=1)


async def watch(client: Client, settings: Settings, given: WatchInput) -> WatchResult:
    """Take one look."""
    return await client.execute_workflow(
        ArchiveWatch.run, given, id=str(uuid4()), task_queue=settings.task_queue
    )


@pytest.mark.parametrize("body", [b"{]", b"", None], ids=["damaged", "empty", "lost"])
async def test_a_record_that_is_gone_is_found_to_be_overdue(
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    body: bytes | None,
) -> None:
    """Flagged in the status and in Temporal's lists, once, and by its own watch."""
    short = settings.model_copy(
        update={"retention": 3 * SECOND, "archive_margin": SECOND}
    )
    delivery, contents = careerjet(str(uuid4()))
    one = delivery.application_id
    applications.accept(delivery, contents)
    handle = temporal_client.get_workflow_handle(one)
    store = open_store(settings)
    given = WatchInput(overdue_after=SECOND, every=timedelta(minutes=10))
    other = settings.model_copy(update={"task_queue": str(uuid4())})
    async with (
        running_worker(temporal_client, short),
        running_worker(temporal_client, other),
    ):
        await start_application(temporal_client, short.task_queue, one)

        async def is_recorded() -> bool:
            return await asyncio.to_thread(applications.find, one) is not None

        await eventually(is_recorded)
        if body is None:
            store.delete(keys.record(one))
        else:
            store.put(keys.record(one), body)
        found: list[WatchResult] = []

        async def is_late() -> bool:
            status = await handle.query("status", result_type=Status)
            return bool(status.archive_by) and datetime.now(UTC) > status.archive_by

        # Not by the watch, which is two workflows a look.
        await eventually(is_late)

        async def is_found() -> bool:
            assert await watch(temporal_client, other, given) == WatchResult()
            found.append(await watch(temporal_client, short, given))
            return found[-1].overdue == 1

        await eventually(is_found)
        flags = (await handle.query("status", result_type=Status)).flags

        async def is_listed() -> bool:
            query = f'WorkflowId="{one}" AND LetterboxFlags="overdue"'
            return (await temporal_client.count_workflows(query)).count == 1

        await eventually(is_listed)
        again = await watch(temporal_client, short, given)
        await handle.terminate("a test")

    assert Flag.OVERDUE in flags
    assert again == WatchResult()


async def test_what_was_never_recorded_is_said_once_a_day(
    temporal_client: Client, settings: Settings
) -> None:
    """Open for days without a record: in the one look a day that is its own."""
    one = f"careerjet:{uuid4()}"
    await temporal_client.start_workflow(
        "Application",
        one,
        id=one,
        task_queue=settings.task_queue,
        search_attributes=search_attributes_of(one),
    )

    async def is_listed() -> bool:
        return (await temporal_client.count_workflows(f'WorkflowId="{one}"')).count == 1

    await eventually(is_listed)
    activities = WatchActivities(ArchiveLists(temporal_client, settings.task_queue))
    given = WatchInput(
        overdue_after=SECOND, every=timedelta(minutes=10), unrecorded_after=timedelta(0)
    )
    later = given.model_copy(update={"unrecorded_after": timedelta(minutes=-30)})
    with capture_logs() as logs:
        first = await ActivityEnvironment().run(activities.watch_archives, given)
        second = await ActivityEnvironment().run(activities.watch_archives, later)
    await temporal_client.get_workflow_handle(one).terminate("a test")

    assert first.unrecorded == second.unrecorded == 1
    lines = [line for line in logs if line["event"] == "not recorded for days"]
    assert [line["application"] for line in lines] == [one]


@pytest.mark.parametrize(
    ("retention", "margin", "after"),
    [
        (timedelta(days=180), timedelta(days=14), timedelta(days=7)),
        (timedelta(days=180), timedelta(0), timedelta(minutes=10)),
        (timedelta(seconds=60), timedelta(seconds=20), timedelta(seconds=20)),
    ],
)
def test_when_an_archive_is_overdue(
    retention: timedelta, margin: timedelta, after: timedelta
) -> None:
    """Half the margin, and no less than a backlog takes, in a window of any length."""
    settings = Settings(retention=retention, archive_margin=margin)

    schedule = required_schedules(settings)[
        schedule_id(settings.task_queue, ARCHIVE_WATCH)
    ]

    assert overdue_after(retention, margin) == after
    assert schedule.spec.intervals[0].every == min(timedelta(minutes=10), after)
