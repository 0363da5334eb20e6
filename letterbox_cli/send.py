"""``letterbox send``: play a board, to see an application arrive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO
from uuid import uuid4

import typer

from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.domain.ids import application_id
from letterbox.settings import load_settings
from letterbox_cli.development import development_secret
from letterbox_cli.samples import CV, OPEN_POSITION
from letterbox_cli.send_seek import send_seek

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
