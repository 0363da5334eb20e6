"""``letterbox api``: one process that answers boards and operators."""

import typer

from letterbox.settings import load_settings


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: LETTERBOX_API_PORT=8080 letterbox api")(api)


def api() -> None:
    """Run one API process."""
    from letterbox_cli.api.server import serve_api

    serve_api(load_settings())
