"""The settings that SEEK needs."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from letterbox.domain.durations import Duration
from letterbox.setting_types import Secrets, Url


class SeekSettings(BaseSettings):
    """SEEK's part of the settings."""

    seek_webhook_secrets: Secrets = Field(
        (), description="Secrets of SEEK's webhook, old and new; none: off."
    )
    seek_client_id: str = Field(
        "", description="Partner credentials; none: SEEK is not called."
    )
    seek_client_secret: SecretStr = Field(
        SecretStr(""), description="Partner credentials."
    )
    seek_token_url: Url = Field(
        "https://auth.seek.com/oauth/token", description="SEEK's token endpoint."
    )
    seek_graphql_url: Url = Field(
        "https://graphql.seek.com/graphql", description="SEEK's GraphQL endpoint."
    )
    seek_audience: str = Field(
        "https://graphql.seek.com", description="Audience of the partner token."
    )
    seek_scheme: str = Field("seekAnz", description="Scheme of SEEK's ids.")
    seek_subscription_id: str = Field(
        "", description="Poll only for what this subscription failed to deliver."
    )
    seek_reconcile_every: Duration = Field(
        timedelta(minutes=15), description="How often SEEK is polled; 0 turns it off."
    )
    seek_unmatched: Literal["triage", "discard"] = Field(
        "triage", description="Applications for ads not posted by us."
    )
