"""The settings that LinkedIn Apply Connect needs."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from letterbox.boards.base import Outcome
from letterbox.setting_types import Hosts, LineSecret, Secrets, Url, pairs

_MIB = 1024 * 1024
_LINKEDIN = ("*.linkedin.com", "*.licdn.com")
_SANDBOX = re.compile(r"http://127\.0\.0\.1:[1-9][0-9]{0,4}")


ErrorCodes = Annotated[
    dict[Outcome, Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]],
    NoDecode,
    BeforeValidator(pairs),
]


class LinkedInSettings(BaseSettings):
    """LinkedIn's part of the settings."""

    linkedin_secrets: Secrets = Field(
        (),
        description="LinkedIn's applications, each as application id:client secret,"
        " your own first; a single secret needs no id; none: off.",
    )
    linkedin_max_body_bytes: int = Field(
        5 * _MIB, gt=0, description="Largest application that LinkedIn may post."
    )
    linkedin_media_hosts: Hosts = Field(
        _LINKEDIN, description="Hosts that documents of LinkedIn's are downloaded from."
    )
    linkedin_media_token: LineSecret = Field(
        SecretStr(""), description="Bearer token for these downloads; none: not sent."
    )
    linkedin_access_token: LineSecret = Field(
        SecretStr(""),
        description="Bearer token to report statuses with; none: not reported.",
    )
    linkedin_actions_url: Url = Field(
        "https://api.linkedin.com/v2/jobApplicationLifecycleActions",
        description="Where LinkedIn takes statuses.",
    )
    linkedin_error_codes: ErrorCodes = Field(
        {},
        description="LinkedIn's errorCode for our outcomes (malformed, invalid-source,"
        " too-large, unavailable, unexpected) where it differs from our own word.",
    )
    linkedin_sandbox: str = Field(
        "",
        description="Development only: http://127.0.0.1:PORT of a stand-in, from which"
        " documents are downloaded, too.",
    )

    def error_code(self, outcome: Outcome) -> str:
        """Return what a failure is called: which codes LinkedIn knows is NOT SEEN."""
        own = outcome.value.upper().replace("-", "_")
        return self.linkedin_error_codes.get(outcome, own)

    @field_validator("linkedin_secrets")
    @classmethod
    def _whole(cls, secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in secrets:
            name, colon, key = secret.get_secret_value().partition(":")
            if colon and not (name.strip() and key.strip()):
                raise ValueError(
                    "must be application id:client secret, with something on both "
                    "sides of the colon"
                )
        return secrets

    @field_validator("linkedin_sandbox")
    @classmethod
    def _on_this_machine(cls, sandbox: str) -> str:
        if sandbox and not _SANDBOX.fullmatch(sandbox):
            raise ValueError("must be http://127.0.0.1:PORT, and nothing else")
        return sandbox
