"""What an ATS that has said 410 is owed meanwhile, open or over, is told later."""

import asyncio
from asyncio import to_thread
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest
from temporalio.client import Client

from letterbox.ats.switch import DeliverySwitch
from letterbox.audit.workflows import AuditedWorkflows
from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox.domain.commands import EraseRequest
from letterbox.domain.errors import RefusedError
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.records.owed_events import StoredOwedEvents, owed_applications
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.temporal.updates import Updates
from tests.receiver import Answer, Receiver
from tests.support import eventually
from tests.workflows.intake import (
    OPEN,
    accepted,
    archived,
    settings_with_ats,
    wait_for_events,
)
from tests.workflows.running_worker import running_worker, wait_until_idle
from tests.workflows.step_interceptors import QuickDelivery


@pytest.fixture(name="store")
def _store(settings: Settings) -> ObjectStore:
    return open_store(settings)


@pytest.fixture(name="ats")
def _ats() -> Iterator[Receiver]:
    with Receiver() as ats:
        yield ats


async def test_what_an_ats_is_owed_while_it_is_gone_is_told_once_it_is_back(
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    store: ObjectStore,
    ats: Receiver,
) -> None:
    """Of open, archived and erased ones, each event once, however often it is asked."""
    told = settings_with_ats(settings, ats.url)
    updates = Updates(temporal_client, told.task_queue)
    DeliverySwitch(store).disable(ats.url)
    async with running_worker(temporal_client, told):
        waits = await accepted(temporal_client, told, applications, OPEN)
        over = await archived(temporal_client, told, applications, OPEN)
        gone = await accepted(temporal_client, told, applications, OPEN)
        await updates.erase(gone, EraseRequest(reason="asked"))
        await temporal_client.get_workflow_handle(gone).result()
        # Another run finds it still disabled, and keeps what it was to tell.
        await updates.catch_up(over)
        await temporal_client.get_workflow_handle(over).result()
        kept = StoredOwedEvents(store).find(over)
        before = len(ats.attempts)

        DeliverySwitch(store).enable()
        ids = sorted(await to_thread(lambda: list(owed_applications(store))))
        await asyncio.gather(*(updates.catch_up(one) for one in ids))
        await asyncio.gather(*(updates.catch_up(one) for one in ids))
        await wait_for_events(ats, waits, "recorded", "matched")
        await wait_for_events(ats, over, "recorded", "matched", "archived")
        await wait_for_events(ats, gone, "recorded", "matched", "erased")
        await wait_until_idle(temporal_client.get_workflow_handle(waits))
        for one in (over, gone):
            await temporal_client.get_workflow_handle(one).result()

    assert before == 0
    assert ids == sorted([waits, over, gone])
    assert set(Counter(one.id for one in ats.attempts).values()) == {1}
    of_over = [one.id for one in ats.attempts if one.event["data"]["id"] == over]
    assert of_over == [event.delivery_id for event in kept]
    assert list(store.list(keys.OWED)) == []
    record = applications.find(waits)
    assert record
    assert (record.stage, record.owed) == (Stage.DELIVERED, ())


async def test_the_audit_s_repair_tells_what_is_owed_and_nothing_besides(
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    store: ObjectStore,
    ats: Receiver,
) -> None:
    """Under the ids that the record has: no event is added to them."""
    told = settings_with_ats(settings, ats.url)
    loop = asyncio.get_running_loop()
    workflows = AuditedWorkflows(temporal_client, told.task_queue, loop)
    DeliverySwitch(store).disable(ats.url)
    async with running_worker(temporal_client, told):
        one = await accepted(temporal_client, told, applications, OPEN)
        await wait_until_idle(temporal_client.get_workflow_handle(one))
        record = applications.find(one)
        DeliverySwitch(store).enable()
        await to_thread(workflows.deliver, one)
        await wait_for_events(ats, one, "recorded", "matched")
        await wait_until_idle(temporal_client.get_workflow_handle(one))

    assert record
    assert [event.delivery_id for event in record.owed] == [
        attempt.id for attempt in ats.attempts
    ]


async def test_without_an_ats_nothing_that_is_owed_is_forgotten(
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    store: ObjectStore,
    ats: Receiver,
) -> None:
    """Catching up is refused, with the setting that is missing."""
    told = settings_with_ats(settings, ats.url)
    DeliverySwitch(store).disable(ats.url)
    async with running_worker(temporal_client, told):
        over = await archived(temporal_client, told, applications, OPEN)
    kept = StoredOwedEvents(store).find(over)
    # The last worker with an ATS has been gone for days.
    store.delete(keys.DELIVERY_PRESENT)
    without = settings.model_copy(update={"task_queue": str(uuid4())})
    async with running_worker(temporal_client, without):
        with pytest.raises(RefusedError, match="LETTERBOX_DELIVERY_URL"):
            await Updates(temporal_client, without.task_queue).catch_up(over)

    assert len(kept) == 3
    assert StoredOwedEvents(store).find(over) == kept


async def test_whatever_an_ats_answers_but_2xx_is_tried_again(
    temporal_client: Client,
    settings: Settings,
    applications: StoredApplications,
    store: ObjectStore,
    ats: Receiver,
) -> None:
    """A wrong address, a rotated secret, a redirect, a deploy: never dropped."""
    again = {"Retry-After": "0", "Location": "http://127.0.0.1:1/"}
    statuses = (410, 404, 302, 308, 401, 403, 400, 422, 429, 503, 410, 410)
    ats.answers.extend(Answer(status, again) for status in statuses)
    told = settings_with_ats(settings, ats.url)
    async with running_worker(temporal_client, told, QuickDelivery()):
        one = await accepted(temporal_client, told, applications, OPEN)

        async def are_all_told() -> bool:
            record = await to_thread(applications.find, one)
            return record is not None and record.owed == ()

        await eventually(are_all_told)

    assert ats.types(one) == ["application.matched", "application.recorded"]
    assert len(ats.attempts) == len(statuses) + 2
    assert not DeliverySwitch(store).disabled(ats.url)
