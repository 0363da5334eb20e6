"""What is counted by Temporal's visibility, on a real server with our attributes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from api.metrics import Metrics
from letterbox.domain.application import Flag, Stage
from letterbox.domain.watching import OpenApplications
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.monitoring import TemporalWatch
from tests.support import eventually

NOW = datetime.now(UTC)
MARGIN = timedelta(days=14)


async def start(
    client: Client,
    queue: str,
    stage: Stage,
    *flags: Flag,
    due: datetime | None = None,
) -> None:
    """Have an open application stand so, for which no worker is there."""
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(attributes.STAGE, stage.value),
        SearchAttributePair(attributes.FLAGS, [flag.value for flag in flags]),
    ]
    if due:
        pairs.append(SearchAttributePair(attributes.ARCHIVE_BY, due))
    await client.start_workflow(
        "Application",
        "careerjet:1",
        id=f"careerjet:{uuid4()}",
        task_queue=queue,
        search_attributes=TypedSearchAttributes(pairs),
    )


async def test_what_is_late_unrecorded_or_unavailable_is_counted(
    temporal_client: Client,
) -> None:
    """Each by its own rule; what is well, and another queue's, is in none."""
    queue, other = str(uuid4()), str(uuid4())
    later = NOW + timedelta(days=3)
    # Half of the margin after it was due an archive is late.
    long_due, just_due = later - timedelta(days=8), later - timedelta(days=6)
    for at in (queue, other):
        for _ in range(2 if at == queue else 5):
            await start(temporal_client, at, Stage.MATCHED, due=long_due)
        await start(temporal_client, at, Stage.MATCHED, due=just_due)
        await start(temporal_client, at, Stage.RECEIVED)
        await start(temporal_client, at, Stage.RECEIVED, Flag.UNAVAILABLE, due=just_due)
        for _ in range(2):
            await start(
                temporal_client, at, Stage.TRIAGE, Flag.HELD, Flag.UNAVAILABLE, due=NOW
            )
    watch = TemporalWatch(temporal_client, queue, MARGIN)
    expected = OpenApplications(overdue=2, unrecorded=1, unavailable=3)

    async def is_counted() -> bool:
        return (await watch.read(later)).applications == expected

    await eventually(is_counted)
    # What has just come in has two days to be recorded.
    assert (await watch.read(NOW)).applications.unrecorded == 0
    metrics = Metrics()
    metrics.gauges.set_temporal(await watch.read(later))
    told = {
        sample.name: sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
    }
    assert told["letterbox_archives_overdue"] == 2
    assert told["letterbox_applications_unrecorded"] == 1
    assert told["letterbox_applications_unavailable"] == 3
