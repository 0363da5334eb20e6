"""What is kept of events, by whichever way they came."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from letterbox.boards.seek.events import Channel, Events, SeekEvent, notices_of
from letterbox.boards.seek.polling import of_nobody, only_of, read_page
from letterbox.boards.seek.webhook import read_events
from letterbox.domain.errors import MalformedError
from letterbox.domain.submission import Submission
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples/seek"
WEBHOOK = (SAMPLES / "webhook.json").read_bytes()
PAGE = json.loads((SAMPLES / "events.json").read_text())
NOW = datetime(2026, 11, 22, tzinfo=UTC)
_IDS = ("hirerId", "positionProfileId", "candidateApplicationProfileId")


def created(**changes: str) -> Submission:
    """Make the delivery of an event with other ids."""
    said: dict[str, JsonValue] = {
        "id": "a",
        "type": "CandidateApplicationCreated",
        "candidateApplicationProfileId": "bc",
        **changes,
    }
    event = SeekEvent(str(said["id"]), str(said["type"]), said)
    [delivery] = notices_of(
        Events(Channel.WEBHOOK, "subscription", [event]), NOW
    ).submissions
    return delivery


def test_each_application_is_a_delivery_as_it_was_sent() -> None:
    """The ids of the brief's sample name the workflows."""
    sent = json.loads(WEBHOOK)

    made = notices_of(read_events(WEBHOOK), NOW).submissions

    assert [one.application_id for one in made] == [
        "seek:seekAnzPublicTest:event:events:5cKZnRzXas97fyUAhpiAV1",
        "seek:seekAnzPublicTest:event:events:WBmJMt4uEbj72ZVMhGi2hS",
    ]
    assert [one.board_id for one in made] == [event["id"] for event in sent["events"]]
    assert [one.said for one in made] == [
        {
            "event": event,
            "subscriptionId": sent["subscriptionId"],
            "channel": "webhook",
        }
        for event in sent["events"]
    ]
    assert {(one.board, one.received_at) for one in made} == {("seek", NOW)}


def test_webhook_and_polling_give_one_event_one_fingerprint() -> None:
    """Polling tells no hirer, and in another shape."""
    by_webhook = notices_of(read_events(WEBHOOK), NOW).submissions[1]

    [by_polling] = notices_of(read_page(PAGE, None).events, NOW).submissions

    assert by_polling.application_id == by_webhook.application_id
    assert by_polling.fingerprint == by_webhook.fingerprint
    assert by_polling.said == {
        "event": {
            "id": by_webhook.board_id,
            "type": "CandidateApplicationCreated",
            "createDateTime": "2019-09-08T20:32:12.479Z",
            "candidateApplicationProfileId": (
                "seekAnzPublicTest:candidateProfile:apply:4QM5fWQbdekL9gPtPZrzex"
            ),
            "candidateId": (
                "seekAnzPublicTest:candidate:feed:5PGXAHysjZdkQYwZghfL4bRCqvZ7ZM"
            ),
        },
        "subscriptionId": None,
        "channel": "polling",
    }


def test_the_fingerprint_is_over_the_ids_alone() -> None:
    """A repeat with another time or an added key is a repeat."""
    assert created().fingerprint == created(createDateTime="x", new="y").fingerprint
    assert created().fingerprint != created(id="ab").fingerprint
    one = created(id="a", candidateApplicationProfileId="xCandidateApplicationCreatedy")
    other = created(
        id="aCandidateApplicationCreatedx", candidateApplicationProfileId="y"
    )
    assert one.fingerprint != other.fingerprint


def test_long_ids_make_names_that_temporal_takes() -> None:
    """SEEK's ids have up to 255 characters, of any script."""
    delivery = created(id="☃" * 255)

    assert len(delivery.application_id.encode()) <= 200
    assert delivery.board_id == "☃" * 255


def test_other_events_are_no_applications() -> None:
    """They are there to be handled, and make no delivery."""
    page = read_page(PAGE, "subscription")

    assert page.events.channel is Channel.POLLING
    assert page.events.subscription_id == "subscription"
    assert [one.type for one in page.events.events] == [
        "CandidateApplicationCreated",
        "PositionProfileClosed",
        "HirerRelationshipChanged",
        "PositionProfilePosted",
    ]
    assert page.events.events[1].position_profile_id == (
        "seekAnzPublicTest:positionProfile:jobAd:27cuZeA47"
    )
    assert (page.end_cursor, page.has_next, page.events.unreadable) == (
        "cursor-4",
        False,
        0,
    )
    assert len(notices_of(page.events, NOW).submissions) == 1


def test_an_event_that_cannot_be_read_does_not_stop_the_page() -> None:
    """Refusing the page would ask for it again for ever."""
    created_one = PAGE["edges"][0]["node"]
    odd: list[JsonValue] = [
        {"node": created_one | {"id": {"value": "\ud800"}}},
        {"node": created_one | {"candidateApplicationProfileId": None}},
        {"node": None},
    ]

    page = read_page(PAGE | {"edges": [*odd, *PAGE["edges"]]}, None)

    assert page.events.unreadable == 3
    assert len(page.events.events) == 4


def test_what_cannot_be_kept_is_left_out_of_a_polled_event() -> None:
    """The profile's id is all that it takes."""
    node = PAGE["edges"][0]["node"] | {"candidateId": "\ud800"}

    [event] = read_page(PAGE | {"edges": [{"node": node}]}, None).events.events

    assert "candidateId" not in event.payload


def test_an_empty_page_of_events_has_no_cursor() -> None:
    """The cursor before an empty page stays good."""
    page = read_page({"edges": [], "pageInfo": {"hasNextPage": False}}, None)

    assert (page.end_cursor, page.has_next, page.events.events) == (None, False, [])


@pytest.mark.parametrize(
    "connection",
    [
        None,
        [],
        {"edges": []},
        {"edges": [], "pageInfo": {"hasNextPage": True, "endCursor": None}},
    ],
)
def test_a_page_that_does_not_tell_how_to_go_on_is_malformed(
    connection: JsonValue,
) -> None:
    """Neither stopping nor starting over would be right."""
    with pytest.raises(MalformedError):
        read_page(connection, None)


@pytest.mark.parametrize("odd", [None, 7, True, [], {}, "\ud800", "x" * 5000])
def test_what_cannot_be_an_id_in_an_event_is_none(odd: JsonValue) -> None:
    """It names a workflow or asks for something: nothing else may come there."""
    event = SeekEvent("1", "X", dict.fromkeys(_IDS, odd))

    assert {event.hirer_id, event.position_profile_id, event.candidate_profile_id} == {
        None
    }


def of_hirers(event: str, *hirers: str) -> JsonValue:
    """Make an application of a page, posted to positions of some hirers."""
    listed: list[JsonValue] = [{"id": {"value": one}} for one in hirers]
    positions: JsonValue = {"positionOrganizations": listed}
    profile: JsonValue = {"associatedPositionProfile": positions}
    return {"node": {"id": event, "candidateApplicationProfile": profile}}


def test_of_a_page_of_applications_a_hirer_s_own_are_kept() -> None:
    """What does not show whose it is, is nobody's and counted; the cursor stays."""
    ours, others = of_hirers("1", "ours"), of_hirers("2", "others")
    both, nobody = of_hirers("3", "others", "ours"), of_hirers("4")
    edges: list[JsonValue] = [ours, others, both, nobody, None, {"node": None}]
    end: JsonValue = {"hasNextPage": True, "endCursor": "next"}
    page: JsonValue = {"edges": edges, "pageInfo": end, "other": 1}

    assert only_of("ours", page) == {"edges": [ours, both], "pageInfo": end}
    assert of_nobody(page) == 2


def test_whatever_is_accepted_can_be_kept() -> None:
    """A delivery as deep as is accepted comes back from the store."""
    deepest = b"[" * 196 + b"]" * 196
    body = WEBHOOK.replace(b'"hirerId"', b'"new": %b, "hirerId"' % deepest)

    for delivery in notices_of(read_events(body), NOW).submissions:
        kept = delivery.model_dump_json()
        assert Submission.model_validate_json(kept) == delivery
