"""Who may tell us of applications, and what SEEK's requests mean."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from letterbox.boards.seek.events import Channel, notices_of
from letterbox.boards.seek.webhook import read_events, sign, verify
from letterbox.domain.errors import LetterboxError, MalformedError, SignatureError
from letterbox.domain.submission import Submission
from tests.support import ROOT

SAMPLE = (ROOT / "tests/samples/seek/webhook.json").read_bytes()
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECRETS = [b"the secret before this", b"the secret of today"]
# specs/seek.md 1.3
SECRET = b"Hi Richard!"
BODY = (
    b'{"events":[{"createDateTime":"foo","id":"foo","type":"CandidateApplicationCreate'
    b'd","candidateApplicationProfileId":"foo","candidateId":"foo"}],"subscriptionId":"'
    b'signed"}'
)
SIGNATURE = (
    "f46498ef22eb3534b46e5d7e7a5b84c6fca2794aeb85a7e35d557cde07550ec0"
    "79b9abdb71cf1c29d51911c140047a212f61fbd07bd69e80c3d9dca89b8d3137"
)
APPLICATION: dict[str, JsonValue] = {
    "id": "event",
    "type": "CandidateApplicationCreated",
    "createDateTime": "2026-11-22T00:00:00Z",
    "candidateApplicationProfileId": "profile",
    "candidateId": "candidate",
}


def body(*events: JsonValue, **changes: JsonValue) -> bytes:
    """Make a request's body; what is changed to None stays away."""
    said = {"events": list(events), "subscriptionId": "subscription", **changes}
    return json.dumps(
        {key: one for key, one in said.items() if one is not None}
    ).encode()


@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_seeks_own_vector_verifies_in_either_hex_case(
    case: Callable[[str], str],
) -> None:
    """Its inputs are from SEEK's Wingman."""
    verify(BODY, case(SIGNATURE), [SECRET])

    assert sign(BODY, SECRET) == SIGNATURE


@pytest.mark.parametrize("secret", SECRETS)
def test_any_configured_secret_signs(secret: bytes) -> None:
    """Both stay valid for the half hour that SEEK takes to change it."""
    verify(SAMPLE, sign(SAMPLE, secret), SECRETS)

    with pytest.raises(SignatureError):
        verify(SAMPLE, sign(SAMPLE, secret), [one for one in SECRETS if one != secret])


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "0" * 128,
        "☃",
        "\u017f" * 128,
        "\udc80",
        SIGNATURE[:-1],
        SIGNATURE + "0",
    ],
)
def test_no_other_signature_is_taken(signature: str | None) -> None:
    """Odd headers are refusals like wrong ones."""
    with pytest.raises(SignatureError):
        verify(BODY, signature, [SECRET])


def test_one_changed_byte_is_refused() -> None:
    """The signature is over the raw body, white space included."""
    with pytest.raises(SignatureError):
        verify(BODY + b"\n", SIGNATURE, [SECRET])


@pytest.mark.parametrize("secrets", [[], [b""]])
def test_without_a_secret_nothing_verifies(secrets: list[bytes]) -> None:
    """An empty key verifies whatever is signed with an empty key."""
    with pytest.raises(SignatureError):
        verify(BODY, sign(BODY, b""), secrets)


@given(raw=st.binary(), signature=st.none() | st.text(st.characters()))
def test_any_bytes_and_header_are_refused_quietly(
    raw: bytes, signature: str | None
) -> None:
    """Nonsense is a refusal, never a crash."""
    with pytest.raises(SignatureError):
        verify(raw, signature, SECRETS)


@given(raw=st.binary() | st.text().map(str.encode))
def test_any_bytes_are_read_or_malformed(raw: bytes) -> None:
    """Whoever signed it, nothing but our own errors comes out."""
    with pytest.raises(MalformedError):
        read_events(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
EVENT = st.fixed_dictionaries(
    {"id": st.text() | JSON, "type": st.text() | JSON}, optional={"more": JSON}
)


@given(events=st.lists(EVENT | JSON, max_size=12), subscription=st.text() | JSON)
def test_any_json_is_read_or_malformed(
    events: list[JsonValue], subscription: JsonValue
) -> None:
    """Something like a delivery gets further into the reading."""
    said = body(*events, subscriptionId=subscription)

    try:
        read = read_events(said)
    except LetterboxError:
        return

    assert [one.payload["id"] for one in read.events] == [one.id for one in read.events]


def test_the_briefs_sample_tells_of_two_applications() -> None:
    """It is specs/seek-candidate-application-created.txt without its comments."""
    read = read_events(SAMPLE)

    assert read.channel is Channel.WEBHOOK
    assert read.subscription_id == (
        "seekAnzPublicTest:webhookSubscription:events:BoJiJ9ZWFVgejLXLJxUnvL"
    )
    assert [one.id for one in read.events] == [
        "seekAnzPublicTest:event:events:5cKZnRzXas97fyUAhpiAV1",
        "seekAnzPublicTest:event:events:WBmJMt4uEbj72ZVMhGi2hS",
    ]
    assert read.events[0].created_at is not None


@pytest.mark.parametrize("odd", ["foo", None, 5, "9500-01-01T00:00:00Z"])
def test_an_odd_time_is_no_reason_to_refuse(odd: JsonValue) -> None:
    """The vector's createDateTime is "foo"; far ones could not be counted from."""
    said = APPLICATION | {"createDateTime": odd}
    [event] = read_events(body(said)).events

    assert event.created_at is None
    assert event.candidate_profile_id == "profile"


def test_unknown_event_types_and_keys_are_kept() -> None:
    """SEEK adds types and keys without asking."""
    said: JsonValue = {"id": "x", "type": "SomethingNew", "nested": {"new": [1]}}

    read = read_events(body(said, more="of it"))

    assert [one.payload for one in read.events] == [said]


def test_what_other_events_name_can_be_read() -> None:
    """A closed ad is closed by SEEK's id, at SEEK's time."""
    closed: JsonValue = {
        "id": "x",
        "type": "PositionProfileClosed",
        "createDateTime": "2026-11-22T10:00:00+10:00",
        "positionProfileId": "ad",
    }

    [event] = read_events(body(closed)).events

    assert event.position_profile_id == "ad"
    assert str(event.created_at) == "2026-11-22 00:00:00+00:00"


def test_ten_events_are_read_and_255_characters_are_an_id() -> None:
    """Both are SEEK's own limits."""
    events = [APPLICATION | {"id": str(n) + "☃" * 254} for n in range(10)]

    assert len(read_events(body(*events)).events) == 10


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        SAMPLE.replace(b'"hirerId"', b'"more": NaN, "hirerId"'),
        b"[" * 10_000,
        b"9" * 10_000,
        SAMPLE.replace(b'"hirerId"', b'// comment\n"hirerId"'),
        body(),
        body(*[APPLICATION] * 11),
        body("event"),
        body(APPLICATION, subscriptionId=None),
        body(APPLICATION, subscriptionId=""),
        body(APPLICATION, events={"0": "event"}),
        body(APPLICATION | {"id": ""}),
        body(APPLICATION | {"id": "   "}),
        body(APPLICATION | {"id": 5}),
        body(APPLICATION | {"id": {"value": "x"}}),
        body(APPLICATION | {"id": "x" * 256}),
        body(APPLICATION | {"id": "x\u0000"}),
        body(APPLICATION | {"id": "\ud800"}),
        body(APPLICATION | {"type": None}),
        body(APPLICATION | {"candidateApplicationProfileId": None}),
        body(APPLICATION | {"candidateApplicationProfileId": "x" * 256}),
        body({"id": "x", "type": "PositionProfileClosed"}),
    ],
)
def test_what_is_not_a_seek_delivery_is_malformed(said: bytes) -> None:
    """SEEK keeps undelivered what is not accepted."""
    with pytest.raises(MalformedError):
        read_events(said)


def test_the_message_of_a_refused_webhook_quotes_nothing() -> None:
    """Messages of errors go into logs."""
    with pytest.raises(MalformedError) as refused:
        read_events(b'{"events": [{"id": "x", "type": "ada@example.com\\u0007"}]}')

    assert "ada" not in str(refused.value)
    assert refused.value.__cause__ is None


def event_text(number: int, spoilt: bytes = b"") -> bytes:
    """Write an event by hand, as no JSON library would."""
    return b'{"id":"event-%d%b","type":"CandidateApplicationCreated",' % (
        number,
        spoilt,
    ) + (
        b'"createDateTime":"2026-11-22T00:00:00Z","note":"%%",'
        b'"candidateApplicationProfileId":"profile"}'
    )


def written(events: list[bytes]) -> bytes:
    """Write a request of such events."""
    return b'{"subscriptionId":"s","events":[%b]}' % b",".join(events)


SPOILT = [
    rb"\ud800",
    rb"\udc00x",
    rb"\ud83d\ud83d",
    b"\xff",
    b"\xed\xa0\x80",
    "\u00e9".encode("latin-1"),
]


@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize("place", [0, 4, 9])
def test_an_id_that_nobody_can_keep_costs_its_own_event_only(
    spoilt: bytes, place: int
) -> None:
    """It is counted; the others are kept."""
    events = [event_text(number) for number in range(10)]
    events[place] = event_text(place, spoilt)

    read = read_events(written(events))

    others = [f"event-{number}" for number in range(10) if number != place]
    assert [one.id for one in read.events] == others
    assert read.unreadable == 1


@pytest.mark.parametrize(
    "spoilt", [*SPOILT, b"\x0b", b"\t", b'","x":%b,"y":"' % (b"9" * 5000)]
)
def test_a_text_that_nobody_needs_costs_no_event(spoilt: bytes) -> None:
    """What cannot be kept of it is replaced; the application is fetched by its ids."""
    events = [event_text(number) for number in range(3)]
    events[1] = events[1].replace(b"%%", spoilt)

    read = read_events(written(events))

    assert [one.id for one in read.events] == ["event-0", "event-1", "event-2"]
    assert read.unreadable == 0
    for delivery in notices_of(read, NOW).submissions:
        again = Submission.model_validate_json(delivery.model_dump_json())
        assert again.fingerprint == delivery.fingerprint


def test_an_event_that_is_nested_too_deeply_costs_no_other() -> None:
    """It could be kept, and never be read again."""
    deep = event_text(1).replace(b'"%%"', b"[" * 300 + b"]" * 300)

    read = read_events(written([event_text(0), deep, event_text(2)]))

    assert [one.id for one in read.events] == ["event-0", "event-2"]
    assert read.unreadable == 1


def test_a_mark_of_the_byte_order_costs_nothing() -> None:
    """RFC 8259 lets a reader ignore it."""
    read = read_events(b"\xef\xbb\xbf" + written([event_text(0)]))

    assert [one.id for one in read.events] == ["event-0"]


_SPOILT = {
    "half an emoji": b'"\\ud83d"',
    "half an emoji as a name": b'{"\\ude00": 1}',
    "a byte of another charset": b'"\xe9"',
    "a line within a text": b'"a\nb"',
    "a null byte": b'"a\0b"',
    "a number without end": b"-" + b"9" * 5000,
}


@pytest.mark.parametrize("name", _SPOILT)
def test_a_text_that_a_strict_reader_stops_at_refuses_no_event(name: str) -> None:
    """It may be in a field that nobody reads; all ten would be sent again and again."""
    spoilt = json.dumps({**APPLICATION, "note": "HERE"}).encode()
    spoilt = spoilt.replace(b'"HERE"', _SPOILT[name])
    sent = b'{"subscriptionId": "s", "events": [%s, %s]}' % (
        spoilt,
        json.dumps({**APPLICATION, "id": "other"}).encode(),
    )

    told = read_events(sent)

    assert [one.id for one in told.events] == ["event", "other"]
    # Whatever it was, it can be written down.
    json.dumps([one.payload for one in told.events], ensure_ascii=False).encode()


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n", b"\xef\xbb\xbf \n"])
def test_a_mark_before_the_json_is_passed_over(before: bytes) -> None:
    """Some libraries write one."""
    assert len(read_events(before + body(APPLICATION)).events) == 1


@pytest.mark.parametrize(
    "sent", [b"[" * 900 + b"]" * 900, b"[" * 100_000, b'{"events": [', b"\xff", b"{}x"]
)
def test_what_is_no_json_at_all_is_malformed(sent: bytes) -> None:
    """However deep, or cut off."""
    with pytest.raises(MalformedError):
        read_events(sent)


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("42", 42), ("-1", -1), ("9" * 300, int("9" * 300)), ("9" * 301, "9" * 301)],
)
def test_a_number_beside_half_an_emoji_stays_what_it_is(
    digits: str, expected: JsonValue
) -> None:
    """One that no program computes with is kept as its digits."""
    odd = event_text(0).replace(b'"%%"', b'["\\ud83d", %b]' % digits.encode())

    [event] = read_events(written([odd])).events

    assert event.payload["note"] == ["\ufffd", expected]
