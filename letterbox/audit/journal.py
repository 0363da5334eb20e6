"""The journal's part of an audit."""

from collections.abc import Iterator

from letterbox.audit.kinds import Kind
from letterbox.audit.report import Finding
from letterbox.journal.proof import Proof

_MAX_DETAILS = 1000


def journal_findings(proof: Proof) -> Iterator[Finding]:
    """Turn what is wrong with the journal into one finding."""
    if proof.problems:
        yield Finding(
            kind=Kind.JOURNAL_BROKEN,
            count=len(proof.problems),
            details=tuple(proof.problems[:_MAX_DETAILS]),
        )
