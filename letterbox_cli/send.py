"""``letterbox send``: play a board, to see an application arrive."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO
from uuid import uuid4

import typer

from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.domain.ids import application_id
from letterbox.settings import load_settings
from letterbox_cli.samples import CV, OPEN_POSITION
from letterbox_cli.up.dev_secrets import development_secret

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


if TYPE_CHECKING:
    import httpx

app = typer.Typer(
    help="Send an application as a board would.",
    no_args_is_help=True,
    epilog="Example: letterbox send careerjet",
)


app.command("seek", epilog="Example: letterbox send seek --count 3")(send_seek)


@app.command(
    "careerjet",
    epilog="Example: letterbox send careerjet --cv my.pdf --job-id 2024-7890",
)
def send_careerjet(
    cv: Annotated[
        Path | None,
        typer.Option(help="The CV; an invented one by default.", exists=True),
    ] = None,
    job_id: Annotated[
        str, typer.Option(help="Our reference of the position.")
    ] = OPEN_POSITION,
    url: Annotated[
        str | None, typer.Option(help="Where to post; this machine's API by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Post a signed application of an invented person, and print the answer."""
    from letterbox_cli.context import apply_url

    settings = load_settings()
    secrets = settings.secrets_of("careerjet")
    secret = secrets[0].decode() if secrets else development_secret(settings)
    if secret is None:
        raise SettingsError(
            "LETTERBOX_CAREERJET_SECRETS is not set, and `letterbox up` never ran"
        )
    uuid = str(uuid4())
    with (cv or CV).open("rb") as file:
        answer = _post(
            url or apply_url(settings, "careerjet"), uuid, job_id, secret, file
        )
    body = {
        "application": application_id("careerjet", uuid),
        "code": answer.status_code,
        "answer": _said(answer),
    }
    if as_json:
        typer.echo(json.dumps(body))
    else:
        typer.echo(f"{answer.status_code} {answer.text}\n{body['application']}")
    if not answer.is_success:
        raise typer.Exit(1)


def _said(answer: httpx.Response) -> object:
    """Read an answer; a proxy's is not JSON."""
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _post(
    url: str, uuid: str, job_id: str, secret: str, cv: BinaryIO
) -> httpx.Response:
    import httpx

    from letterbox.boards import careerjet

    form = {
        "uuid": uuid,
        "job_id": job_id,
        "firstname": "Ada",
        "lastname": "Example",
        "email": "ada@example.com",
        "phone_number": "(212) 555-1234",
        "cover_letter": "Please find attached my CV.",
        "candidate_ip": "192.0.2.1",
        "candidate_user_agent": "letterbox send",
        "source_signature": careerjet.sign(uuid, secret),
    }
    try:
        return httpx.post(url, data=form, files={"cv": cv}, timeout=30)
    except httpx.TransportError:
        raise RefusedError(
            f"nobody answers at {url}: is `letterbox up` running?"
        ) from None
