"""The settings that LinkedIn Apply Connect needs."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from letterbox.setting_types import Secrets, Url, comma_separated

_MIB = 1024 * 1024
_LINKEDIN = ("*.linkedin.com", "*.licdn.com")
# Names, and no IP addresses: the last label is no number.
_HOST = re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]*")
_SANDBOX = re.compile(r"http://127\.0\.0\.1:[1-9][0-9]{0,4}")


def _hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(map(_HOST.fullmatch, hosts)):
        raise ValueError(
            "must be names of hosts, such as www.example.com, or *.example.com"
        )
    return hosts


class LinkedInSettings(BaseSettings):
    """LinkedIn's part of the settings."""

    linkedin_secrets: Secrets = Field(
        (),
        description="LinkedIn's applications, each as application id:client secret,"
        " your own first; none: off.",
    )
    linkedin_max_body_bytes: int = Field(
        5 * _MIB, gt=0, description="Largest application that LinkedIn may post."
    )
    linkedin_media_hosts: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(comma_separated),
        AfterValidator(_hosts),
    ] = Field(
        _LINKEDIN, description="Hosts that documents of LinkedIn's are downloaded from."
    )
    linkedin_media_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for these downloads; none: not sent."
    )
    linkedin_access_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token to report statuses with; none: not reported.",
    )
    linkedin_actions_url: Url = Field(
        "https://api.linkedin.com/v2/jobApplicationLifecycleActions",
        description="Where LinkedIn takes statuses.",
    )
    linkedin_sandbox: str = Field(
        "",
        description="Development only: http://127.0.0.1:PORT of a stand-in, from which"
        " documents are downloaded, too.",
    )

    @field_validator("linkedin_sandbox")
    @classmethod
    def _on_this_machine(cls, sandbox: str) -> str:
        if sandbox and not _SANDBOX.fullmatch(sandbox):
            raise ValueError("must be http://127.0.0.1:PORT, and nothing else")
        return sandbox
