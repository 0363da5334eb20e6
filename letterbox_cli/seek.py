"""``letterbox seek``: the webhook's subscriptions and secret, and what was missed."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar, cast

import typer

from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.settings import Settings, load_settings
from letterbox_cli.confirmation import Yes, confirm, refuse_without_terminal
from letterbox_cli.options import Json
from letterbox_cli.output import print_rows
from letterbox_cli.seek_backfill import backfill

if TYPE_CHECKING:
    from letterbox.boards.seek.client.managing import SubscriptionManager
    from letterbox.boards.seek.settings import SeekSettings

_SECRETS = "LETTERBOX_SEEK_WEBHOOK_SECRETS"
_SHORTEST, _LONGEST = 16, 255

Result = TypeVar("Result")

app = typer.Typer(
    help="SEEK: its webhook's subscriptions, and what was missed.",
    no_args_is_help=True,
    epilog="Example: letterbox seek status",
)


@app.callback()
def seek() -> None:
    """Look after what SEEK sends us."""


@app.command(
    epilog="Example: letterbox seek subscribe https://jobs.example.com/webhooks/seek"
)
def subscribe(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Of our webhook, as SEEK reaches it.")
    ],
    hirer: Annotated[
        str | None, typer.Option(help="Only of this hirer; of all by default.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Have SEEK send us all events that we act upon; what is there already stays."""
    from letterbox.boards.seek.events import HANDLED
    from letterbox.boards.seek.subscriptions import PATH, is_our_endpoint

    settings = load_settings()
    secret = _newest_secret(settings)
    is_local = url.startswith(("http://127.0.0.1", "http://localhost"))
    if not (is_our_endpoint(url) and (url.startswith("https://") or is_local)):
        raise typer.BadParameter(f"URL must be https:// and end in {PATH}")
    refuse_without_terminal(yes=yes)
    confirm(f"Have SEEK send {len(HANDLED)} types of events to {url}?", yes=yes)

    async def create(manager: SubscriptionManager) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for event_type in HANDLED:
            made, is_new = await manager.create(event_type, url, secret, hirer)
            rows.append({"event": event_type, "id": made, "new": is_new})
        return rows

    rows = _managed(settings, create)
    _print(rows, as_json=as_json)
    if not as_json:
        typer.echo(
            "SEEK signs with the first secret of "
            f"{_SECRETS}; what was there before keeps its own, until `letterbox seek "
            "rotate`. Set LETTERBOX_SEEK_SUBSCRIPTION_ID to the id of "
            f"{HANDLED[0]} to be asked only for what was not delivered.",
            err=True,
        )


@app.command(epilog="Example: letterbox seek rotate --make seek-secrets")
def rotate(
    make: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="First step: write a new secret and the old one to FILE.",
        ),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show-secret", help="With --make: print it as well.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """
    Have SEEK sign with the first of our secrets; the old ones stay valid meanwhile.

    First `--make FILE`; then put the file into the settings and restart the API; then
    this command without it. After half an hour the old secret can go.
    """
    settings = load_settings()
    if make is not None:
        _make_secret(settings, make, show=show, as_json=as_json)
        return
    secret = _newest_secret(settings)
    if len(settings.secrets_of("seek")) == 1:
        raise RefusedError(
            f"{_SECRETS} has one secret, and SEEK signs with the old one for up to "
            "half an hour: begin with `letterbox seek rotate --make FILE`"
        )
    refuse_without_terminal(yes=yes)
    confirm(f"Have SEEK sign with the first secret of {_SECRETS}?", yes=yes)

    async def sign(manager: SubscriptionManager) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for managed in await manager.list():
            await manager.sign_with(managed.id, secret)
            event = managed.subscription.event_type
            rows.append({"event": event, "id": managed.id, "signed_anew": True})
        return rows

    rows = _managed(settings, sign)
    if not rows:
        raise RefusedError(
            "no subscription leads to us: `letterbox seek subscribe URL`"
        )
    _print(rows, as_json=as_json)
    if not as_json:
        typer.echo(
            f"Leave the old secret in {_SECRETS} for half an hour at least; then take "
            "it out, and restart the API.",
            err=True,
        )


@app.command(epilog="Example: letterbox seek status --json")
def status(as_json: Json = False) -> None:
    """Show SEEK's subscriptions that lead to us, and what failed in the last day."""
    from letterbox.boards.seek.events import HANDLED

    async def look(manager: SubscriptionManager) -> list[dict[str, object]]:
        return [
            {
                "event": managed.subscription.event_type,
                "id": managed.id,
                "url": managed.subscription.url,
                "signed": managed.subscription.algorithm,
                "failed_last_day": len(managed.subscription.failures),
            }
            for managed in await manager.list()
        ]

    rows = _managed(load_settings(), look)
    _print(rows, as_json=as_json)
    if missing := [event for event in HANDLED if event not in _events(rows)]:
        names = ", ".join(missing)
        typer.echo(f"missing: {names}; try `letterbox seek subscribe URL`", err=True)


app.command(
    epilog="Example: letterbox seek backfill --hirer seekAnz:organization:seek:1 "
    "--since 2026-03-01"
)(backfill)


def _newest_secret(settings: Settings) -> str:
    known = settings.secrets_of("seek")
    if not known:
        raise SettingsError(
            f"{_SECRETS} is not set: `letterbox seek rotate --make FILE` makes a secret"
        )
    if not _SHORTEST <= len(known[0]) <= _LONGEST:
        raise SettingsError(
            f"{_SECRETS}: SEEK wants the first secret to have {_SHORTEST} to "
            f"{_LONGEST} bytes"
        )
    return known[0].decode()


def _make_secret(settings: Settings, file: Path, *, show: bool, as_json: bool) -> None:
    """Write the secrets that settings are to have, for nobody else to read."""
    made = secrets.token_urlsafe(48)
    known = [secret.decode() for secret in settings.secrets_of("seek")]
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise RefusedError(f"{file} cannot be made: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write(",".join([made, *known[:1]]))
    setting = f"{_SECRETS}_FILE={file}"
    if as_json:
        row = {"file": str(file), "setting": setting}
        typer.echo(json.dumps(row | ({"secret": made} if show else {})))
        return
    typer.echo(
        f"{file} has a new secret, and the one before: set {setting}, take {_SECRETS} "
        "out of the settings, restart the API, and then run `letterbox seek rotate`"
    )
    if show:
        typer.echo(made)


def _managed(
    settings: Settings, work: Callable[[SubscriptionManager], Awaitable[Result]]
) -> Result:
    """Do something with SEEK's subscriptions, as the partner that settings name."""
    from letterbox.boards.seek.client import open_client
    from letterbox.boards.seek.client.managing import SubscriptionManager

    own = cast("SeekSettings", settings)
    if not own.seek_client_id:
        raise SettingsError("LETTERBOX_SEEK_CLIENT_ID is not set: SEEK cannot be asked")

    async def run() -> Result:
        async with open_client(own, max_document_bytes=0) as client:
            return await work(SubscriptionManager(client.graph, own.seek_scheme))

    return asyncio.run(run())


def _events(rows: list[dict[str, object]]) -> set[object]:
    return {row["event"] for row in rows}


def _print(rows: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows))
        return
    header = tuple(rows[0]) if rows else ("event", "id")
    print_rows(header, ([str(cell) for cell in row.values()] for row in rows))
