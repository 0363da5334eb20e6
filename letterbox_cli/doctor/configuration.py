"""Checks the settings, as far as they can be judged by themselves."""

import socket
import stat
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from letterbox.boards import discover
from letterbox.boards.abilities import StatusBoard
from letterbox.boards.base import Board, FormBoard, PostBoard
from letterbox.checks import CheckResult, ok, warning, wrong
from letterbox.domain.errors import SettingsError
from letterbox.domain.plurals import plural
from letterbox.domain.region import RegionPolicy
from letterbox.operators.file import read as read_operators
from letterbox.resources import open_locator
from letterbox.settings import Settings
from letterbox.settings.sources import settings_read_from
from letterbox.settings.unread import (
    empty_files,
    not_set,
    unparsed_lines,
    unread_settings,
)
from letterbox_cli.doctor.checking import in_thread
from letterbox_cli.up.dev_secrets import all_made_up, development_secret

# SEEK requires as much of its own; shorter ones can be guessed.
_MIN_LENGTH = 16
# The other side makes it: one of our own is refused there.
_LONGER = {"LETTERBOX_OIDC_CLIENT_SECRET": "have the provider make a longer one"}


async def look(settings: Settings, *, is_up: bool) -> list[CheckResult]:
    """Check the secrets, and what needs what; `up` makes up what is not set."""
    found = [
        ok("settings", f"{settings_read_from()}; the data folder is {settings.data}"),
        *in_vain(),
        *await in_thread(_locator, settings),
        *await in_thread(_host, settings),
        *_secrets(settings),
    ]
    if not is_up:
        made_up = await in_thread(development_secret, settings)
        found += _made_up(settings, all_made_up(made_up) if made_up else set())
    found += await in_thread(_operators, settings)
    if not settings.digest_key:
        unset = not_set("LETTERBOX_DIGEST_KEY")
        message = f"{unset}: nobody can be found by email address"
        found.append(ok("candidates", message))
    return found


def _operators(settings: Settings) -> list[CheckResult]:
    """Check the file of the operators, and who may read it: it has a secret."""
    what = "operator API"
    if settings.operators is None:
        if settings.operator_tokens or settings.oidc_issuer:
            return []
        return [ok(what, f"off: {not_set('LETTERBOX_OPERATOR_TOKEN')}")]
    try:
        file = read_operators(settings.operators)
        mode = settings.operators.stat().st_mode
    except SettingsError as error:
        return [wrong(what, mistake) for mistake in error.mistakes]
    now = datetime.now(UTC)
    usable = [one for one in file.operators if any(one.valid_tokens(now))]
    found = [ok(what, f"open to {plural(len(usable), 'named operator')}")]
    if mode & stat.S_IROTH:
        message = "LETTERBOX_OPERATORS: anyone on this machine can read the file: chmod"
        found.append(warning(what, f"{message} 600, or 640 for the group of the API"))
    return found


def in_vain() -> Iterator[CheckResult]:
    """Report what is set and has no effect."""
    for line in unparsed_lines():
        yield wrong("settings", line)
    for unread in unread_settings():
        level = wrong if unread.meant else warning
        yield level("settings", str(unread))
    for variable in empty_files():
        message = f"the file that {variable} names is empty: the feature is off"
        yield warning("settings", message)


async def boards(settings: Settings) -> list[CheckResult]:
    """Return which of the boards that post whole applications are open."""
    return [
        ok(
            f"board {name}",
            f"open with {plural(len(secrets), 'secret')}{_statuses(board, settings)}"
            if (secrets := settings.secrets_of(name))
            else f"off: {not_set(board.secrets_variable)}",
        )
        for name, board in discover().items()
        if isinstance(board, FormBoard | PostBoard)
    ]


def _statuses(board: Board, settings: Settings) -> str:
    if not isinstance(board, StatusBoard):
        return ""
    if board.takes_statuses(settings):
        return "; statuses are reported to it"
    return "; no statuses are reported: the credentials for that are not set"


def _locator(settings: Settings) -> list[CheckResult]:
    try:
        open_locator(settings)
    except SettingsError as error:
        return [wrong("region", str(error))]
    if settings.geoip_database or settings.region_policy is RegionPolicy.ACCEPT:
        return []
    message = (
        f"LETTERBOX_REGION_POLICY is {settings.region_policy.value}, and without "
        "LETTERBOX_GEOIP_DATABASE nobody is known to be elsewhere"
    )
    return [warning("region", message)]


def _host(settings: Settings) -> list[CheckResult]:
    """Resolve the address of the API; whether it is this machine's is not known."""
    try:
        socket.getaddrinfo(settings.api_host, settings.api_port)
    except (OSError, UnicodeError):
        message = f"LETTERBOX_API_HOST: {settings.api_host} is no address, nor a name"
        return [wrong("settings", f"{message} that can be looked up")]
    return []


def _secrets(settings: Settings) -> list[CheckResult]:
    """Warn of what can be guessed, unless the board made it up."""
    theirs = {
        board.secrets_variable for board in discover().values() if board.makes_secrets
    }
    return [
        warning(
            "secrets",
            f"{variable} has fewer than {_MIN_LENGTH} characters: "
            + _LONGER.get(variable, "generate one with `openssl rand -hex 32`"),
        )
        for variable, secret in _known(settings)
        if len(secret) < _MIN_LENGTH and variable not in theirs
    ]


def _made_up(settings: Settings, made_up: Collection[str]) -> list[CheckResult]:
    names = dict.fromkeys(name for name, known in _known(settings) if known in made_up)
    return [
        wrong(
            "secrets",
            f"{name} is the development secret of `letterbox up`: use another one",
        )
        for name in names
    ]


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
    if shared := settings.oidc_client_secret.get_secret_value():
        yield "LETTERBOX_OIDC_CLIENT_SECRET", shared
