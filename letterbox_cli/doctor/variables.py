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
    """Find what is set and has no effect; nothing else would report a misspelling."""
    variables = _variables()
    known = _known()
    unread = [
        _unread(name, known)
        for name in sorted(variables)
        if name.startswith(PREFIX) and name not in known
    ]
    return [*unread, *_twice(variables)]


def not_set(variable: str) -> str:
    """Return why a variable has no value; it may be set by an empty file."""
    if variable + _FILE in _variables():
        return f"the file that {variable}{_FILE} names is empty"
    return f"{variable} is not set"


def _unread(name: str, known: Collection[str]) -> Finding:
    ends = {variable.partition("_")[2]: variable for variable in known}
    if near := get_close_matches(name.removeprefix(PREFIX), ends, 1, _NEAR):
        message = f"{name} is no setting: do you mean {ends[near[0]]}?"
        return wrong("settings", message)
    return warning("settings", f"{name} is no setting of Letterbox: nothing reads it")


def _twice(variables: Mapping[str, str]) -> list[Finding]:
    return [
        warning("settings", f"{name} and {name}{_FILE} are both set: the former counts")
        for name in sorted(variables)
        if name + _FILE in variables and not name.endswith(_FILE)
    ]


def _known() -> set[str]:
    """Return every variable that is read, including those that name files."""
    fields = Settings.model_fields
    names = [
        str(field.validation_alias or f"{PREFIX}{name.upper()}")
        for name, field in fields.items()
    ]
    files = [f"{PREFIX}{name.upper()}{_FILE}" for name in fields]
    return {*names, *files}


def _variables() -> dict[str, str]:
    everything = {**dotenv_values(".env", encoding="utf-8-sig"), **os.environ}
    return {name.upper(): text for name, text in everything.items() if text}
