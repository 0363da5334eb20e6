"""``letterbox audit``: prove the state of the store and of Temporal."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from letterbox.audit.kinds import KINDS, Kind
from letterbox.audit.report import Finding, Report

_SHOWN = 3


def print_report(report: Report) -> None:
    """Print what is wrong, most of all what to do about it."""
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
        of_kind = [one for one in report.findings if one.kind is kind]
        table.add_row(
            kind.value, _count(of_kind, count), _told(kind), Text(_examples(of_kind))
        )
    return table


def _count(of_kind: list[Finding], count: int) -> str:
    repaired = sum(finding.count for finding in of_kind if finding.repaired)
    return f"{count}, {repaired} repaired" if repaired else str(count)


def _told(kind: Kind) -> Text:
    explanation = KINDS[kind]
    return Text(f"{explanation.meaning}: {explanation.remedy}")


def _examples(of_kind: list[Finding]) -> str:
    names = [one.id or ", ".join(one.details[:_SHOWN]) for one in of_kind[:_SHOWN]]
    return "\n".join([*names, *(["…"] if len(of_kind) > _SHOWN else [])])


def _summary(report: Report) -> str:
    looked_at = (
        f"{report.applications} applications, {report.open_workflows} open workflows, "
        f"{report.objects} objects"
    )
    how = ", documents and archives not read (--fast)" if report.fast else ""
    left = sum(one.count for one in report.findings if not one.repaired)
    repaired = sum(one.count for one in report.findings if one.repaired)
    found = f"{left} wrong" if left else "nothing is wrong"
    mended = f", {repaired} repaired" if repaired else ""
    return f"{looked_at}{how}: {found}{mended}"


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
    from letterbox.audit.last_result import save_last_result
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
        await asyncio.to_thread(save_last_result, tools.store, report, limits.now)
    except StoreUnavailableError as error:
        typer.echo(f"the result could not be kept for metrics: {error}", err=True)
    return report
