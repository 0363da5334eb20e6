"""``letterbox audit``: proves the state of the store and of Temporal."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from threading import Event
from typing import Annotated

import typer

from letterbox.audit.kinds import Kind
from letterbox.audit.report import Finding, Report
from letterbox.domain.plurals import plural
from letterbox_cli.options import Json, Ndjson

_MAX_EXAMPLES = 10
_MAX_DETAILS = 3


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
    foreign: Annotated[
        bool,
        typer.Option(
            "--foreign",
            help="List the objects that Letterbox did not put there, and nothing else; "
            "their names may be of persons.",
        ),
    ] = False,
    accept_journal: Annotated[
        bool,
        typer.Option(
            "--accept-journal",
            help="Note that what is broken in the journal is known: it is not reported "
            "again.",
        ),
    ] = False,
    as_json: Json = False,
    ndjson: Ndjson = False,
) -> None:
    """Compare the store with Temporal, and say what is wrong."""
    if foreign:
        _print_foreign(as_json=as_json, ndjson=ndjson)
        return
    report = asyncio.run(_audited(fast=fast, repair=repair))
    if as_json or ndjson:
        _print_json(report, ndjson=ndjson)
    else:
        print_report(report)
    if accept_journal:
        _accept_journal(report)
    if not report.fine:
        raise typer.Exit(1)


def _accept_journal(report: Report) -> None:
    from letterbox.journal.proof import accept
    from letterbox_cli.context import open_store
    from letterbox_cli.in_journal import user

    for finding in report.findings:
        if finding.kind is Kind.JOURNAL_BROKEN:
            accept(open_store(), finding.details, user(), datetime.now(UTC))
            typer.echo("what is broken in the journal is noted as known", err=True)


def _print_foreign(*, as_json: bool, ndjson: bool) -> None:
    from letterbox.audit.walk import foreign_objects
    from letterbox_cli.context import open_store
    from letterbox_cli.json_models import ForeignObject
    from letterbox_cli.output import print_items, print_rows
    from letterbox_cli.times import minute

    objects = [
        ForeignObject(key=stored.key, size=stored.size, modified=stored.modified)
        for stored in foreign_objects(open_store())
    ]
    if as_json or ndjson:
        print_items(objects, ndjson=ndjson)
        return
    print_rows(
        ("modified", "bytes", "object"),
        ((minute(one.modified), str(one.size), one.key) for one in objects),
    )


class _StoppedError(Exception):
    """Raised to end the audit after Ctrl-C."""


async def _audited(*, fast: bool, repair: bool) -> Report:
    from letterbox.audit.report import save_last_result
    from letterbox.audit.run import Audit
    from letterbox.audit.wiring import limits_of, open_tools
    from letterbox.domain.errors import StoreUnavailableError
    from letterbox.journal.sweep import remove_old_days
    from letterbox.settings import load_settings
    from letterbox_cli.output import shown_progress
    from letterbox_cli.reach_temporal import reach_temporal

    settings = load_settings()
    client = await reach_temporal(settings)
    tools = open_tools(settings, client, fast=fast, repair=repair)
    if repair:
        keep = settings.journal_keep
        await asyncio.to_thread(remove_old_days, tools.store, keep, datetime.now(UTC))
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


def _print_json(report: Report, *, ndjson: bool) -> None:
    from letterbox_cli.json_models import ExplainedFinding
    from letterbox_cli.output import print_items

    explained = (
        ExplainedFinding(
            **finding.model_dump(),
            meaning=finding.kind.meaning,
            what_to_do=finding.kind.remedy,
        )
        for finding in report.findings
    )
    rest = report.model_dump(mode="json", exclude={"findings"})
    print_items(explained, ndjson=ndjson, **rest)


def print_report(report: Report) -> None:
    """Print what is wrong, with what, and what to do about it."""
    from letterbox_cli.output import print_line

    for kind, count in report.counts.items():
        of_kind = [finding for finding in report.findings if finding.kind is kind]
        _print_kind(kind, _count(of_kind, count), of_kind)
    print_line(_summary(report))


def _print_kind(kind: Kind, count: str, of_kind: list[Finding]) -> None:
    from letterbox_cli.output import print_line, styled

    is_repaired = all(finding.repaired for finding in of_kind)
    mark = styled("ok" if is_repaired else "WRONG")
    print_line(mark + f"  {kind.value} ({count}): {kind.meaning}", hanging=4)
    print_line(f"    What to do: {kind.remedy}", hanging=4)
    for name in islice(_names(of_kind), _MAX_EXAMPLES):
        print_line(f"    {name}", hanging=6)
    if sum(1 for _ in _names(of_kind)) > _MAX_EXAMPLES:
        print_line("    … and more: --json names them all")
    print_line("")


def _count(of_kind: list[Finding], count: int) -> str:
    repaired = sum(finding.count for finding in of_kind if finding.repaired)
    return f"{count}, {repaired} repaired" if repaired else str(count)


def _names(of_kind: list[Finding]) -> Iterator[str]:
    """Name the applications, with what of each; or the objects."""
    for finding in of_kind:
        if finding.id:
            yield " ".join((finding.id, *finding.details[:_MAX_DETAILS]))
        else:
            yield from finding.details


def _summary(report: Report) -> str:
    entries = report.journal_entries
    journal = f", {entries} in the journal" if entries else ""
    looked_at = (
        f"{plural(report.applications, 'application')}, "
        f"{plural(report.open_workflows, 'open workflow')}, "
        f"{plural(report.objects, 'object')}{journal}"
    )
    how = ", documents and archives not read (--fast)" if report.fast else ""
    total = sum(report.counts.values())
    repaired = sum(finding.count for finding in report.findings if finding.repaired)
    wrong = f"{total - repaired} wrong" if total > repaired else "nothing is wrong"
    suffix = f", {repaired} repaired" if repaired else ""
    return f"{looked_at}{how}: {wrong}{suffix}"
