"""``letterbox audit``: proves the state of the store and of Temporal."""

import asyncio
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from letterbox.audit.report import Finding, Report
from letterbox_cli.options import Json

_MAX_EXAMPLES = 3


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(
        epilog="Examples: letterbox audit --fast · letterbox audit --repair --json"
    )(audit)


def audit(
    fast: Annotated[
        bool, typer.Option("--fast", help="Do not read documents and archives.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Restart, rebuild or remove what can be.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare the store with Temporal, and say what is wrong."""
    report = asyncio.run(_audited(fast=fast, repair=repair))
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        print_report(report)
    if not report.fine:
        raise typer.Exit(1)


class _StoppedError(Exception):
    """Raised to end the audit after Ctrl-C."""


async def _audited(*, fast: bool, repair: bool) -> Report:
    from letterbox.audit.report import save_last_result
    from letterbox.audit.run import Audit
    from letterbox.audit.wiring import limits_of, open_tools
    from letterbox.domain.errors import StoreUnavailableError
    from letterbox.settings import load_settings
    from letterbox.temporal.client import connect
    from letterbox_cli.output import shown_progress

    settings = load_settings()
    client = await connect(settings)
    tools = open_tools(settings, client, fast=fast, repair=repair)
    stopping = Event()
    with shown_progress() as show_progress:

        def show(stage: str, done: int, total: int | None) -> None:
            if stopping.is_set():
                raise _StoppedError
            show_progress(stage, done, total)

        try:
            limits = limits_of(settings)
            report = await asyncio.to_thread(Audit(tools, limits, show).run)
        finally:
            stopping.set()
    try:
        await asyncio.to_thread(save_last_result, tools.store, report, limits.now)
    except StoreUnavailableError as error:
        typer.echo(f"the result could not be kept for metrics: {error}", err=True)
    return report


def print_report(report: Report) -> None:
    """Print what is wrong, and what to do about it."""
    console = Console()
    if report.findings:
        console.print(_table(report))
    console.print(_summary(report), soft_wrap=True)


def _table(report: Report) -> Table:
    table = Table(
        Column("what", no_wrap=True),
        Column("how many", justify="right"),
        "what to do",
        Column("the first", overflow="fold"),
    )
    for kind, count in report.counts.items():
        of_kind = [finding for finding in report.findings if finding.kind is kind]
        table.add_row(
            kind.value,
            _count(of_kind, count),
            Text(f"{kind.meaning}: {kind.remedy}"),
            Text(_examples(of_kind)),
        )
    return table


def _count(of_kind: list[Finding], count: int) -> str:
    repaired = sum(finding.count for finding in of_kind if finding.repaired)
    return f"{count}, {repaired} repaired" if repaired else str(count)


def _examples(of_kind: list[Finding]) -> str:
    names = [
        finding.id or ", ".join(finding.details[:_MAX_EXAMPLES])
        for finding in of_kind[:_MAX_EXAMPLES]
    ]
    return "\n".join([*names, *(["…"] if len(of_kind) > _MAX_EXAMPLES else [])])


def _summary(report: Report) -> str:
    looked_at = (
        f"{report.applications} applications, {report.open_workflows} open workflows, "
        f"{report.objects} objects"
    )
    how = ", documents and archives not read (--fast)" if report.fast else ""
    total = sum(report.counts.values())
    repaired = sum(finding.count for finding in report.findings if finding.repaired)
    wrong = f"{total - repaired} wrong" if total > repaired else "nothing is wrong"
    suffix = f", {repaired} repaired" if repaired else ""
    return f"{looked_at}{how}: {wrong}{suffix}"
