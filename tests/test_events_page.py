"""What docs/events.md shows is what is sent, and its Python works."""

import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from email.parser import Parser
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from letterbox.domain.application import EventType
from letterbox.domain.events import Event, TrialEvent
from tests.support import ROOT

PAGE = (ROOT / "docs/events.md").read_text()
SECRET = "whsec_" + b64encode(b"for the documentation only").decode()


def test_the_example_of_the_events_page_is_an_event_as_it_is_sent() -> None:
    """Its signature is that of its body, on one line."""
    event = Event.model_validate_json(block("json"))
    _, _, lines = block("http").partition("\n")
    headers = Parser().parsestr(lines)

    assert event.model_dump(mode="json") == json.loads(block("json"))
    assert headers["webhook-signature"] == Webhook(SECRET).sign(
        headers["webhook-id"],
        datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC),
        event.model_dump_json(),
    )


def test_the_python_of_the_events_page_takes_an_event_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It refuses what somebody else has signed."""
    namespace: dict[str, Any] = {}
    exec(block("python"), namespace)  # noqa: S102 as a reader runs it
    take, seen = namespace["take"], set[str]()
    event = Event.model_validate_json(block("json")).model_dump_json()
    headers = signed(event)

    take(event.encode(), headers, SECRET, seen)
    take(event.encode(), headers, SECRET, seen)

    assert capsys.readouterr().out == (
        "application.matched careerjet:12345678-aaaa-bbbb-cccc-123456789abc\n"
    )
    with pytest.raises(WebhookVerificationError):
        take(event.encode() + b" ", headers, SECRET, seen)


def test_the_test_event_of_the_events_page_is_as_it_is_sent() -> None:
    """A receiver can tell it from all others by its type."""
    shown = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[-1]
    event = TrialEvent.model_validate_json(shown)

    assert event.model_dump(mode="json") == json.loads(shown)
    assert event.type not in {*EventType}
    assert f"\n| `{event.type}` | " in PAGE


@pytest.mark.parametrize("type_", EventType)
def test_every_type_of_event_is_on_the_events_page(type_: EventType) -> None:
    """With the occasion on which it comes."""
    assert f"\n| `{type_.value}` | " in PAGE


def signed(body: str) -> dict[str, str]:
    """Sign a body now."""
    now, id_ = datetime.now(UTC), str(uuid4())
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(id_, now, body),
    }


def block(language: str) -> str:
    """Cut the page's block in a language out of it."""
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found[0])
