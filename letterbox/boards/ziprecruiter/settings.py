"""The settings that ZipRecruiter needs."""

from datetime import timedelta

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from letterbox.domain.durations import Duration
from letterbox.setting_types import Secrets, Url

_MIB = 1024 * 1024


class ZipRecruiterSettings(BaseSettings):
    """ZipRecruiter's part of the settings."""

    ziprecruiter_secrets: Secrets = Field(
        (), description="Secrets shared with ZipRecruiter, old and new; none: off."
    )
    ziprecruiter_window: Duration = Field(
        timedelta(minutes=5),
        description="A signature older or newer than this is logged, and taken.",
    )
    ziprecruiter_max_body_bytes: int = Field(
        40 * _MIB, gt=0, description="Largest application that ZipRecruiter may post."
    )
    ziprecruiter_api_user: SecretStr = Field(
        SecretStr(""),
        description="User of the hiring signals; none: no statuses are sent.",
    )
    ziprecruiter_api_password: SecretStr = Field(
        SecretStr(""), description="Password of the hiring signals."
    )
    ziprecruiter_signal_url: Url = Field(
        "https://api.ziprecruiter.com/hiring-signal/v0/event",
        description="Where ZipRecruiter takes hiring signals.",
    )
