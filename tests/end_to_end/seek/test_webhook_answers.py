"""What SEEK's webhook is answered over real HTTP, and that nothing is kept then."""

import json
from pathlib import Path

import pytest
from temporalio.client import Client

from letterbox.boards.seek.webhook import sign
from tests.end_to_end.seek.notices import SAMPLE, events, inbox
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import OLD_SECRET, SECRET, Desk


@pytest.mark.parametrize(
    "signature",
    [None, "", "0" * 128, sign(SAMPLE, b"a guess"), "é☃", "A" * 5000],
)
async def test_webhook_answers_401_where_the_signature_does_not_fit(
    signature: str | None, reception: Desk
) -> None:
    """Absent or wrong, nothing of it is kept."""
    named = b"Seek-Signature"
    headers = [(named, signature.encode())] if signature is not None else []

    answer = await reception.api.post("/webhooks/seek", content=SAMPLE, headers=headers)

    assert answer.status_code == 401
    assert inbox(reception) == 0


async def test_webhook_accepts_both_secrets_while_they_rotate(reception: Desk) -> None:
    """SEEK takes up to half an hour to change over."""
    answers = [
        await reception.post(events(1), secret) for secret in (SECRET, OLD_SECRET)
    ]

    assert [answer.status_code for answer in answers] == [204, 204]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"[]",
        b'{"events": {}, "subscriptionId": "s"}',
        events(0),
        events(11),
        events(1, id=None),
        events(1, id="i" * 256),
        events(1, candidateApplicationProfileId=7),
        events(3, id=None),
    ],
)
async def test_webhook_answers_400_where_a_signed_body_is_no_delivery(
    body: bytes, reception: Desk
) -> None:
    """None of its events is kept: SEEK counts a request as a whole."""
    answer = await reception.post(body)

    assert answer.status_code == 400
    assert inbox(reception) == 0


@pytest.mark.parametrize(
    "spoilt",
    [
        {"id": None},
        {"type": 7},
        {"candidateApplicationProfileId": ""},
        {"id": "i" * 256},
    ],
)
@pytest.mark.parametrize("place", [0, 4, 9])
async def test_webhook_answers_204_where_one_event_of_ten_cannot_be_read(
    spoilt: dict[str, object], place: int, reception: Desk
) -> None:
    """The nine others are kept, and the one is counted: again it would be the same."""
    delivery = json.loads(events(10))
    delivery["events"][place] |= spoilt

    answer = await reception.post(json.dumps(delivery).encode())

    counted = (await reception.api.get("/metrics")).text
    assert answer.status_code == 204
    assert inbox(reception) == 9
    assert 'letterbox_events_total{board="seek",kind="unreadable"} 1.0' in counted


@pytest.mark.parametrize("odd", [None, "event", [], 7])
async def test_webhook_answers_204_where_one_event_is_no_object(
    odd: object, reception: Desk
) -> None:
    """Anything may stand in its place."""
    delivery = json.loads(events(2))
    delivery["events"].append(odd)

    answer = await reception.post(json.dumps(delivery).encode())

    assert answer.status_code == 204
    assert inbox(reception) == 2


async def test_webhook_answers_413_where_the_body_is_too_large(
    tmp_path: Path, temporal_client: Client
) -> None:
    """Before anything is verified: no more than the limit is read into memory."""
    async with open_desk(tmp_path, temporal_client, max_body_bytes=1000) as desk:
        fits, too_large = events(1), events(10)

        answers = [await desk.post(fits), await desk.post(too_large)]

        assert [answer.status_code for answer in answers] == [204, 413]
        assert inbox(desk) == 1


async def test_webhook_answers_404_without_a_secret(
    tmp_path: Path, temporal_client: Client
) -> None:
    """Closed by default; an empty secret signs nothing."""
    async with open_desk(tmp_path, temporal_client, seek_webhook_secrets=()) as desk:
        answer = await desk.post(SAMPLE, "")

        assert answer.status_code == 404
        assert inbox(desk) == 0
