"""Checks the settings, as far as they can be judged by themselves."""

from collections.abc import Iterator

from letterbox.boards import discover
from letterbox.boards.base import FormBoard, PostBoard
from letterbox.checks import Finding, ok, warning, wrong
from letterbox.domain.errors import SettingsError
from letterbox.domain.region import RegionPolicy
from letterbox.resources import open_locator
from letterbox.settings import Settings
from letterbox_cli.doctor import variables
from letterbox_cli.doctor.findings import in_thread
from letterbox_cli.doctor.variables import not_set
from letterbox_cli.up.dev_secrets import development_secret, development_secrets

# SEEK requires as much of its own; shorter ones can be guessed.
_MIN_LENGTH = 16


async def look(settings: Settings) -> list[Finding]:
    """Check the secrets, and what needs what."""
    found = [
        *variables.look(),
        *await in_thread(_locator, settings),
        *_secrets(settings),
    ]
    made_up = await in_thread(development_secret, settings)
    found += _made_up(settings, made_up)
    if made_up is not None:
        found += await in_thread(_of_up, settings)
    if not settings.operator_tokens:
        message = f"off: {not_set('LETTERBOX_OPERATOR_TOKEN')}"
        found.append(ok("operator API", message))
    if not settings.digest_key:
        unset = not_set("LETTERBOX_DIGEST_KEY")
        message = f"{unset}: nobody is found by an address"
        found.append(ok("candidates", message))
    return [ok("settings", "all of them can be read"), *found]


async def boards(settings: Settings) -> list[Finding]:
    """Return which of the boards that post whole applications are open."""
    return [
        ok(
            f"board {name}",
            f"open with {len(secrets)} secret(s)"
            if (secrets := settings.secrets_of(name))
            else f"off: {not_set(board.secrets_variable)}",
        )
        for name, board in discover().items()
        if isinstance(board, FormBoard | PostBoard)
    ]


def _locator(settings: Settings) -> list[Finding]:
    try:
        open_locator(settings)
    except SettingsError as error:
        return [wrong("region", str(error))]
    if settings.geoip_database or settings.region_policy is RegionPolicy.ACCEPT:
        return []
    message = (
        f"LETTERBOX_REGION_POLICY is {settings.region_policy.value}, and without "
        "LETTERBOX_GEOIP_DATABASE nobody is surely elsewhere"
    )
    return [warning("region", message)]


def _secrets(settings: Settings) -> list[Finding]:
    """Warn of what can be guessed, unless the board made it up."""
    theirs = {
        board.secrets_variable for board in discover().values() if board.makes_secrets
    }
    return [
        warning(
            "secrets",
            f"{variable} has fewer than {_MIN_LENGTH} characters: "
            "`openssl rand -hex 32` makes a better one",
        )
        for variable, secret in _known(settings)
        if len(secret) < _MIN_LENGTH and variable not in theirs
    ]


def _made_up(settings: Settings, made_up: str | None) -> list[Finding]:
    names = dict.fromkeys(name for name, known in _known(settings) if known == made_up)
    return [
        wrong(
            "secrets",
            f"{name} is the one that `letterbox up` made up for development: "
            "take another",
        )
        for name in names
    ]


def _of_up(settings: Settings) -> list[Finding]:
    """Warn of what runs under `letterbox up` and is off in these settings."""
    if not (names := ", ".join(development_secrets(settings))):
        return []
    message = (
        f"`letterbox up` runs with made-up values of {names}: they are not looked at "
        "here, where only this environment and .env count"
    )
    return [warning("letterbox up", message)]


def _known(settings: Settings) -> Iterator[tuple[str, str]]:
    several = {
        **{
            board.secrets_variable: board.secrets(settings)
            for board in discover().values()
        },
        "LETTERBOX_DIGEST_KEY": settings.digest_key,
    }
    for name, secrets in several.items():
        for secret in secrets:
            yield name, secret.get_secret_value()
    for token in settings.operator_tokens:
        yield "LETTERBOX_OPERATOR_TOKEN", token.decode()
