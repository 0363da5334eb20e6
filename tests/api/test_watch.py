"""What is watched in the background, and told to Prometheus."""

import io
import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleState,
)

from api.metrics import Metrics
from api.watch import Watch, WatchSources
from letterbox.ats.switch import DeliverySwitch
from letterbox.catalogue.feeds.read import read_feed
from letterbox.catalogue.imports.report import ImportOrder
from letterbox.catalogue.imports.run import CatalogueImport
from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.watching import InboxState, OpenApplications, TemporalState
from letterbox.monitoring import StoreWatch
from letterbox.storage.directory import DirectoryStore
from letterbox.temporal.client import start_application
from letterbox.temporal.monitoring import TemporalWatch
from tests.support import eventually

NOTHING = TemporalState(OpenApplications(0, 0, 0))
MARGIN = timedelta(days=14)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> DirectoryStore:
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    return store


async def _nothing() -> TemporalState:
    return NOTHING


@asynccontextmanager
async def watched(
    store: DirectoryStore, inbox: Callable[[], InboxState] | None = None
) -> AsyncIterator[tuple[Watch, Metrics]]:
    """Watch a store, and a Temporal of which there is nothing to tell."""
    stored, metrics = StoreWatch(store), Metrics()
    watch = Watch(
        WatchSources(
            inbox=inbox or stored.inbox,
            audit=stored.audit,
            catalogue=stored.catalogue,
            is_delivery_disabled=stored.is_delivery_disabled,
            temporal=_nothing,
        ),
        metrics.gauges,
    )
    async with watch.running():
        yield watch, metrics


def told(metrics: Metrics) -> dict[str, float]:
    """Read all gauges, under their names and labels."""
    return dict(_samples(metrics))


def _samples(metrics: Metrics) -> Iterator[tuple[str, float]]:
    for family in metrics.registry.collect():
        for sample in family.samples:
            yield ",".join([sample.name, *sample.labels.values()]), sample.value


async def test_the_store_is_told_of(store: DirectoryStore) -> None:
    """Depth and age of the inbox, the last audit, the catalogue."""
    for number in range(3):
        store.put(keys.inbox_record("careerjet:1", f"{number}"), b"{}")
    store.put(
        "audit/last.json",
        b'{"ran_at": "2026-11-30T01:00:00Z", "fine": false,'
        b' "findings": {"archive-overdue": 2}, "added": "later"}',
    )
    body = io.BytesIO(b'[{"reference": "DEV-17"}]')
    CatalogueImport(store).run(read_feed(body), ImportOrder(source="test"))

    async with watched(store) as (watch, metrics):

        async def is_told() -> bool:
            await watch.refresh_inbox()
            return told(metrics).get("letterbox_catalogue_whole") == 1

        await eventually(is_told)

    found = told(metrics)
    assert found["letterbox_inbox_depth"] == 3
    assert 0 <= found["letterbox_inbox_oldest_seconds"] < 60
    assert found["letterbox_inbox_read_timestamp_seconds"] > 0
    assert found["letterbox_audit_findings,archive-overdue"] == 2
    assert found["letterbox_audit_fine"] == 0
    ran_at = datetime(2026, 11, 30, 1, tzinfo=UTC).timestamp()
    assert found["letterbox_audit_last_run_timestamp_seconds"] == ran_at


@pytest.mark.parametrize("body", [b"", b"[]", b'{"ran_at": 7}', b'{"fine": true}'])
def test_a_source_that_cannot_be_read_sets_no_gauge(
    body: bytes, store: DirectoryStore
) -> None:
    """A source that fails or hangs does not stop the watch."""
    store.put("audit/last.json", body)
    store.put(keys.CATALOGUE_STATUS, body)

    assert StoreWatch(store).audit() is None
    assert not StoreWatch(store).catalogue().is_whole


async def test_an_address_that_is_off_is_told_until_it_is_on_again(
    store: DirectoryStore,
) -> None:
    """By what the store says, however long ago the last event was."""
    switch = DeliverySwitch(store)
    switch.disable("http://127.0.0.1/ats")

    async with watched(store) as (_, metrics):

        async def is_told() -> bool:
            return told(metrics).get("letterbox_delivery_disabled") == 1

        await eventually(is_told)
    off = [
        StoreWatch(store, url).is_delivery_disabled()
        for url in (None, "http://127.0.0.1/ats", "http://127.0.0.1/another")
    ]
    switch.enable()

    assert off == [True, True, False]
    assert not StoreWatch(store).is_delivery_disabled()


async def test_a_store_that_cannot_be_listed_is_not_a_number(
    store: DirectoryStore,
) -> None:
    """And the time of the last reading stays what it was."""

    def fail() -> InboxState:
        raise StoreUnavailableError("away")

    async with watched(store, fail) as (watch, metrics):
        await watch.refresh_inbox()

    assert math.isnan(told(metrics)["letterbox_inbox_depth"])
    assert math.isnan(told(metrics)["letterbox_inbox_read_timestamp_seconds"])


async def test_nobody_waits_for_a_store_that_hangs(store: DirectoryStore) -> None:
    """However many ask, one thread waits; nothing is told of the inbox."""
    gate, asked = Event(), []

    def hang() -> InboxState:
        asked.append(1)
        gate.wait()
        return InboxState(0, None)

    async with watched(store, hang) as (watch, metrics):
        for _ in range(3):
            await watch.refresh_inbox()
        gate.set()

    assert len(asked) == 1
    assert math.isnan(told(metrics)["letterbox_inbox_depth"])


async def test_temporal_is_told_of(temporal_client: Client) -> None:
    """Open applications of the task queue, and its schedules by their short names."""
    queue = f"watch-{uuid4()}"
    watch = TemporalWatch(temporal_client, queue, MARGIN)
    before = await watch.read()
    await start_application(temporal_client, queue, f"careerjet:{uuid4()}")
    name = f"{queue}-inbox-sweep"
    await temporal_client.create_schedule(
        name,
        Schedule(
            action=ScheduleActionStartWorkflow("Never", id=name, task_queue=queue),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(timedelta(hours=1))]),
            state=ScheduleState(paused=True),
        ),
        trigger_immediately=True,
    )

    async def has_run() -> bool:
        [schedule] = (await watch.read()).schedules
        return schedule.last_run is not None

    await eventually(has_run)
    found = await watch.read()
    await temporal_client.get_schedule_handle(name).delete()
    assert before == NOTHING
    assert found.applications == OpenApplications(0, 0, 0)
    [schedule] = found.schedules
    assert (schedule.name, schedule.is_paused) == ("inbox-sweep", True)
    assert schedule.every == timedelta(hours=1)
    assert schedule.last_success is None
    metrics = Metrics()
    metrics.gauges.set_temporal(found)
    assert told(metrics)["letterbox_schedule_interval_seconds,inbox-sweep"] == 3600
    assert told(metrics)["letterbox_schedule_paused,inbox-sweep"] == 1
