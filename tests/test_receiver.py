"""The receiving ATS of the tests can be believed."""

import json
from datetime import UTC, datetime, timedelta

import httpx
from standardwebhooks import Webhook

from tests.receiver import SECRET, Answer, Fault, Receiver
from tests.support import http

OTHER_SECRET = "whsec_" + "A" * 32


def post(
    receiver: Receiver, number: int, *, secret: str = SECRET, age: int = 0
) -> int | None:
    """Deliver an event of its own for each number; None where no answer came."""
    sent = datetime.now(UTC) - timedelta(seconds=age)
    body = json.dumps({"type": "a.type", "data": {"id": f"careerjet:{number}"}})
    headers = {
        "webhook-id": f"msg_{number}",
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(secret).sign(f"msg_{number}", sent, body),
    }
    is_silent = receiver.answers and receiver.answers[0] is Fault.SILENT
    patience = 0.2 if is_silent else 30
    try:
        answer = http().post(
            receiver.url, content=body, headers=headers, timeout=patience
        )
    except httpx.TransportError:
        return None
    return answer.status_code


def test_the_receiver_takes_a_signed_and_recent_event_once() -> None:
    """A repeat is answered like the first."""
    with Receiver() as receiver:
        answers = [
            post(receiver, 1),
            post(receiver, 1),
            post(receiver, 2, secret=OTHER_SECRET),
            post(receiver, 3, age=3600),
        ]

    assert answers == [204, 204, 401, 401]
    assert list(receiver.events) == ["msg_1"]
    assert [attempt.number for attempt in receiver.attempts] == [1, 2]
    assert receiver.forged == 2
    assert receiver.types("careerjet:1") == ["a.type"]


def test_the_receiver_fails_as_it_is_ordered() -> None:
    """An answer that is lost leaves the event with the ATS; no other fault does."""
    with Receiver() as receiver:
        receiver.answers.extend([*Fault, Answer(302)])
        answers = [post(receiver, number) for number in range(len(Fault) + 2)]

    lost = list(Fault).index(Fault.LOST)
    assert answers == [500, 429, None, None, None, 302, 204]
    assert list(receiver.events) == [f"msg_{lost}", f"msg_{len(Fault) + 1}"]


def test_the_receivers_failures_repeat_with_the_same_seed() -> None:
    """Whatever the order: a failure in a test can be seen again."""
    faults: list[dict[int, int | None]] = []
    for numbers in (range(60), reversed(range(60))):
        with Receiver(failing=0.3, seed=7) as receiver:
            faults.append({number: post(receiver, number) for number in numbers})

    failed = [answer for answer in faults[0].values() if answer != 204]
    assert faults[0] == faults[1]
    assert 10 <= len(failed) <= 26
    assert set(failed) == {500, 429, None}
