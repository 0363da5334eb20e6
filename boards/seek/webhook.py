"""
SEEK's webhooks: who sent this, and what it tells.

https://developer.seek.com/events/webhooks
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from pydantic import JsonValue
from pydantic_core import from_json

from boards.seek.events import Channel, Event, Events, event, identifier
from boards.seek.node import storable
from domain.errors import MalformedError, SignatureError

# SEEK's ``maxEventsPerAttempt`` goes no further.
_MOST_EVENTS = 10
_LONGEST_NUMBER = 1000


def _refuse(_: str) -> None:
    raise ValueError("no JSON has that number")


_BLANKS = " \t\r\n\0"
_LENIENT = json.JSONDecoder(
    strict=False,
    parse_constant=_refuse,
    # So long, it says nothing; and to read it takes the square of its length.
    parse_int=lambda digits: int(digits) if len(digits) < _LONGEST_NUMBER else None,
)


def verify(body: bytes, signature: str | None, secrets: Sequence[bytes]) -> None:
    """
    Compare ``Seek-Signature`` with the HMAC-SHA512 of the raw body.

    In constant time over every secret, in either hex case. Raises SignatureError; no
    secret verifies nothing, and an empty one is no secret.
    """
    try:
        claimed = (signature or "").encode("ascii").lower()
    except UnicodeEncodeError:
        raise SignatureError("Seek-Signature is not a hex digest") from None
    usable = [secret for secret in secrets if secret]
    fits = [hmac.compare_digest(_signature(body, one), claimed) for one in usable]
    if not any(fits):
        raise SignatureError("Seek-Signature is absent or fits no secret")


def sign(body: bytes, secret: bytes) -> str:
    """Sign as SEEK does."""
    return _signature(body, secret).decode()


def _signature(body: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, body, "sha512").hex().encode()


def read_events(body: bytes) -> Events:
    """
    Read a request's 1 to 10 events; unknown types and keys are kept.

    An event of another shape is counted and passed over beside readable ones: refused,
    SEEK would send all of them again until it gives up. Raises MalformedError where
    none can be read, or the request has not the shape of a SEEK delivery.
    """
    said = _read(body)
    if not isinstance(said, dict) or not isinstance(said.get("events"), list):
        raise MalformedError("the body has no list of events")
    if not 1 <= len(said["events"]) <= _MOST_EVENTS:
        raise MalformedError(f"the body has not 1 to {_MOST_EVENTS} events")
    found = [one for one in map(_readable, said["events"]) if one is not None]
    if not found:
        raise MalformedError("none of the events can be read")
    return Events(
        channel=Channel.WEBHOOK,
        subscription_id=identifier(said, "subscriptionId"),
        events=tuple(found),
        unreadable=len(said["events"]) - len(found),
    )


def _read(body: bytes) -> Any:
    """
    Read JSON, and what only a strict reader stops at: a mark in front, half an emoji.

    One spoilt text somewhere must not refuse the events that hold none of it.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        pass
    try:
        text = body.decode("utf-8-sig", "replace")
        return _LENIENT.decode(text.strip(_BLANKS))
    except (ValueError, RecursionError):
        # Its message may quote what was sent.
        raise MalformedError("the body is not JSON") from None


def _readable(said: JsonValue) -> Event | None:
    try:
        found = event(said)
        return replace(found, said=cast("dict[str, JsonValue]", storable(found.said)))
    except (MalformedError, RecursionError):
        return None
