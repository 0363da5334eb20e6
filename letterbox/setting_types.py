"""Types of settings that Letterbox and the boards share."""

import os
import re
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

_FIRST_PRINTABLE = 0x20
# Names, and no IP addresses: the last label is no number.
_HOST = re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]*(:[1-9][0-9]{0,4})?")

AUTO = "auto"
MAX_PROCESSES = 64
# Of a container: microseconds of processor time, and of how many.
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def comma_separated(text: object) -> object:
    """Read a comma-separated list without its blank entries."""
    if not isinstance(text, str):
        return text
    return tuple(part.strip() for part in text.split(",") if part.strip())


def pairs(text: object) -> object:
    """Read ``word=word``, comma-separated."""
    if not isinstance(text, str):
        return text
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    return {first.strip(): second.strip() for first, _, second in parts}


def web_address(url: str) -> str:
    """Check that a URL, unless it is empty, leads somewhere (ValueError)."""
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("must be a URL with its scheme, http:// or https://")
    try:
        port = urlsplit(url).port
    except ValueError:  # Its words are of Python's making.
        raise ValueError("is not a valid URL: check its host and port") from None
    if port == 0:
        raise ValueError("is not a valid URL: there is no port 0")
    return url


def _one_line(secret: SecretStr) -> SecretStr:
    """Refuse what no HTTP header can hold: a file of two lines, say (ValueError)."""
    if any(
        ord(character) < _FIRST_PRINTABLE for character in secret.get_secret_value()
    ):
        raise ValueError("must be one line, without control characters")
    return secret


def _names_of_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    lowered = tuple(host.lower() for host in hosts)
    if not all(map(_HOST.fullmatch, lowered)):
        raise ValueError(
            "must be names of hosts such as www.example.com, *.example.com or "
            "www.example.com:8443, without https:// and path"
        )
    return lowered


Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(comma_separated)]
LineSecret = Annotated[SecretStr, AfterValidator(_one_line)]
Hosts = Annotated[
    tuple[str, ...],
    NoDecode,
    BeforeValidator(comma_separated),
    AfterValidator(_names_of_hosts),
]
"""Which hosts an address that came from outside may lead to."""
Url = Annotated[str, AfterValidator(web_address)]
Port = Annotated[int, Field(ge=1, le=65535)]


def available_cores(quota_file: Path = _QUOTA) -> int:
    """
    Return how many cores this process may use, and at least one.

    A container that is limited to one core sees all of the machine's: its quota counts.
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = quota_file.read_text().split()
        # "max" is no number: no limit.
        cores = min(cores, int(quota) // int(period))
    return min(max(cores, 1), MAX_PROCESSES)


def process_count(number: object) -> int:
    """Read a number of processes, or "auto" (ValueError)."""
    if number == AUTO:
        return available_cores()
    with suppress(TypeError, ValueError):
        count = int(str(number))
        if 1 <= count <= MAX_PROCESSES:
            return count
    raise ValueError(f"must be {AUTO} or a whole number from 1 to {MAX_PROCESSES}")


ProcessCount = Annotated[int, BeforeValidator(process_count)]
