"""What the ATS is owed of applications that are over: kept for long, or damaged."""

from collections.abc import Iterator
from datetime import timedelta

from letterbox.audit.facts import Limits, Workflows
from letterbox.audit.kinds import Kind
from letterbox.audit.report import Finding
from letterbox.domain.errors import DamagedError, LetterboxError
from letterbox.domain.ports import ObjectStore
from letterbox.records.owed_events import StoredOwedEvents

# Deliveries are tried for three days; a weekend is no reason to wake anybody.
MAX_DELIVERY = timedelta(days=4)


def owed_findings(
    store: ObjectStore, workflows: Workflows, limits: Limits, *, repair: bool
) -> Iterator[Finding]:
    """Look at the events that no record holds; ``repair`` has the ATS told of them."""
    owed = StoredOwedEvents(store)
    for application_id in owed.applications():
        try:
            events = owed.find(application_id)
        except DamagedError:
            yield Finding(kind=Kind.OWED_UNREADABLE, id=application_id)
            continue
        since = min((event.happened_at for event in events), default=limits.now)
        if limits.has_ats and since + MAX_DELIVERY < limits.now:
            is_repaired = repair and _deliver(workflows, application_id)
            yield Finding(kind=Kind.UNTOLD, id=application_id, repaired=is_repaired)


def _deliver(workflows: Workflows, application_id: str) -> bool:
    try:
        workflows.deliver(application_id)
    except LetterboxError:
        return False
    return True
