"""Secrets made up for `letterbox up`, kept so that a restart does not change them."""

import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pydantic import SecretStr

from letterbox.boards import discover
from letterbox.boards.abilities import PlayedBoard
from letterbox.boards.base import FormBoard, PostBoard
from letterbox.boards.seek.settings import SeekSettings
from letterbox.domain.errors import SettingsError
from letterbox.settings import Settings
from letterbox_cli.played import sandbox_of


def secret_path(settings: Settings) -> Path:
    """Return where the secret lies; it is the form boards' own, the rest derive."""
    return settings.data / "development-secret"


def development_secret(settings: Settings) -> str | None:
    """Read the secret that `letterbox up` made up, if it ever ran here."""
    path = secret_path(settings)
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
    keys = tuple(map(SecretStr, _digest_keys(made_up)))
    return settings.model_copy(update={"digest_key": keys})


def development_secrets(settings: Settings) -> Mapping[str, str]:
    """
    Return variables for what is not configured; never in production.

    If SEEK is not configured, all of its settings point at the sandbox. No two are the
    same, so that none works where another belongs.
    """
    made_up = development_secret(settings) or _make_up(settings)
    variables = {}
    if not settings.operator_tokens:
        variables["LETTERBOX_OPERATOR_TOKEN"] = _derived(made_up, "operator")
    if not settings.digest_key:
        variables["LETTERBOX_DIGEST_KEY"] = ",".join(_digest_keys(made_up))
    for board in discover().values():
        if isinstance(board, FormBoard | PostBoard) and not board.secrets(settings):
            variables[board.secrets_variable] = made_up_for(board, made_up)
            if isinstance(board, PlayedBoard):
                variables |= board.at_sandbox(sandbox_of(settings))
    if plays_seek(settings):
        sandbox = sandbox_of(settings)
        variables |= {
            "LETTERBOX_SEEK_WEBHOOK_SECRETS": _derived(made_up, "webhook"),
            "LETTERBOX_SEEK_CLIENT_ID": "letterbox-sandbox",
            "LETTERBOX_SEEK_CLIENT_SECRET": _derived(made_up, "client"),
            "LETTERBOX_SEEK_TOKEN_URL": f"{sandbox}/oauth/token",
            "LETTERBOX_SEEK_GRAPHQL_URL": f"{sandbox}/graphql",
        }
    return variables


def plays_seek(settings: Settings) -> bool:
    """Return whether the sandbox stands in for SEEK, since nobody configured it."""
    return not cast("SeekSettings", settings).seek_client_id


def needs_sandbox(settings: Settings) -> bool:
    """Return whether the sandbox stands in for any board."""
    return plays_seek(settings) or any(
        isinstance(board, PlayedBoard) and not board.secrets(settings)
        for board in discover().values()
    )


def made_up_for(board: FormBoard | PostBoard, made_up: str) -> str:
    """Return the secret that a board shares with us in development."""
    is_form = isinstance(board, FormBoard)
    return made_up if is_form else _derived(made_up, board.name)


def _digest_keys(made_up: str) -> list[str]:
    # The second finds whom earlier versions have marked.
    return [_derived(made_up, "digest"), made_up]


def all_made_up(made_up: str) -> set[str]:
    """Return every secret that comes of the one that was made up."""
    purposes = ("operator", "digest", "webhook", "client")
    return {
        *(_derived(made_up, purpose) for purpose in purposes),
        *(
            made_up_for(board, made_up)
            for board in discover().values()
            if isinstance(board, FormBoard | PostBoard)
        ),
    }


def _derived(made_up: str, purpose: str) -> str:
    return hmac.new(made_up.encode(), purpose.encode(), "sha256").hexdigest()[:32]


def _make_up(settings: Settings) -> str:
    made_up = secrets.token_urlsafe(16)
    path = secret_path(settings)
    path.touch(mode=0o600)
    path.write_text(made_up)
    return made_up
