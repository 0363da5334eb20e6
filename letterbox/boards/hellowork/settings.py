"""The settings that HelloWork needs."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from letterbox.setting_types import Hosts, LineSecret, Secrets

_MIB = 1024 * 1024


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
    hellowork_status_hosts: Hosts = Field(
        ("ats-partner.hellowork.com",),
        description="Hosts, with their ports where not 443, to which statuses may go.",
    )
    hellowork_status_key: LineSecret = Field(
        SecretStr(""),
        description="Key sent with statuses in the same header; none: without.",
    )
