"""
SEEK's webhooks: whether SEEK sent a request, and which events it has.

https://developer.seek.com/events/webhooks
"""

import hmac
import json
from collections.abc import Sequence

from pydantic import JsonValue
from pydantic_core import from_json, to_json

from letterbox.boards.node import whole_number
from letterbox.boards.seek.events import (
    Channel,
    Events,
    SeekEvent,
    identifier,
    read_event,
)
from letterbox.domain.errors import MalformedError, SignatureError

# SEEK's ``maxEventsPerAttempt`` goes no further.
_MAX_EVENTS = 10


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
    matches = [
        hmac.compare_digest(_signature(body, secret), claimed) for secret in usable
    ]
    if not any(matches):
        raise SignatureError("Seek-Signature is missing or matches no secret")


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
    none can be read, or the request has not the shape of a SEEK submission.
    """
    payload = _parsed(body)
    listed = payload.get("events") if isinstance(payload, dict) else None
    if not isinstance(payload, dict) or not isinstance(listed, list):
        raise MalformedError("the body has no list of events")
    if not 1 <= len(listed) <= _MAX_EVENTS:
        raise MalformedError(f"the body must have 1 to {_MAX_EVENTS} events")
    events = [event for event in map(_readable, listed) if event]
    if not events:
        raise MalformedError("none of the events can be read")
    return Events(
        channel=Channel.WEBHOOK,
        subscription_id=identifier(payload, "subscriptionId"),
        events=tuple(events),
        unreadable=len(listed) - len(events),
    )


def _parsed(body: bytes) -> JsonValue:
    """Read JSON, or what is JSON but for some of its texts and numbers."""
    try:
        payload: JsonValue = from_json(body, allow_inf_nan=False)
    except ValueError:
        return _parsed_leniently(body)
    return payload


def _parsed_leniently(body: bytes) -> JsonValue:
    """
    Read what one malformed event would hide: half an emoji, a byte that is not UTF-8.

    Such bytes become lone surrogates, which are fit for no id and are never guessed at.
    """
    try:
        payload: JsonValue = json.loads(
            body.decode("utf-8-sig", "surrogateescape"),
            strict=False,
            parse_constant=_refuse,
            parse_int=whole_number,
        )
    except (ValueError, RecursionError):
        # Its message may quote what was sent.
        raise MalformedError("the body is not JSON") from None
    return payload


def _refuse(constant: str) -> JsonValue:
    raise ValueError(constant)  # NaN and the like are no JSON to anybody.


def _readable(payload: JsonValue) -> SeekEvent | None:
    try:
        readable = read_event(payload)
        # What is nested too deeply could be kept, and never be read again.
        from_json(to_json(readable.payload))
    except (MalformedError, ValueError):
        return None
    return readable
