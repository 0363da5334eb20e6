"""Types of settings that Letterbox and the boards share."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

# Names, and no IP addresses: the last label is no number.
_HOST = re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]*(:[1-9][0-9]{0,4})?")


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


def _with_scheme(url: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("must be a URL with its scheme, http:// or https://")
    return url


def _names_of_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    lowered = tuple(host.lower() for host in hosts)
    if not all(map(_HOST.fullmatch, lowered)):
        raise ValueError(
            "must be names of hosts such as www.example.com, *.example.com or "
            "www.example.com:8443, without https:// and path"
        )
    return lowered


Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(comma_separated)]
Hosts = Annotated[
    tuple[str, ...],
    NoDecode,
    BeforeValidator(comma_separated),
    AfterValidator(_names_of_hosts),
]
"""Which hosts an address that came from outside may lead to."""
Url = Annotated[str, AfterValidator(_with_scheme)]
Port = Annotated[int, Field(ge=1, le=65535)]
