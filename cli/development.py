"""The secret made up for `letterbox up`, kept so that a restart does not change it."""

import secrets
from pathlib import Path

from settings import Settings


def development_secret(settings: Settings) -> str | None:
    """Read the secret that `letterbox up` made up, if it ever ran here."""
    path = _path(settings)
    return path.read_text().strip() if path.exists() else None


def make_development_secret(settings: Settings) -> str:
    """Read the secret, or make one up; never in production."""
    if known := development_secret(settings):
        return known
    made_up = secrets.token_urlsafe(16)
    path = _path(settings)
    path.touch(mode=0o600)
    path.write_text(made_up)
    return made_up


def _path(settings: Settings) -> Path:
    return settings.data / "development-secret"
