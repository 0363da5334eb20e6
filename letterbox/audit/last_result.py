"""What the last audit came to: counts, for whoever watches."""

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
    """``audit/last.json``: what is wrong, and was not repaired."""

    model_config = ConfigDict(frozen=True)

    ran_at: AwareDatetime
    fine: bool
    findings: dict[str, int]
    """How many of each kind."""


def keep_result(store: ObjectStore, report: Report, ran_at: datetime) -> LastAudit:
    """
    Write the result of an audit in the place of the one before.

    What a fast audit does not see, it leaves as it was found before.
    """
    findings = Counter[str]()
    for finding in report.findings:
        if not finding.repaired:
            findings[finding.kind.value] += finding.count
    if report.fast and (before := last_result(store)):
        for kind in _UNSEEN:
            found = before.findings.get(kind.value, 0)
            findings[kind.value] = max(findings[kind.value], found)
    counts = {kind: count for kind, count in sorted(findings.items()) if count}
    told = LastAudit(ran_at=ran_at, fine=not counts, findings=counts)
    store.put(keys.LAST_AUDIT, json.dumps(told.model_dump(mode="json")).encode())
    return told


def last_result(store: ObjectStore) -> LastAudit | None:
    """Read the result of the last audit; None where there is none to be read."""
    try:
        return LastAudit.model_validate_json(store.get(keys.LAST_AUDIT))
    except (FileNotFoundError, ValidationError):
        return None
