"""One attempt at a delivery, with a real store, a real sender and a real receiver."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from pydantic import ValidationError
from structlog.testing import capture_logs
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.testing import ActivityEnvironment

from activities.delivering import DeliveryActivities
from letterbox.ats.client import open_deliveries
from letterbox.ats.switch import DeliverySwitch
from letterbox.domain import keys
from letterbox.domain.application import EventType, Stage
from letterbox.domain.errors import ReceiverUnavailableError, StoreUnavailableError
from letterbox.domain.gone import GoneAnswers
from letterbox.domain.messages import DeliverResult, DeliveryOrder, DeliveryOutcome
from letterbox.domain.owing import with_event
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.storage.directory import DirectoryStore
from tests.receiver import SECRET, Answer, Fault, Receiver
from tests.record_factory import NOON, OF_THE_CANDIDATE, attachment, record

ID = "careerjet:1"


class Counted(NamedTuple):
    """What Prometheus would see of one attempt."""

    name: str
    type: str
    outcome: str
    value: float


class Meter:
    """Runs activities, and reads the metrics that they leave."""

    def __init__(self) -> None:
        self._buffer = MetricBuffer(1000)
        telemetry = TelemetryConfig(metrics=self._buffer)
        self.environment = ActivityEnvironment()
        self.environment.metric_meter = Runtime(telemetry=telemetry).metric_meter

    def read(self) -> list[Counted]:
        """Give what was counted since the last time."""
        return [
            Counted(
                update.metric.name,
                str(update.attributes["type"]),
                str(update.attributes["outcome"]),
                update.value,
            )
            for update in self._buffer.retrieve_updates()
            if update.metric.name.startswith("letterbox")
        ]


@pytest.fixture(name="meter", scope="module")
def _meter() -> Meter:
    return Meter()


@pytest.fixture(name="receiver")
def _receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(name="switch")
def _switch(store: ObjectStore) -> DeliverySwitch:
    return DeliverySwitch(store)


@pytest_asyncio.fixture(name="delivering")
async def _delivering(
    receiver: Receiver,
    applications: StoredApplications,
    switch: DeliverySwitch,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[DeliveryActivities]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with open_deliveries(receiver.url, [SECRET]) as deliveries:
        yield DeliveryActivities(
            applications=applications, receiver=deliveries, switch=switch
        )


def order(
    type_: EventType = EventType.MATCHED, stage: Stage = Stage.MATCHED
) -> DeliveryOrder:
    """Give the order for one event, as the workflow would."""
    return DeliveryOrder(
        application_id=ID,
        type=type_,
        delivery_id="msg_1",
        happened_at=NOON,
        stage=stage,
        position="R-2",
    )


async def test_an_event_of_a_recorded_application_is_delivered(
    applications: StoredApplications,
    delivering: DeliveryActivities,
    receiver: Receiver,
    meter: Meter,
) -> None:
    """The record tells what the order does not; nothing of the candidate goes out."""
    applications.update(record(ID, attachment("aa.pdf")))

    delivered = await meter.environment.run(delivering.deliver, order())

    (attempt,) = receiver.attempts
    data = attempt.event["data"]
    assert delivered == DeliverResult(outcome=DeliveryOutcome.DELIVERED)
    assert (attempt.id, attempt.event["type"]) == ("msg_1", "application.matched")
    assert data["position"] == {"reference": "R-1", "hirer": "Post"}
    assert data["documents"] == ["/applications/careerjet%3A1/documents/aa.pdf"]
    text = attempt.body.decode()
    assert not [word for word in OF_THE_CANDIDATE if word in text]
    assert meter.read() == [
        Counted("letterbox_deliveries", "application.matched", "delivered", 1)
    ]


@pytest.mark.parametrize(
    ("type_", "stage", "position"),
    [
        (EventType.ARCHIVED, Stage.ARCHIVED, {"reference": "R-2", "hirer": None}),
        (EventType.ERASED, Stage.ERASED, None),
    ],
)
async def test_what_has_no_record_is_told_by_the_order(
    delivering: DeliveryActivities,
    receiver: Receiver,
    type_: EventType,
    stage: Stage,
    position: object,
) -> None:
    """The hot copy of an archived application is gone; an erased one is only named."""
    await ActivityEnvironment().run(delivering.deliver, order(type_, stage))

    (attempt,) = receiver.attempts
    assert attempt.event["data"]["stage"] == stage
    assert attempt.event["data"].get("position") == position


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.LOST])
async def test_what_may_pass_is_left_to_temporal(
    delivering: DeliveryActivities, receiver: Receiver, meter: Meter, fault: Fault
) -> None:
    """The next attempt goes out under the same id, and is counted for itself."""
    receiver.answers.append(fault)

    with pytest.raises(ReceiverUnavailableError):
        await meter.environment.run(delivering.deliver, order())
    delivered = await meter.environment.run(delivering.deliver, order())

    assert delivered.outcome is DeliveryOutcome.DELIVERED
    assert list(receiver.events) == ["msg_1"]
    assert [counted.outcome for counted in meter.read()] == ["failed", "delivered"]


async def test_gone_for_a_moment_is_an_outage(
    delivering: DeliveryActivities,
    receiver: Receiver,
    switch: DeliverySwitch,
    meter: Meter,
) -> None:
    """An ATS that is being deployed; what it asks to be waited is heeded."""
    receiver.answers.extend([Answer(410, {"Retry-After": "7"})] * 20)

    for _ in range(20):
        with pytest.raises(ReceiverUnavailableError) as caught:
            await meter.environment.run(delivering.deliver, order())
        assert caught.value.retry_after == timedelta(seconds=7)
    delivered = await meter.environment.run(delivering.deliver, order())

    assert delivered.outcome is DeliveryOutcome.DELIVERED
    assert not switch.disabled(receiver.url)
    counted = [one.outcome for one in meter.read()]
    assert counted == ["failed"] * 20 + ["delivered"]


@pytest.mark.parametrize("other", [Answer(204), Answer(503), Fault.CUT])
async def test_anything_else_than_gone_begins_the_hour_anew(
    applications: StoredApplications,
    switch: DeliverySwitch,
    receiver: Receiver,
    other: Answer | Fault,
) -> None:
    """Only an ATS that answers nothing else has gone."""
    receiver.answers.extend([Answer(410), other, Answer(410)])
    async with open_deliveries(receiver.url, [SECRET]) as deliveries:
        delivering = DeliveryActivities(
            applications=applications,
            receiver=deliveries,
            switch=switch,
            gone=GoneAnswers(min_time=timedelta(0), fewest=2),
        )
        for _ in range(3):
            with suppress(ReceiverUnavailableError):
                await ActivityEnvironment().run(delivering.deliver, order())

    assert len(receiver.attempts) == 3
    assert not switch.disabled(receiver.url)


async def test_gone_for_long_disables_the_address_and_says_so(
    applications: StoredApplications,
    receiver: Receiver,
    switch: DeliverySwitch,
    meter: Meter,
) -> None:
    """Nothing more is sent until somebody has said so; it is no failure."""
    receiver.answers.append(Answer(410))

    async with open_deliveries(receiver.url, [SECRET]) as deliveries:
        delivering = DeliveryActivities(
            applications=applications,
            receiver=deliveries,
            switch=switch,
            gone=GoneAnswers(min_time=timedelta(0), fewest=1),
        )
        await _assert_gone(delivering, receiver, switch, meter)

    assert not switch.disabled(receiver.url)


async def _assert_gone(
    delivering: DeliveryActivities,
    receiver: Receiver,
    switch: DeliverySwitch,
    meter: Meter,
) -> None:
    with capture_logs() as logs:
        first = await meter.environment.run(delivering.deliver, order())
        second = await meter.environment.run(delivering.deliver, order())
    switch.enable()
    third = await meter.environment.run(delivering.deliver, order())

    (line,) = logs
    assert (first.outcome, second.outcome) == (
        DeliveryOutcome.DISABLED,
        DeliveryOutcome.DISABLED,
    )
    assert third.outcome is DeliveryOutcome.DELIVERED
    assert len(receiver.attempts) == 2
    assert (line["log_level"], line["application"]) == ("error", ID)
    assert "`letterbox deliver --enable`" in line["event"]
    assert receiver.url not in json.dumps(line)
    assert [counted.outcome for counted in meter.read()] == [
        "disabled",
        "disabled",
        "delivered",
    ]


async def test_another_address_than_the_one_that_is_gone_is_delivered_to(
    delivering: DeliveryActivities, receiver: Receiver, switch: DeliverySwitch
) -> None:
    """The operator has set up another ATS."""
    switch.disable("https://ats.example.com/before")

    delivered = await ActivityEnvironment().run(delivering.deliver, order())

    assert delivered.outcome is DeliveryOutcome.DELIVERED
    assert len(receiver.attempts) == 1


async def test_a_worker_without_an_ats_leaves_the_event_to_another(
    applications: StoredApplications, switch: DeliverySwitch
) -> None:
    """While the address is rolled out, some have it and some have not."""
    activities = DeliveryActivities(
        applications=applications, receiver=None, switch=switch
    )

    with pytest.raises(ReceiverUnavailableError, match="has no ATS"):
        await ActivityEnvironment().run(activities.deliver, order())


async def test_an_event_is_told_though_the_record_cannot_be_read(
    store: ObjectStore, delivering: DeliveryActivities, receiver: Receiver
) -> None:
    """By what the workflow knows; the ATS looks for the rest itself."""
    store.put(keys.record(ID), b"{]")

    delivered = await ActivityEnvironment().run(delivering.deliver, order())

    (attempt,) = receiver.attempts
    assert delivered.outcome is DeliveryOutcome.DELIVERED
    assert attempt.event["data"]["position"] == {"reference": "R-2", "hirer": None}


async def test_what_is_told_is_how_it_stood_when_it_happened(
    applications: StoredApplications,
    delivering: DeliveryActivities,
    receiver: Receiver,
) -> None:
    """The record keeps what is owed, though the order was made days later."""
    written = with_event(record(ID), EventType.MATCHED, NOON, "msg_1")
    applications.update(written.model_copy(update={"stage": Stage.DELIVERED}))

    later = order(stage=Stage.DELIVERED).model_copy(
        update={"happened_at": NOON + timedelta(days=2)}
    )
    await ActivityEnvironment().run(delivering.deliver, later)

    (attempt,) = receiver.attempts
    assert attempt.event["data"]["stage"] == "matched"
    assert attempt.event["timestamp"] == "2026-03-01T12:00:00Z"


async def test_while_the_store_is_down_nothing_is_delivered(
    applications: StoredApplications, receiver: Receiver, tmp_path: Path
) -> None:
    """Whether the address is disabled cannot be known: another attempt will tell."""
    (tmp_path / "file").touch()
    down = DeliverySwitch(DirectoryStore(tmp_path / "file" / "store"))
    async with open_deliveries(receiver.url, [SECRET]) as deliveries:
        delivering = DeliveryActivities(
            applications=applications, receiver=deliveries, switch=down
        )
        with pytest.raises(StoreUnavailableError):
            await ActivityEnvironment().run(delivering.deliver, order())

    assert not receiver.attempts


@pytest.mark.parametrize("delivery_id", ["", "careerjet:1", "a.b", "a\nb", "a" * 101])
def test_an_id_that_could_be_misread_is_none(delivery_id: str) -> None:
    """It is signed between full stops, and goes into a header."""
    with pytest.raises(ValidationError):
        DeliveryOrder(**order().model_dump() | {"delivery_id": delivery_id})
