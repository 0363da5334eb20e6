"""``letterbox api``: processes that answer boards and operators."""

import typer

from letterbox.settings import load_settings
from letterbox_cli.processes.option import Processes


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: LETTERBOX_API_PORT=8080 letterbox api")(api)


def api(processes: Processes = None) -> None:
    """Run one API process, or several at one port."""
    settings = load_settings()
    count = processes or settings.api_processes
    if count > 1:
        from letterbox_cli.processes.run import run_apis

        run_apis(settings, count)
        return
    from letterbox_cli.api.server import serve_api

    serve_api(settings)
