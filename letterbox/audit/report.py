"""What an audit returns: all of it for whoever runs it, its counts for metrics."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    computed_field,
)

from letterbox.audit.kinds import Kind
from letterbox.domain import keys
from letterbox.domain.journal import ChainHead
from letterbox.domain.ports import ObjectStore
from letterbox.journal.proof import note

# After a loss everything may be wrong at once: so many of each kind are named.
_MAX_NAMED = 10_000
# A fast audit reads neither documents nor archives, and sees none of these.
_UNSEEN = {
    Kind.DOCUMENT_MISSING,
    Kind.DOCUMENT_DAMAGED,
    Kind.SOURCE_DAMAGED,
    Kind.ARCHIVE_DAMAGED,
    Kind.JOURNAL_BROKEN,
}


class Finding(BaseModel):
    """One thing that is wrong, in ids, names of objects and counts only."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    id: str | None = None
    """The application's id, or its part of a key if no more is known."""
    details: tuple[str, ...] = ()
    count: int = 1
    repaired: bool = False

    def joined(self, other: "Finding") -> "Finding":
        """Merge what two walks have found of the same application."""
        details = dict.fromkeys((*self.details, *other.details))
        is_repaired = self.repaired and other.repaired
        return self.model_copy(
            update={"details": tuple(details), "repaired": is_repaired}
        )


class FindingList:
    """Findings one by one; of those beyond 10,000 of a kind, only the count."""

    def __init__(self) -> None:
        self._findings: dict[tuple[Kind, str | None], Finding] = {}
        self._named: Counter[Kind] = Counter()
        self._unnamed: Counter[tuple[Kind, bool]] = Counter()
        self.repaired = 0

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add findings; two of one kind and application become one."""
        for finding in findings:
            self.repaired += finding.repaired
            place = finding.kind, finding.id
            before = self._findings.get(place)
            if before is None and self._named[finding.kind] >= _MAX_NAMED:
                self._unnamed[finding.kind, finding.repaired] += finding.count
                continue
            self._named[finding.kind] += before is None
            self._findings[place] = before.joined(finding) if before else finding

    def all(self) -> tuple[Finding, ...]:
        """Return the findings by name, then the counts of the others."""
        return (*self._findings.values(), *self._others())

    def _others(self) -> Iterator[Finding]:
        for (kind, is_repaired), others in self._unnamed.items():
            yield Finding(
                kind=kind, details=("and others",), count=others, repaired=is_repaired
            )


class Report(BaseModel):
    """All that an audit found, as ``letterbox audit --json`` prints it."""

    model_config = ConfigDict(frozen=True)

    fast: bool
    applications: int
    objects: int
    open_workflows: int
    findings: tuple[Finding, ...]
    journal_entries: int = 0
    journal_heads: Mapping[date, Mapping[str, ChainHead]] = Field(
        default_factory=dict, exclude=True
    )
    """Where the journal's chains end; noted with the result."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def counts(self) -> dict[Kind, int]:
        """Count the findings of each kind, repaired or not."""
        counts: Counter[Kind] = Counter()
        for finding in self.findings:
            counts[finding.kind] += finding.count
        return {kind: counts[kind] for kind in Kind if counts[kind]}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def fine(self) -> bool:
        """Whether nothing is wrong any more."""
        return all(finding.repaired for finding in self.findings)


class LastAudit(BaseModel):
    """``audit/last.json``: what is wrong and was not repaired."""

    model_config = ConfigDict(frozen=True)

    ran_at: AwareDatetime
    fine: bool
    findings: dict[str, int]
    """How many there are of each kind."""
    journal: str | None = None
    """The latest note in the journal: its key and digest."""


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
    latest = note(store, report.journal_heads, ran_at)
    result = LastAudit(ran_at=ran_at, fine=not counts, findings=counts, journal=latest)
    store.put(keys.LAST_AUDIT, json.dumps(result.model_dump(mode="json")).encode())
    return result


def load_last_result(store: ObjectStore) -> LastAudit | None:
    """Return the result of the last audit; None if none is there, or readable."""
    try:
        return LastAudit.model_validate_json(store.get(keys.LAST_AUDIT))
    except (FileNotFoundError, ValidationError):
        return None
