"""The variables that are set: those that nothing reads, and those set twice."""

import os
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from dotenv import dotenv_values

from letterbox.checks import Finding, warning, wrong
from letterbox.settings import PREFIX, Settings

_FILE = "_FILE"
# One letter of five may be another; what Kubernetes sets for a service is far from it.
_NEAR = 0.8


def look() -> list[Finding]:
    """Name what is set and has no effect: a slip of the pen is silent otherwise."""
    given = _given()
    known = _known()
    unread = [
        _unread(name, known)
        for name in sorted(given)
        if name.startswith(PREFIX) and name not in known
    ]
    return [*unread, *_twice(given)]


def not_set(variable: str) -> str:
    """Say why a variable has no value: it may well be set, by an empty file."""
    if variable + _FILE in _given():
        return f"the file that {variable}{_FILE} names is empty"
    return f"{variable} is not set"


def _unread(name: str, known: Collection[str]) -> Finding:
    ends = {variable.partition("_")[2]: variable for variable in known}
    if near := get_close_matches(name.removeprefix(PREFIX), ends, 1, _NEAR):
        words = f"{name} is no setting: do you mean {ends[near[0]]}?"
        return wrong("settings", words)
    return warning("settings", f"{name} is no setting of Letterbox: nothing reads it")


def _twice(given: Mapping[str, str]) -> list[Finding]:
    return [
        warning("settings", f"{name} and {name}{_FILE} are both set: the former counts")
        for name in sorted(given)
        if name + _FILE in given and not name.endswith(_FILE)
    ]


def _known() -> set[str]:
    """Name every variable that is read, those that name files too."""
    fields = Settings.model_fields
    names = [
        str(field.validation_alias or f"{PREFIX}{name.upper()}")
        for name, field in fields.items()
    ]
    files = [f"{PREFIX}{name.upper()}{_FILE}" for name in fields]
    return {*names, *files}


def _given() -> dict[str, str]:
    everything = {**dotenv_values(".env", encoding="utf-8-sig"), **os.environ}
    return {name.upper(): text for name, text in everything.items() if text}
