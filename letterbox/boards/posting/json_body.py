"""A body of JSON, verified already and from a stranger all the same."""

import json
import math
from typing import BinaryIO

from pydantic import JsonValue
from pydantic_core import from_json

from letterbox.boards.node import whole_number
from letterbox.domain.charsets import decoded
from letterbox.domain.errors import MalformedError, TooLargeError
from letterbox.streams import chunks_of

# A value costs 50 to 200 bytes of memory. Five hundred questions are some thousands.
_MAX_VALUES = 200_000
# What is kept has to be read again, by a parser that stops at 200.
_MAX_DEPTH = 100
_PUNCTUATION = b",[{"
_TOO_DEEP = "the JSON is nested too deeply"


def read_object(body: BinaryIO) -> dict[str, JsonValue]:
    """
    Read the JSON object that a body is, fit to be stored. Blocking.

    Raises MalformedError where it is none, TooLargeError where it holds too many
    values. What JSON has no word for is kept as text: NaN, a number beyond all
    bounds; half of a pair of surrogates becomes U+FFFD.
    """
    _refuse_too_many(body)
    body.seek(0)
    value = _storable(_parsed(body.read()))
    if not isinstance(value, dict):
        raise MalformedError("the body is not a JSON object")
    return value


def _refuse_too_many(body: BinaryIO) -> None:
    """Count before anything is made of them: what is counted in texts is little."""
    body.seek(0)
    values = 0
    for chunk in chunks_of(body):
        values += sum(chunk.count(mark) for mark in _PUNCTUATION)
        if values > _MAX_VALUES:
            raise TooLargeError("the JSON holds too many values")


def _parsed(raw: bytes) -> JsonValue:
    # Bytes, and not text: one emoji would make four bytes of each character.
    try:
        value: JsonValue = from_json(raw, allow_inf_nan=False, cache_strings=False)
    except ValueError:
        return _leniently_parsed(raw)
    return value


def _leniently_parsed(raw: bytes) -> JsonValue:
    """Parse what is no UTF-8, or what only Python takes."""
    encoding = json.detect_encoding(raw)
    text = decoded(raw, None if encoding.startswith("utf-8") else encoding)[0]
    try:
        value: JsonValue = json.loads(
            text.removeprefix("\ufeff"), parse_constant=str, parse_int=whole_number
        )
    except ValueError:
        raise MalformedError("the body is not JSON") from None
    except RecursionError:
        raise MalformedError(_TOO_DEEP) from None
    return value


def _storable(value: JsonValue, depth: int = 0) -> JsonValue:
    if depth > _MAX_DEPTH:
        raise MalformedError(_TOO_DEEP)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_storable(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_text(key): _storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _text(text: str) -> str:
    # To look through megabytes of base64 costs nothing, to encode them does.
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
