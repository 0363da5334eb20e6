"""What ``letterbox positions import`` says of an import, for a person."""

import re

from letterbox.catalogue.imports.report import ImportReport
from letterbox.domain.plurals import plural


def summary(report: ImportReport) -> str:
    """Return the counts, and below them what a person may have to do."""
    repeated = f" ({report.repeated} repeated)" if report.repeated else ""
    counts = (
        f"{plural(report.positions, 'position')}{repeated}: {report.added} added, "
        f"{report.changed} changed, {report.unchanged} unchanged; "
        f"{report.removed} removed"
    )
    lines = [counts]
    if words := report.words():
        lines.append(f"there were problems: {words}")
    if report.unused:
        names = ", ".join(f"{name} ({n})" for name, n in report.unused.items())
        lines.append(f"not used: {names}; docs/positions.md says what is used")
    if report.removals_waiting:
        lines.append(
            "nothing is removed until three complete feeds in a row agree, or with"
            " --force; if this list is only a part, use --partial"
        )
    for fault in (*report.faults, *report.notes):
        # Most reasons begin with the number themselves: "entry 3: …", "job 3: …".
        named = re.match(rf"(entry|job) {fault.position}\b", fault.reason)
        where = f"{fault.position}: " if fault.position and not named else ""
        what = "skipped: " if fault.skipped else ""
        whose = f" ({fault.reference})" if fault.reference else ""
        lines.append(f"  {where}{what}{fault.reason}{whose}")
    return "\n".join(lines)
