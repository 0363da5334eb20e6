"""The rule that finds a candidate's second application for the same position."""

from itertools import islice

import structlog

from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError, SettingsError
from letterbox.domain.ports import Applications, Candidates

# Nobody applies more often and means it.
_MAX_OTHERS = 50

log = structlog.get_logger()


def is_duplicate(
    record: Application, candidates: Candidates, applications: Applications
) -> bool:
    """
    Return whether the candidate applied for the same position before.

    Of two that arrive together the later one is the duplicate: call it once both can
    be found.
    """
    if not record.markers or record.position.reference is None:
        return False
    try:
        others = {
            other
            for email in record.candidate.emails
            for other in islice(
                candidates.find(email.address, widely=False), _MAX_OTHERS
            )
        }
    except SettingsError:
        # The keys were taken away since it was marked: nobody can be looked up.
        return False
    records = (_find(other, applications) for other in sorted(others - {record.id}))
    return any(other is not None and _came_first(other, record) for other in records)


def _find(application_id: str, applications: Applications) -> Application | None:
    """Read another's record; one that cannot be read must not hold this one up."""
    try:
        return applications.find(application_id)
    except DamagedError:
        log.error("unreadable record", application=application_id)  # noqa: TRY400
        return None


def _came_first(other: Application, record: Application) -> bool:
    same = (other.position.reference, other.position.hirer) == (
        record.position.reference,
        record.position.hirer,
    )
    return same and (other.received_at, other.id) < (record.received_at, record.id)
