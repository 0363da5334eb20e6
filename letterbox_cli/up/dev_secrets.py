"""Secrets made up for `letterbox up`, kept so that a restart does not change them."""

import secrets
from collections.abc import Mapping
from typing import cast

from pydantic import SecretStr

from letterbox.boards import discover
from letterbox.boards.base import FormBoard, PostBoard
from letterbox.boards.seek.settings import SeekSettings
from letterbox.domain.errors import SettingsError
from letterbox.settings import Settings


def development_secret(settings: Settings) -> str | None:
    """Read the secret that `letterbox up` made up, if it ever ran here."""
    path = settings.data / "development-secret"
    try:
        return path.read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"{path}, which `letterbox up` made, cannot be read: {error.strerror}"
        raise SettingsError(message) from None


def with_development_keys(settings: Settings) -> Settings:
    """Let commands find what the worker of `letterbox up` has marked."""
    made_up = development_secret(settings)
    if settings.digest_key or made_up is None:
        return settings
    return settings.model_copy(update={"digest_key": (SecretStr(made_up),)})


def development_secrets(settings: Settings) -> Mapping[str, str]:
    """
    Return variables for what is not configured; never in production.

    If SEEK is not configured, all of its settings point at the sandbox.
    """
    made_up = development_secret(settings) or _make_up(settings)
    variables = {}
    if not settings.operator_tokens:
        variables["LETTERBOX_OPERATOR_TOKEN"] = made_up
    if not settings.digest_key:
        variables["LETTERBOX_DIGEST_KEY"] = made_up
    for board in discover().values():
        if isinstance(board, FormBoard | PostBoard) and not board.secrets(settings):
            variables[board.secrets_variable] = made_up
    if plays_seek(settings):
        sandbox = f"http://127.0.0.1:{settings.sandbox_port}"
        variables |= {
            "LETTERBOX_SEEK_WEBHOOK_SECRETS": made_up,
            "LETTERBOX_SEEK_CLIENT_ID": "letterbox-sandbox",
            "LETTERBOX_SEEK_CLIENT_SECRET": made_up,
            "LETTERBOX_SEEK_TOKEN_URL": f"{sandbox}/oauth/token",
            "LETTERBOX_SEEK_GRAPHQL_URL": f"{sandbox}/graphql",
        }
    return variables


def plays_seek(settings: Settings) -> bool:
    """Return whether the sandbox stands in for SEEK, since nobody configured it."""
    return not cast("SeekSettings", settings).seek_client_id


def _make_up(settings: Settings) -> str:
    made_up = secrets.token_urlsafe(16)
    path = settings.data / "development-secret"
    path.touch(mode=0o600)
    path.write_text(made_up)
    return made_up
