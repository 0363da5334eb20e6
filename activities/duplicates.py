"""One person, one position, two applications."""

from itertools import islice

import structlog

from letterbox.domain.application import Application, Flag
from letterbox.domain.errors import DamagedError, SettingsError
from letterbox.domain.ports import Applications, Candidates

# Nobody applies more often and means it.
_LOOKED_AT = 50

log = structlog.get_logger()


def is_duplicate(
    record: Application, candidates: Candidates, applications: Applications
) -> bool:
    """
    Tell whether the candidate applied for the same position before.

    Of two that arrive together the later one is: call it once both can be found.
    """
    if not record.markers or record.position.reference is None:
        return False
    try:
        others = {
            other
            for email in record.candidate.emails
            for other in islice(
                candidates.find(email.address, widely=False), _LOOKED_AT
            )
        }
    except SettingsError:
        # The keys were taken away since it was marked: nobody can be looked up.
        return False
    found = (_find(other, applications) for other in sorted(others - {record.id}))
    return any(one is not None and _came_first(one, record) for one in found)


def _find(application_id: str, applications: Applications) -> Application | None:
    """Read another's record; one that cannot be read must not hold this one up."""
    try:
        return applications.find(application_id)
    except DamagedError:
        log.error("unreadable record", application=application_id)  # noqa: TRY400
        return None


def flagged_duplicate(record: Application) -> Application:
    """Flag a record as a duplicate; nothing else follows from it."""
    flags = {*record.flags, Flag.DUPLICATE}
    return record.model_copy(update={"flags": tuple(sorted(flags))})


def _came_first(one: Application, record: Application) -> bool:
    same = (one.position.reference, one.position.hirer) == (
        record.position.reference,
        record.position.hirer,
    )
    return same and (one.received_at, one.id) < (record.received_at, record.id)
