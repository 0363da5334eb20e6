"""The settings of a board of one's own."""

import binascii
from base64 import b64decode
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode

from letterbox.setting_types import Secrets, comma_separated

_MIB = 1024 * 1024
_PREFIX = "whsec_"
# Standard Webhooks asks for 24 bytes or more.
_MIN_KEY = 24
Refusal = Literal["unknown", "closed", "region"]


def key_of(secret: str) -> bytes:
    """Return the key that a secret of Standard Webhooks stands for (ValueError)."""
    encoded = secret.removeprefix(_PREFIX).rstrip("=")
    try:
        return b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def _are_keys(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for secret in secrets:
        try:
            is_long = len(key_of(secret.get_secret_value())) >= _MIN_KEY
        except ValueError:
            is_long = False
        if not is_long:
            raise ValueError(
                "must be base64 of at least 24 bytes, with or without whsec_: "
                'echo "whsec_$(openssl rand -base64 32)"'
            )
    return secrets


class GenericSettings(BaseSettings):
    """The part of the settings for a board of one's own."""

    generic_secrets: Annotated[Secrets, AfterValidator(_are_keys)] = Field(
        (),
        description="Secrets of Standard Webhooks that sign applications posted to"
        " /apply/generic (whsec_…), old and new; none: off.",
    )
    generic_refuse: Annotated[
        tuple[Refusal, ...], NoDecode, BeforeValidator(comma_separated)
    ] = Field(
        (),
        description="What its sender is told instead of accepting it: unknown (422),"
        " closed (409), region (451).",
    )
    generic_max_body_bytes: int = Field(
        40 * _MIB, gt=0, description="Largest application taken at /apply/generic."
    )
