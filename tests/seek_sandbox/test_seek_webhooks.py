"""Webhooks as SEEK sends them, seen by a receiver that checks for itself."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import httpx
import pytest

from seek_sandbox.control import SandboxControl
from seek_sandbox.faults import Undelivered
from seek_sandbox.options import SandboxOptions
from seek_sandbox.orders import Ad, ApplicationOrder, Change, EventOrder
from seek_sandbox.webhooks import sign
from tests.seek_sandbox.conftest import Serve
from tests.seek_sandbox.partner import OPTIONS
from tests.seek_sandbox.receiver import SECRET, Receiver

WAIT = 20
ONE = ApplicationOrder(wait=WAIT)
VECTOR = (
    b'{"events":[{"createDateTime":"foo","id":"foo",'
    b'"type":"CandidateApplicationCreated","candidateApplicationProfileId":"foo",'
    b'"candidateId":"foo"}],"subscriptionId":"signed"}'
)
VECTOR_SIGNATURE = (
    "f46498ef22eb3534b46e5d7e7a5b84c6fca2794aeb85a7e35d557cde07550ec0"
    "79b9abdb71cf1c29d51911c140047a212f61fbd07bd69e80c3d9dca89b8d3137"
)


@pytest.fixture(name="options")
def _options(receiver: Receiver) -> SandboxOptions:
    return replace(
        OPTIONS,
        webhook_url=receiver.url,
        webhook_secret=SECRET,
        webhook_pause=0.02,
        webhook_longest_pause=0.05,
        webhook_attempts=4,
        subscription_id="seekAnz:webhookSubscription:events:mine",
    )


@pytest.fixture(name="control")
async def _control(
    serve: Serve, options: SandboxOptions
) -> AsyncIterator[SandboxControl]:
    async with SandboxControl(serve(options)) as control:
        yield control


def test_the_signature_is_that_of_seeks_reference_code() -> None:
    """The inputs of SEEK's own reference code give the digest of seek.md."""
    assert sign(VECTOR, "Hi Richard!") == VECTOR_SIGNATURE


async def test_a_sandbox_delivery_has_seeks_envelope_ids_and_signature(
    control: SandboxControl, receiver: Receiver
) -> None:
    """Envelope, ids as plain strings, signature over the raw bytes, a request id."""
    [event] = await control.apply(ONE)
    [made] = await control.deliveries()

    [received] = receiver.received
    said = json.loads(received.body)
    assert received.signed
    assert event.delivery == "accepted"
    assert (made.request_id, made.status) == (received.headers["X-Request-Id"], 204)
    assert (made.code, made.event_ids) == ("Success", [event.event_id])
    assert said["subscriptionId"] == "seekAnz:webhookSubscription:events:mine"
    assert said["url"] == receiver.url
    [told] = said["events"]
    assert datetime.fromisoformat(told.pop("createDateTime")).tzinfo
    assert told == {
        "id": event.event_id,
        "type": "CandidateApplicationCreated",
        "candidateApplicationProfileId": event.application_profile_id,
        "candidateId": event.candidate_id,
        "hirerId": event.hirer_id,
    }


async def test_the_specifications_sample_can_be_sent(
    control: SandboxControl, receiver: Receiver
) -> None:
    """Every id and time of an event may be given."""
    scheme = "seekAnzPublicTest"
    order = ApplicationOrder(
        ad=Ad(hirer_id=f"{scheme}:organization:seek:93WyyF1h"),
        event_id=f"{scheme}:event:events:5cKZnRzXas97fyUAhpiAV1",
        profile_id=f"{scheme}:candidateProfile:apply:7DtW6Q68gk2R4okNGhvg1Y",
        candidate_id=f"{scheme}:candidate:feed:5PGXAHysiXhtA9JUqhyM8hhzMuWMPA",
        created_at=datetime.fromisoformat("2019-09-13T22:16:10.593Z"),
        wait=WAIT,
    )

    await control.apply(order)
    with pytest.raises(httpx.HTTPStatusError):
        await control.apply(order)

    assert json.loads(receiver.received[0].body)["events"] == [
        {
            "id": order.event_id,
            "type": "CandidateApplicationCreated",
            "createDateTime": "2019-09-13T22:16:10.593Z",
            "candidateApplicationProfileId": order.profile_id,
            "candidateId": order.candidate_id,
            "hirerId": order.ad.hirer_id,
        }
    ]


async def test_a_webhook_request_has_ten_events_at_most(
    control: SandboxControl, receiver: Receiver
) -> None:
    """Ten by default, fewer where ordered, none lost."""
    tens = await control.apply(ApplicationOrder(count=23, wait=WAIT))
    sizes = sorted(len(one.event_ids) for one in receiver.received)
    threes = await control.apply(ApplicationOrder(count=7, per_request=3, wait=WAIT))

    assert sizes == [3, 10, 10]
    assert sorted(len(one.event_ids) for one in receiver.received[3:]) == [1, 3, 3]
    assert sorted(receiver.event_ids) == sorted(
        event.event_id for event in (*tens, *threes)
    )
    assert all(one.signed for one in receiver.received)


async def test_a_webhook_is_retried_until_it_is_accepted(
    control: SandboxControl, receiver: Receiver
) -> None:
    """Whatever is not 2xx is a failure, a redirect too; each try has its own id."""
    receiver.statuses = [503, 302, 400]
    [event] = await control.apply(ONE)
    made = await control.deliveries()

    assert event.delivery == "accepted"
    assert [one.status for one in made] == [503, 302, 400, 204]
    assert [one.attempt for one in made] == [1, 2, 3, 4]
    assert [one.code for one in made] == ["BadResponse"] * 3 + ["Success"]
    assert receiver.event_ids == [event.event_id] * 4
    assert len({one.request_id for one in made}) == 4


async def test_a_webhook_is_undelivered_once_its_attempts_are_used_up(
    control: SandboxControl, receiver: Receiver
) -> None:
    """Then it is undelivered, until it is replayed."""
    receiver.statuses = [500] * 4
    [refused] = await control.apply(ONE)
    [replayed] = await control.replay(refused.event_id, wait=WAIT)

    assert (refused.delivery, replayed.delivery) == ("refused", "accepted")
    assert receiver.event_ids == [refused.event_id] * 5


async def test_a_slow_webhook_receiver_is_a_failure(
    serve: Serve, options: SandboxOptions, receiver: Receiver
) -> None:
    """After ten seconds, or what the test sets: recorded as SEEK does."""
    receiver.delay = 0.6
    quick = replace(options, webhook_timeout=0.2, webhook_attempts=1)
    async with SandboxControl(serve(quick)) as control:
        [event] = await control.apply(ONE)
        [made] = await control.deliveries()

    assert OPTIONS.webhook_timeout == 10
    assert event.delivery == "refused"
    assert (made.status, made.code) == (504, "RequestTimeout")


async def test_a_webhook_is_retried_where_nobody_listens(
    control: SandboxControl,
) -> None:
    """A receiver that is down is tried again like any other failure."""
    await control.change(Change(webhook_url="http://127.0.0.1:9/"))
    [down] = await control.apply(ONE)
    await control.change(Change(webhook_url="no url at all"))
    [wrong] = await control.apply(ONE)
    made = await control.deliveries()

    assert (down.delivery, wrong.delivery) == ("refused", "refused")
    assert {(one.status, one.code) for one in made} == {
        (502, "BadResponse"),
        (400, "InvalidUrl"),
    }


async def test_events_of_other_types_go_to_their_own_subscription(
    control: SandboxControl, receiver: Receiver
) -> None:
    """Closed ads, changed relationships, and types that nobody knows."""
    orders = (
        EventOrder(type="PositionProfileClosed", wait=WAIT),
        EventOrder(type="HirerRelationshipChanged", hirer_id="h", wait=WAIT),
        EventOrder(type="SomethingNew", details={"novelty": "yes"}, wait=WAIT),
    )
    closed, *_ = [await control.emit(order) for order in orders]

    said = [json.loads(one.body) for one in receiver.received]
    events = [one["events"][0] for one in said]
    assert [one["type"] for one in events] == [order.type for order in orders]
    assert events[0]["positionProfileId"] == closed.position_profile_id
    assert events[1]["hirerId"] == "h"
    assert events[2]["novelty"] == "yes"
    assert len({one["subscriptionId"] for one in said}) == 3


async def test_a_replay_repeats_what_was_delivered(
    control: SandboxControl, receiver: Receiver
) -> None:
    """At least once: the same event again, byte for byte the same event."""
    events = await control.apply(ApplicationOrder(count=2, wait=WAIT))
    await control.replay(*(event.event_id for event in events), wait=WAIT)
    first, second = receiver.received

    assert first.body == second.body
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    with pytest.raises(httpx.HTTPStatusError):
        await control.replay("unknown")


async def test_an_event_of_an_application_that_does_not_exist_may_be_sent(
    control: SandboxControl, receiver: Receiver
) -> None:
    """An application event whose application is not there, with both ids."""
    ids = {"candidateApplicationProfileId": "gone", "candidateId": "gone too"}
    order = EventOrder(type="CandidateApplicationCreated", details=ids, wait=WAIT)
    event = await control.emit(order)

    assert receiver.event_ids == [event.event_id]
    with pytest.raises(ValueError, match="both ids"):
        EventOrder(type="CandidateApplicationCreated")


async def test_an_event_may_be_in_the_stream_only(
    control: SandboxControl, receiver: Receiver
) -> None:
    """Not delivered, by order or by fault: for reconciliation to find."""
    [quiet] = await control.apply(ApplicationOrder(deliver=False))
    await control.fault(Undelivered(times=1))
    struck, sent = await control.apply(ApplicationOrder(count=2, wait=WAIT))

    assert receiver.event_ids == [sent.event_id]
    known = {one.event_id: one.delivery for one in await control.events()}
    assert known == {
        quiet.event_id: "off",
        struck.event_id: "off",
        sent.event_id: "accepted",
    }


async def test_without_a_secret_no_webhook_is_sent(
    serve: Serve, options: SandboxOptions, receiver: Receiver
) -> None:
    """SEEK signs always."""
    async with SandboxControl(serve(replace(options, webhook_secret=""))) as control:
        [event] = await control.apply(ONE)

    assert event.delivery == "off"
    assert receiver.received == []
