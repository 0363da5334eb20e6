"""The settings that HelloWork needs."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode

from letterbox.setting_types import Secrets, comma_separated

_MIB = 1024 * 1024
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")


def _hosts_alone(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(map(_HOST.fullmatch, hosts)):
        raise ValueError(
            "must be hosts such as ats-partner.hellowork.com, without https:// and path"
        )
    return hosts


class HelloWorkSettings(BaseSettings):
    """HelloWork's part of the settings."""

    hellowork_secrets: Secrets = Field(
        (), description="API keys that HelloWork sends, old and new; none: off."
    )
    hellowork_header: str = Field(
        "X-Api-Key",
        pattern=r"^[A-Za-z0-9-]+$",
        description="Header in which HelloWork sends the key.",
    )
    hellowork_max_body_bytes: int = Field(
        40 * _MIB, gt=0, description="Largest application that HelloWork may post."
    )
    hellowork_status_hosts: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(comma_separated),
        AfterValidator(_hosts_alone),
    ] = Field(
        ("ats-partner.hellowork.com",),
        description="Hosts, with their ports where not 443, to which statuses may go.",
    )
    hellowork_status_key: SecretStr = Field(
        SecretStr(""),
        description="Key sent with statuses in the same header; none: without.",
    )
