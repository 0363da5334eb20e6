"""Variables that are set and have no effect: nothing else would report them."""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import structlog
from dotenv import dotenv_values
from dotenv.parser import parse_stream

from letterbox.settings import Settings
from letterbox.settings.sources import FILE, PREFIX

# One letter of five may be another.
_NEAR = 0.8
# What Kubernetes sets in every container for a service named letterbox.
_OF_KUBERNETES = re.compile(
    r"LETTERBOX_(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_\w+)?)"
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Unread:
    """A variable with our prefix that nothing reads."""

    variable: str
    meant: str | None
    """The setting that its name is close to."""

    def __str__(self) -> str:
        if self.meant:
            return f"{self.variable} is not a setting: did you mean {self.meant}?"
        return f"{self.variable} is not a setting of Letterbox: nothing reads it"


def unread_settings() -> list[Unread]:
    """Return the misspelt ones, and others that are not Kubernetes' own."""
    known = _known()
    ends = {variable.partition("_")[2]: variable for variable in known}
    unread = []
    for name in sorted(_variables()):
        if not name.startswith(PREFIX) or name in known:
            continue
        near = get_close_matches(name.removeprefix(PREFIX), ends, 1, _NEAR)
        if near or not _OF_KUBERNETES.fullmatch(name):
            unread.append(Unread(name, ends[near[0]] if near else None))
    return unread


def empty_files() -> list[str]:
    """Return the variables that name an empty file: what it is for is off."""
    variables, known = _variables(), _known()
    return [
        name
        for name in sorted(variables)
        if name in known and name.endswith(FILE) and _is_empty(Path(variables[name]))
    ]


def unparsed_lines() -> list[str]:
    """Return a sentence for each line of ``.env`` that sets nothing; none is quoted."""
    dotenv = Path(".env").absolute()
    if not dotenv.is_file():
        return []
    with dotenv.open(encoding="utf-8-sig") as file:
        return [
            f"{dotenv}, line {binding.original.line}: is not NAME=value, and is ignored"
            for binding in parse_stream(file)
            if binding.error
        ]


def not_set(variable: str) -> str:
    """Return why a variable has no value; it may be set by an empty file."""
    if variable + FILE in _variables():
        return f"the file that {variable}{FILE} names is empty"
    return f"{variable} is not set"


def warn_of_unread_settings() -> None:
    """Log what a process is told in vain, when it starts."""
    for line in unparsed_lines():
        log.warning("a line of .env is ignored", reason=line)
    for unread in unread_settings():
        log.warning("unknown setting", variable=unread.variable, meant=unread.meant)
    for variable in empty_files():
        log.warning("the file of a secret is empty: it is off", variable=variable)


def _is_empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except (OSError, ValueError):
        return False  # Reported as unreadable, by who reads it.


def _known() -> Collection[str]:
    """Return every variable that is read, including those that name files."""
    names = set()
    for name, field in Settings.model_fields.items():
        if field.validation_alias:
            names.add(str(field.validation_alias))
        else:
            names |= {f"{PREFIX}{name}".upper(), f"{PREFIX}{name}{FILE}".upper()}
    return names


def _variables() -> Mapping[str, str]:
    everything = {**dotenv_values(".env", encoding="utf-8-sig"), **os.environ}
    return {name.upper(): text for name, text in everything.items() if text}
