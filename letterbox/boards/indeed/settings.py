"""The settings that Indeed Apply needs."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode

from letterbox.setting_types import Secrets, comma_separated

_MIB = 1024 * 1024
Refusal = Literal["unknown", "closed", "duplicate"]


class IndeedSettings(BaseSettings):
    """Indeed's part of the settings."""

    indeed_secrets: Secrets = Field(
        (), description="API secrets shared with Indeed, old and new; none: off."
    )
    indeed_refuse: Annotated[
        tuple[Refusal, ...], NoDecode, BeforeValidator(comma_separated)
    ] = Field(
        (),
        description="What Indeed is told instead of accepting it: unknown (404), closed"
        " (410), which take a job out of its search; duplicate (409).",
    )
    indeed_max_body_bytes: int = Field(
        40 * _MIB, gt=0, description="Largest application that Indeed may post."
    )
