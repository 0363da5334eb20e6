"""``letterbox deliver --test``: one signed event, and what the ATS answers."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

import typer

from letterbox.domain.errors import SettingsError
from letterbox_cli.known_ats import NO_ATS

if TYPE_CHECKING:
    from letterbox.settings import Settings


def send_test(settings: Settings, *, as_json: bool) -> None:
    """Send one event to the ATS and print its answer; exit 1 unless it is a 2xx."""
    if not settings.delivery_url:
        raise SettingsError(NO_ATS)
    _warn_of_another_worker(settings)
    event_id = str(uuid4())
    from letterbox_cli.json_models import TestEvent
    from letterbox_cli.output import print_json, print_line

    began = time.monotonic()
    status = asyncio.run(_send(settings, event_id))
    milliseconds = round((time.monotonic() - began) * 1000)
    is_taken = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    if as_json:
        print_json(
            TestEvent(
                webhook_id=event_id,
                status=status,
                taken=is_taken,
                milliseconds=milliseconds,
            )
        )
    else:
        verdict = "it is set up" if is_taken else _advice(status)
        print_line(
            f"the ATS answers {status} after {milliseconds} ms to the test event "
            f"{event_id}: {verdict}"
        )
    if not is_taken:
        raise typer.Exit(1)


def _warn_of_another_worker(settings: Settings) -> None:
    """Warn if the worker of `letterbox up` delivers elsewhere, or not at all."""
    from letterbox_cli.up.state import running_up

    running = running_up(settings.data)
    differing = running.differing(settings) if running else []
    if names := [name for name in differing if name.startswith("LETTERBOX_DELIVERY_")]:
        typer.echo(
            "note: `letterbox up` was started with other settings "
            f"({', '.join(names)}): its worker does not deliver there; restart it",
            err=True,
        )


def _advice(status: int) -> str:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return "is LETTERBOX_DELIVERY_SECRET the secret that it verifies with?"
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        return "is LETTERBOX_DELIVERY_URL the address that it listens on?"
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "redirects are not followed: set LETTERBOX_DELIVERY_URL to the target"
    return "it should answer 2xx; see its own log"


async def _send(settings: Settings, event_id: str) -> int:
    from letterbox.resources import open_receiver

    async with open_receiver(settings) as receiver:
        if receiver is None:
            raise SettingsError(NO_ATS)
        return await receiver.send_test(event_id, datetime.now(UTC))
