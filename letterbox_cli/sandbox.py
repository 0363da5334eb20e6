"""``letterbox sandbox``: stand-ins for boards, for development and tests."""

import secrets
from typing import Annotated, cast

import typer

from letterbox.boards.seek.settings import SeekSettings
from letterbox.domain.errors import RefusedError
from letterbox.settings import Settings, load_settings
from letterbox_cli.command_line import CommandLine
from seek_sandbox.options import SandboxOptions

app = CommandLine(
    help="Simulate a board.",
    no_args_is_help=True,
    epilog="Example: letterbox sandbox seek",
)


@app.callback()
def sandbox() -> None:
    """Simulate a board, for development and tests; never in production."""


@app.command("seek", epilog="Example: letterbox sandbox seek --port 8001")
def sandbox_seek(
    port: Annotated[
        int | None,
        typer.Option(
            help="Port on 127.0.0.1; LETTERBOX_SANDBOX_PORT by default.",
            min=1,
            max=65535,
        ),
    ] = None,
    webhook_url: Annotated[
        str | None,
        typer.Option(help="Where to send webhooks; this machine's API by default."),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(
            help="The same seed gives the same ids and people; random by default."
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Do not print how to connect to it.")
    ] = False,
) -> None:
    """Simulate SEEK until Ctrl-C; its /docs page says how to control it."""
    from letterbox.logs import set_up_logs
    from seek_sandbox.serving import HOST, NotServedError, serve

    settings = load_settings()
    seek = cast("SeekSettings", settings)
    signing = [secret.get_secret_value() for secret in seek.seek_webhook_secrets]
    client_secret = seek.seek_client_secret.get_secret_value()
    options = SandboxOptions(
        client_id=seek.seek_client_id or "letterbox-sandbox",
        client_secret=client_secret or secrets.token_urlsafe(16),
        audience=seek.seek_audience,
        scheme=seek.seek_scheme,
        subscription_id=seek.seek_subscription_id,
        webhook_url=webhook_url or _webhook_url(settings),
        webhook_secret=signing[0] if signing else "",
        # Ids of an earlier start are in the store, and would be taken for repeats.
        seed=seed or secrets.token_hex(8),
    )
    number = port or settings.sandbox_port
    set_up_logs("sandbox")
    if not quiet:
        url = f"http://{HOST}:{number}"
        typer.echo(_greeting(options, url, made_up=not client_secret))
    try:
        serve(options, number)
    except NotServedError as error:
        raise RefusedError(f"{error}; choose another one with --port") from None


def _webhook_url(settings: Settings) -> str:
    return f"http://{settings.api_host}:{settings.api_port}/webhooks/seek"


def _greeting(options: SandboxOptions, url: str, *, made_up: bool) -> str:
    """Return how to point a Letterbox at it, without a secret that was configured."""
    secret = options.client_secret if made_up else "(as configured)"
    delivery = (
        f"to {options.webhook_url}"
        if options.webhook_secret
        else "off: LETTERBOX_SEEK_WEBHOOK_SECRETS is not set; events can only be polled"
    )
    return f"""
The SEEK sandbox. Point Letterbox at it with:

  LETTERBOX_SEEK_TOKEN_URL={url}/oauth/token
  LETTERBOX_SEEK_GRAPHQL_URL={url}/graphql
  LETTERBOX_SEEK_CLIENT_ID={options.client_id}
  LETTERBOX_SEEK_CLIENT_SECRET={secret}

  webhooks  {delivery}
  control   {url}/docs
"""
