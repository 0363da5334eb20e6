"""``letterbox audit``: prove the state of the store and of Temporal."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from letterbox.audit.report import Report


def add_to(app: typer.Typer) -> None:
    """Give the command its subcommand that looks for what is wrong."""
    app.command(
        epilog="Examples: letterbox audit --fast · letterbox audit --repair --json"
    )(audit)


def audit(
    fast: Annotated[
        bool, typer.Option("--fast", help="Read no documents and no archives.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Restart or remove what can be.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Walk the store and Temporal both ways, and say what is wrong."""
    from letterbox_cli.auditing_report import print_report

    report = asyncio.run(_audited(fast=fast, repair=repair))
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        print_report(report)
    if not report.fine:
        raise typer.Exit(1)


class _StoppedError(Exception):
    """Somebody has pressed Ctrl-C."""


async def _audited(*, fast: bool, repair: bool) -> Report:
    from letterbox.audit.last_result import keep_result
    from letterbox.audit.run import Audit
    from letterbox.audit.wiring import limits_of, open_tools
    from letterbox.domain.errors import StoreUnavailableError
    from letterbox.settings import load_settings
    from letterbox.temporal.client import connect
    from letterbox_cli.progress import shown_progress

    settings = load_settings()
    client = await connect(settings)
    tools = open_tools(settings, client, fast=fast, repair=repair)
    stopping = Event()
    with shown_progress() as shown:

        def show(stage: str, done: int, total: int | None) -> None:
            if stopping.is_set():
                raise _StoppedError
            shown(stage, done, total)

        try:
            limits = limits_of(settings)
            report = await asyncio.to_thread(Audit(tools, limits, show).run)
        finally:
            stopping.set()
    try:
        await asyncio.to_thread(keep_result, tools.store, report, limits.now)
    except StoreUnavailableError as error:
        typer.echo(f"the result could not be kept for metrics: {error}", err=True)
    return report
