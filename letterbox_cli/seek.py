"""``letterbox seek``: the webhook's subscriptions and secret, and what was missed."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar, cast

import typer

from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.settings import Settings, load_settings
from letterbox_cli.command_line import CommandLine
from letterbox_cli.confirmation import Yes, confirm, refuse_without_terminal
from letterbox_cli.options import Json
from letterbox_cli.output import print_items, print_json, print_line, print_rows
from letterbox_cli.seek_backfill import backfill
from letterbox_cli.up.beside import as_up_runs

if TYPE_CHECKING:
    from pydantic import BaseModel

    from letterbox.boards.seek.client.managing import SubscriptionManager
    from letterbox.boards.seek.settings import SeekSettings

_SECRETS = "LETTERBOX_SEEK_WEBHOOK_SECRETS"
_MIN_SECRET_BYTES, _MAX_SECRET_BYTES = 16, 255

Result = TypeVar("Result")

app = CommandLine(
    help="Manage SEEK's webhook subscriptions, and fetch what was missed.",
    no_args_is_help=True,
    epilog="Example: letterbox seek status",
)


@app.command(
    epilog="Example: letterbox seek subscribe https://jobs.example.com/webhooks/seek"
)
def subscribe(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Your webhook, as SEEK reaches it.")
    ],
    hirer: Annotated[
        str | None, typer.Option(help="Only events of this hirer; all by default.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Create subscriptions to all events that are used; existing ones stay."""
    from letterbox.boards.seek.events import HANDLED
    from letterbox.boards.seek.subscriptions import PATH, is_our_endpoint
    from letterbox_cli.seek_models import CreatedSubscription

    settings = _settings()
    secret = _newest_secret(settings)
    is_local = url.startswith(("http://127.0.0.1", "http://localhost"))
    if not (is_our_endpoint(url) and (url.startswith("https://") or is_local)):
        raise typer.BadParameter(f"URL must be https:// and end in {PATH}")
    refuse_without_terminal(yes=yes)
    confirm(f"Have SEEK send {len(HANDLED)} types of events to {url}?", yes=yes)

    async def create(manager: SubscriptionManager) -> list[CreatedSubscription]:
        rows = []
        for event_type in HANDLED:
            made, is_new = await manager.create(event_type, url, secret, hirer)
            row = CreatedSubscription(event=event_type, id=made, new=is_new)
            rows.append(row)
        return rows

    rows = _managed(settings, create)
    _print(rows, as_json=as_json)
    if not as_json:
        print_line(
            f"SEEK signs with the first secret of {_SECRETS}; subscriptions that "
            "existed before keep theirs until `letterbox seek rotate`. To poll only "
            "for what was not delivered, set LETTERBOX_SEEK_SUBSCRIPTION_ID to the id "
            f"of {HANDLED[0]}.",
            err=True,
        )


@app.command(epilog="Example: letterbox seek rotate --make seek-secrets")
def rotate(
    make: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="First step: write a new secret and the old one to this file.",
        ),
    ] = None,
    show: Annotated[
        bool,
        typer.Option("--show-secret", help="With --make: print the secret too."),
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """
    Have SEEK sign with the first of your secrets; old ones stay valid meanwhile.

    First run it with `--make FILE`, put the file into the settings and restart the API;
    then run it without. Half an hour later you can remove the old secret.
    """
    from letterbox_cli.seek_models import SignedSubscription

    settings = _settings()
    if make is not None:
        _make_secret(settings, make, show=show, as_json=as_json)
        return
    secret = _newest_secret(settings)
    if len(settings.secrets_of("seek")) == 1:
        raise RefusedError(
            f"{_SECRETS} has only one secret, but SEEK signs with the old one for up "
            "to half an hour: begin with `letterbox seek rotate --make FILE`"
        )
    refuse_without_terminal(yes=yes)
    confirm(f"Have SEEK sign with the first secret of {_SECRETS}?", yes=yes)

    async def sign(manager: SubscriptionManager) -> list[SignedSubscription]:
        rows = []
        for managed in await manager.list():
            await manager.sign_with(managed.id, secret)
            event = managed.subscription.event_type
            rows.append(SignedSubscription(event=event, id=managed.id))
        return rows

    rows = _managed(settings, sign)
    if not rows:
        raise RefusedError(
            "no subscription leads here: create them with `letterbox seek subscribe "
            "URL`"
        )
    _print(rows, as_json=as_json)
    if not as_json:
        print_line(
            f"Leave the old secret in {_SECRETS} for at least half an hour; then "
            "remove it, and restart the API.",
            err=True,
        )


@app.command(epilog="Example: letterbox seek status --json")
def status(as_json: Json = False) -> None:
    """Show the subscriptions that lead here, and what failed in the last day."""
    from letterbox.boards.seek.events import HANDLED
    from letterbox_cli.seek_models import WatchedSubscription

    async def look(manager: SubscriptionManager) -> list[WatchedSubscription]:
        return [
            WatchedSubscription(
                event=managed.subscription.event_type,
                id=managed.id,
                url=managed.subscription.url,
                signed=managed.subscription.algorithm,
                failed_last_day=len(managed.subscription.failures),
            )
            for managed in await manager.list()
        ]

    rows = _managed(_settings(), look)
    _print(rows, as_json=as_json)
    known = {row.event for row in rows}
    if missing := ", ".join(event for event in HANDLED if event not in known):
        message = f"missing: {missing}; create them with `letterbox seek subscribe URL`"
        print_line(message, err=True)


app.command(
    epilog="Example: letterbox seek backfill --hirer seekAnz:organization:seek:1 "
    "--since 2026-03-01"
)(backfill)


def _settings() -> Settings:
    """Return the settings of the `letterbox up` that runs, if one does: its sandbox."""
    with as_up_runs(load_settings()) as (settings, _):
        return settings


def _newest_secret(settings: Settings) -> str:
    known = settings.secrets_of("seek")
    if not known:
        raise SettingsError(
            f"{_SECRETS} is not set: create a secret with "
            "`letterbox seek rotate --make FILE`"
        )
    if not _MIN_SECRET_BYTES <= len(known[0]) <= _MAX_SECRET_BYTES:
        raise SettingsError(
            f"{_SECRETS}: the first secret must have {_MIN_SECRET_BYTES} to "
            f"{_MAX_SECRET_BYTES} bytes"
        )
    return known[0].decode()


def _make_secret(settings: Settings, file: Path, *, show: bool, as_json: bool) -> None:
    """Write the secrets that settings are to have, for nobody else to read."""
    from letterbox_cli.seek_models import SecretFile

    made = secrets.token_urlsafe(48)
    known = [secret.decode() for secret in settings.secrets_of("seek")]
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise RefusedError(f"{file} cannot be created: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write(",".join([made, *known]))
    except OSError as error:
        # Half of it would refuse what SEEK signs.
        file.unlink(missing_ok=True)
        raise RefusedError(f"{file} cannot be written: {error.strerror}") from None
    setting = f"{_SECRETS}_FILE={file}"
    if as_json:
        secret = made if show else None
        print_json(SecretFile(file=str(file), setting=setting, secret=secret))
        return
    print_line(
        f"{file} has a new secret, and the old ones: set {setting}, remove "
        f"{_SECRETS} from the settings, restart the API, and then run "
        "`letterbox seek rotate`"
    )
    if show:
        typer.echo(made)


def _managed(
    settings: Settings, work: Callable[[SubscriptionManager], Awaitable[Result]]
) -> Result:
    """Run ``work`` on SEEK's subscriptions, as the partner that the settings name."""
    from letterbox.boards.seek.client import open_client
    from letterbox.boards.seek.client.managing import SubscriptionManager

    own = cast("SeekSettings", settings)
    if not own.seek_client_id:
        raise SettingsError("LETTERBOX_SEEK_CLIENT_ID is not set: SEEK is off")

    async def run() -> Result:
        async with open_client(own, max_document_bytes=0) as client:
            return await work(SubscriptionManager(client.graph, own.seek_scheme))

    return asyncio.run(run())


def _print(rows: Sequence[BaseModel], *, as_json: bool) -> None:
    if as_json:
        print_items(rows)
        return
    cells = [row.model_dump() for row in rows]
    header = tuple(cells[0]) if cells else ("event", "id")
    print_rows(header, ([str(cell) for cell in row.values()] for row in cells))
