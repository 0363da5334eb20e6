"""``letterbox send seek``: have the sandbox play SEEK."""

import asyncio
import json
from typing import Annotated

import typer

from letterbox.domain.errors import RefusedError
from letterbox.domain.ids import application_id
from letterbox.settings import load_settings

# Longer than the sandbox waits for one answer.
_WAIT = 15
_SAID = {
    "accepted": "the webhook was accepted",
    "refused": "the webhook was refused",
    "pending": "the webhook was not accepted yet; the sandbox goes on trying",
    "off": "no webhook was sent; the events query has it",
}


def send_seek(
    count: Annotated[
        int, typer.Option(help="How many people apply.", min=1, max=10_000)
    ] = 1,
    url: Annotated[
        str | None, typer.Option(help="The sandbox; this machine's by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Have invented people apply at the SEEK sandbox, which tells by webhook."""
    where = url or f"http://127.0.0.1:{load_settings().sandbox_port}"
    emitted = asyncio.run(_apply(where, count))
    for one in emitted:
        if as_json:
            typer.echo(json.dumps(one))
        else:
            typer.echo(f"{one['application']}  {_SAID[one['delivery']]}")
    if any(one["delivery"] in {"refused", "pending"} for one in emitted):
        raise typer.Exit(1)


async def _apply(url: str, count: int) -> list[dict[str, str]]:
    import httpx

    from seek_sandbox.control import SandboxControl
    from seek_sandbox.orders import ApplicationOrder

    try:
        async with SandboxControl(url) as control:
            order = ApplicationOrder(count=count, wait=_WAIT)
            emitted = await control.apply(order)
    except httpx.TransportError:
        raise RefusedError(
            f"nobody answers at {url}: is `letterbox up` running?"
        ) from None
    except httpx.HTTPStatusError as error:
        raise RefusedError(
            f"{url} answered {error.response.status_code}: is it a SEEK sandbox?"
        ) from None
    return [
        {
            "application": application_id("seek", one.event_id),
            "event_id": one.event_id,
            "application_profile_id": one.application_profile_id or "",
            "delivery": one.delivery,
        }
        for one in emitted
    ]
