"""What ``letterbox seek`` prints with ``--json``."""

from pydantic import BaseModel, Field


class CreatedSubscription(BaseModel):
    """A subscription to one type of SEEK's events."""

    event: str
    id: str
    new: bool = Field(description="False where it existed before.")


class CreatedSubscriptions(BaseModel):
    """One for each type of event that is used."""

    items: tuple[CreatedSubscription, ...]


class SignedSubscription(BaseModel):
    """A subscription that SEEK now signs with another secret."""

    event: str
    id: str
    signed_anew: bool = True


class SignedSubscriptions(BaseModel):
    """All subscriptions that lead here."""

    items: tuple[SignedSubscription, ...]


class SecretFile(BaseModel):
    """Where a new secret was written, with the old one."""

    file: str
    setting: str = Field(description="What to set.")
    secret: str | None = Field(None, description="With `--show-secret`; else null.")


class WatchedSubscription(BaseModel):
    """A subscription, and how it fares."""

    event: str
    id: str
    url: str
    signed: str | None
    failed_last_day: int


class WatchedSubscriptions(BaseModel):
    """All subscriptions that lead here."""

    items: tuple[WatchedSubscription, ...]


class Backfilled(BaseModel):
    """What a hirer has at SEEK, and how much of it was fetched."""

    found: int
    taken_in: int = Field(description="With `--dry-run`, what would be fetched.")
