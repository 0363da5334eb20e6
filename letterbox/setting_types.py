"""Types of settings that Letterbox and the boards share."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode


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


Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(comma_separated)]
Url = Annotated[str, AfterValidator(_with_scheme)]
Port = Annotated[int, Field(ge=1, le=65535)]
