"""Keeps the counts of the last audit in the store, where metrics read them."""

import json
from collections import Counter
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from letterbox.audit.kinds import Kind
from letterbox.audit.report import Report
from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore

# A fast audit reads neither documents nor archives, and sees none of these.
_UNSEEN = {
    Kind.DOCUMENT_MISSING,
    Kind.DOCUMENT_DAMAGED,
    Kind.SOURCE_DAMAGED,
    Kind.ARCHIVE_DAMAGED,
}


class LastAudit(BaseModel):
    """``audit/last.json``: what is wrong and was not repaired."""

    model_config = ConfigDict(frozen=True)

    ran_at: AwareDatetime
    fine: bool
    findings: dict[str, int]
    """How many there are of each kind."""


def save_last_result(store: ObjectStore, report: Report, ran_at: datetime) -> LastAudit:
    """
    Replace the result of the audit before.

    What a fast audit does not see is kept as it was found before.
    """
    findings = Counter[str]()
    for finding in report.findings:
        if not finding.repaired:
            findings[finding.kind.value] += finding.count
    if report.fast and (before := load_last_result(store)):
        for kind in _UNSEEN:
            count = before.findings.get(kind.value, 0)
            findings[kind.value] = max(findings[kind.value], count)
    counts = {kind: count for kind, count in sorted(findings.items()) if count}
    result = LastAudit(ran_at=ran_at, fine=not counts, findings=counts)
    store.put(keys.LAST_AUDIT, json.dumps(result.model_dump(mode="json")).encode())
    return result


def load_last_result(store: ObjectStore) -> LastAudit | None:
    """Return the result of the last audit; None if none is there, or readable."""
    try:
        return LastAudit.model_validate_json(store.get(keys.LAST_AUDIT))
    except (FileNotFoundError, ValidationError):
        return None
