"""The report of an audit, for people."""

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
