"""Positions from JSON values that people and programs write, as far as they tell."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from letterbox.catalogue.feeds.findings import Findings
from letterbox.domain.countries import ALIASES, assigned
from letterbox.domain.positions import Position, PositionStatus

_SHOWN = 8
_STATUS = PositionStatus.OPEN
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of a position",
    "string_too_short": "is empty",
    "string_type": "is not a text",
    "string_unicode": "is not a text",
}


def position_of(value: object, number: int, findings: Findings) -> Position | None:
    """
    Read an entry; what it says beside the reference may be lost, and is named.

    None where the reference is lost itself, and for what is no object.
    """
    if not isinstance(value, dict):
        findings.skip(f"entry {number} is not an object", number)
        return None
    fields = dict(cast("dict[str, Any]", value))
    is_number = False
    if isinstance(fields.get("reference"), int) and fields["reference"] is not True:
        fields["reference"] = str(fields["reference"])
        is_number = True
    if isinstance(fields.get("status"), str):
        fields["status"] = fields["status"].strip().lower()
    reference = fields.get("reference")
    named = reference if isinstance(reference, str) else None
    reasons = _countries(fields, number, named, findings)
    while True:
        try:
            position = Position.model_validate(fields)
        except ValidationError as error:
            invalid = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
            if "reference" in invalid:
                has = ", ".join(sorted(map(_short, value))[:_SHOWN]) or "nothing"
                reason = f"entry {number}: {why_not(error)} (it has: {has})"
                findings.skip(reason, number)
                return None
            reasons += _lost(error, fields)
            fields = {name: fields[name] for name in fields if name not in invalid}
        else:
            break
    if is_number:
        words = "the reference is a number: it was read as text, without leading zeros"
        findings.note(f"entry {number}: {words}", number, position.reference)
    for reason in reasons:
        findings.mend(f"entry {number}: {reason}", number, position.reference)
    return position


def without(value: Any, pattern: re.Pattern[str]) -> Any:
    """Take out of a value, its names included, what a pattern matches."""
    if isinstance(value, str):
        return pattern.sub("", value)
    if isinstance(value, list):
        return [without(item, pattern) for item in value]
    if isinstance(value, dict):
        return {
            without(name, pattern): without(item, pattern)
            for name, item in value.items()
        }
    return value


def why_not(error: ValidationError) -> str:
    """Name the field and the fault, and no value."""
    return _fault(_faults(error)[0])


def _lost(error: ValidationError, fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with each field that cannot be read, and how it was read."""
    named = {fault["loc"][0]: fault for fault in reversed(_faults(error))}
    for name in fields:
        if fault := named.get(name):
            read_as = f"; it was read as {_STATUS}" if name == "status" else ""
            yield _fault(fault) + read_as


def _faults(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=False, include_input=False)


def _fault(first: ErrorDetails) -> str:
    what = first["msg"].removeprefix("Value error, ")
    field = ".".join(_short(str(step)) for step in first["loc"])
    if not field:
        return "is not an object"
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        similar = get_close_matches(field, Position.model_fields, n=1)
        question = f"; did you mean {similar[0]}?" if similar else ""
        return f"{field} {_WORDS[first['type']]}{question}"
    if first["type"] in _WORDS:
        return f"{field} {_WORDS[first['type']]}"
    return f"{field}: {what}"


def _countries(
    fields: dict[str, Any], number: int, reference: str | None, findings: Findings
) -> list[str]:
    """
    Keep a position whose country nobody knows: then candidates may be anywhere.

    Leaving that one out would refuse those whom it was meant to let in.
    """
    named = fields.get("countries")
    if not isinstance(named, list):
        return []
    codes = [code.strip().upper() for code in named if isinstance(code, str)]
    unknown = [code[:_SHOWN] for code in codes if assigned(code) is None]
    if unknown:
        fields["countries"] = None
        return [f"countries: {', '.join(unknown[:_SHOWN])}: not an ISO 3166-1 code"]
    for code in codes:
        if code in ALIASES:
            findings.note(f"countries: {code} is {ALIASES[code]}", number, reference)
    return []


def _short(name: object) -> str:
    return str(name)[:40]
