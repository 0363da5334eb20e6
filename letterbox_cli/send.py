"""``letterbox send``: play a board, to see an application arrive."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from letterbox.boards import discover
from letterbox.boards.abilities import ChallengeBoard
from letterbox.boards.base import AskedBoard, FormBoard, PostBoard
from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.domain.ids import application_id
from letterbox.settings import Settings, load_settings
from letterbox_cli.command_line import CommandLine
from letterbox_cli.options import Json, Ndjson
from letterbox_cli.played import challenge, laid_out, sandbox_of, unreachable
from letterbox_cli.samples import CV, OPEN_POSITION
from letterbox_cli.up.dev_secrets import development_secret, made_up_for
from letterbox_cli.up.state import running_up

if TYPE_CHECKING:
    import httpx

    from letterbox_cli.json_models import Emitted

# Longer than the sandbox waits for one answer.
_WAIT = 15
_MESSAGES = {
    "accepted": "the webhook was accepted",
    "refused": "the webhook was refused",
    "pending": "the webhook was not accepted yet; the sandbox keeps trying",
    "off": "no webhook was sent; the event can be polled",
}

_ABOUT_POSITIONS = {404, 409, 410}
_OPEN_POSITIONS = "`letterbox positions list` shows open ones; --job-id takes one."
_ABOUT_SECRETS = {401, 403}

JobId = Annotated[str, typer.Option(help="Your reference of the position.")]

app = CommandLine(
    help="Send an application as a board would.",
    no_args_is_help=True,
    epilog="Example: letterbox send careerjet",
)


@app.command("seek", epilog="Example: letterbox send seek --count 3")
def send_seek(
    count: Annotated[
        int, typer.Option(help="Number of applicants.", min=1, max=10_000)
    ] = 1,
    job_id: JobId = OPEN_POSITION,
    url: Annotated[
        str | None, typer.Option(help="The sandbox; this machine's by default.")
    ] = None,
    as_json: Json = False,
    ndjson: Ndjson = False,
) -> None:
    """Have invented people apply at the SEEK sandbox, which sends webhooks."""
    from letterbox_cli.output import print_items, print_line

    sandbox = url or sandbox_of(load_settings())
    emitted = asyncio.run(_apply_at_sandbox(sandbox, count, job_id))
    if as_json or ndjson:
        print_items(emitted, ndjson=ndjson)
    else:
        for event in emitted:
            print_line(f"{event.application}  {_MESSAGES[event.delivery]}", hanging=2)
    if any(event.delivery in {"refused", "pending"} for event in emitted):
        raise typer.Exit(1)


async def _apply_at_sandbox(url: str, count: int, job_id: str) -> list[Emitted]:
    import httpx

    from letterbox_cli.json_models import Emitted
    from seek_sandbox.control import SandboxControl
    from seek_sandbox.orders import Ad, ApplicationOrder

    try:
        async with SandboxControl(url) as control:
            ad = Ad(reference=job_id)
            order = ApplicationOrder(count=count, ad=ad, wait=_WAIT)
            emitted = await control.apply(order)
    except (httpx.TransportError, httpx.InvalidURL):
        raise unreachable(url) from None
    except httpx.HTTPStatusError as error:
        raise RefusedError(
            f"{url} answered {error.response.status_code}: is it a SEEK sandbox?"
        ) from None
    return [
        Emitted(
            application=application_id("seek", event.event_id),
            event_id=event.event_id,
            application_profile_id=event.application_profile_id or "",
            delivery=event.delivery,
        )
        for event in emitted
    ]


def _sender(board: FormBoard | PostBoard) -> Callable[..., None]:
    def send(
        cv: Annotated[
            Path | None,
            typer.Option(help="CV to send; an invented one by default.", exists=True),
        ] = None,
        job_id: JobId = OPEN_POSITION,
        url: Annotated[
            str | None,
            typer.Option(help="Address to send to; this machine's API by default."),
        ] = None,
        yes: Annotated[
            bool,
            typer.Option(
                "--yes",
                help="Send even if `letterbox up` does not run "
                "there, as in production.",
            ),
        ] = False,
        as_json: Json = False,
    ) -> None:
        """Send a signed application from an invented person, and print the answer."""
        from letterbox_cli.context import apply_url

        settings = load_settings()
        board_id = str(uuid4())
        secret = _secret(settings, board)
        address = url or apply_url(settings, board.name)
        if not yes:
            _refuse_production(settings, board, address)
        if isinstance(board, FormBoard):
            form = board.sample(board_id, job_id, secret)
            response = _post_form(address, form, board.sample_document, cv or CV)
        else:
            if isinstance(board, ChallengeBoard):
                challenge(board, address, secret)
            document = (cv or CV).name, (cv or CV).read_bytes()
            if isinstance(board, AskedBoard):
                document = laid_out(settings, *document), b""
            post = board.sample_post(board_id, job_id, secret, document, settings)
            response = _post(address, content=post.body, headers=dict(post.headers))
        application = application_id(board.name, board_id)
        if as_json:
            answer = _content(response)
            code = response.status_code
            body = {"application": application, "code": code, "answer": answer}
            typer.echo(json.dumps(body))
        else:
            typer.echo(f"{response.status_code} {response.text}")
        if not response.is_success:
            if not as_json and (advice := _advice(response.status_code, board)):
                typer.echo(advice, err=True)
            raise typer.Exit(1)
        if not as_json:
            typer.echo(application)

    return send


for _name, _board in discover().items():
    if isinstance(_board, FormBoard | PostBoard):
        _example = f"letterbox send {_name} --cv my.pdf --job-id 2024-7890"
        app.command(_name, epilog=f"Example: {_example}")(_sender(_board))


def _advice(code: int, board: FormBoard | PostBoard) -> str | None:
    """Return what to do where the answer does not say it."""
    if code in _ABOUT_POSITIONS:
        return _OPEN_POSITIONS
    if code in _ABOUT_SECRETS:
        return (
            f"The API has another secret: set {board.secrets_variable} as it is there, "
            "or LETTERBOX_DATA to the data folder of its `letterbox up`."
        )
    return None


def _secret(settings: Settings, board: FormBoard | PostBoard) -> str:
    if secrets := settings.secrets_of(board.name):
        return secrets[0].decode()
    if made_up := development_secret(settings):
        return made_up_for(board, made_up)
    raise SettingsError(
        f"{board.secrets_variable} is not set, and `letterbox up` has never run here"
    )


def _refuse_production(
    settings: Settings, board: FormBoard | PostBoard, address: str
) -> None:
    """
    Raise RefusedError unless `letterbox up` is there, or its made-up secret is used.

    Nowhere else would anything keep an invented person from being taken for a real one.
    """
    if not settings.secrets_of(board.name):
        return
    running = running_up(settings.data)
    if running and address.startswith(
        f"http://{settings.api_host}:{running.ports['LETTERBOX_API_PORT']}/"
    ):
        return
    raise RefusedError(
        f"{address} is not run by `letterbox up` from here, and "
        f"{board.secrets_variable} is set: the invented applicant would look real; "
        "to send it anyway, add --yes"
    )


def _post_form(
    url: str, form: dict[str, str], document: str, cv: Path
) -> httpx.Response:
    with cv.open("rb") as file:
        return _post(url, data=form, files={document: file})


def _post(url: str, **request: Any) -> httpx.Response:
    import httpx

    try:
        return httpx.post(url, timeout=30, **request)
    except (httpx.TransportError, httpx.InvalidURL):
        raise unreachable(url) from None


def _content(response: httpx.Response) -> object:
    """Read a response, which is not JSON where a proxy gave it."""
    try:
        return response.json()
    except ValueError:
        return response.text
