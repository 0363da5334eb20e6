"""
Where a candidate stands, as SEEK's selection signals say it.

https://developer.seek.com/use-cases/selection-signals/data-structure
"""

from pydantic import JsonValue

from letterbox.boards.reports import utc_text
from letterbox.domain.standing import CandidateStatus, StatusChange

_LABELS = {
    CandidateStatus.RECEIVED: ("Received", 1),
    CandidateStatus.VIEWED: ("Viewed", 2),
    CandidateStatus.CONTACTED: ("Contacted", 3),
    CandidateStatus.INTERVIEWED: ("Interviewed", 4),
    CandidateStatus.OFFERED: ("Offered", 5),
    CandidateStatus.HIRED: ("Hired", 6),
    CandidateStatus.REJECTED: ("Rejected", 6),
    CandidateStatus.WITHDRAWN: ("Withdrawn", 6),
}
_LAST = max(index for _, index in _LABELS.values())
# Absent while the procedure goes on.
_SUCCESS = {
    CandidateStatus.HIRED: True,
    CandidateStatus.REJECTED: False,
    CandidateStatus.WITHDRAWN: False,
}


def signal_of(
    profile_id: str, change: StatusChange, before: StatusChange | None
) -> dict[str, JsonValue]:
    """Return a ``SendSignalInput`` of an application that SEEK has taken in."""
    signal: dict[str, JsonValue] = {
        "typeCode": "ApplicationStatusUpdate",
        "candidateApplicationProfileId": profile_id,
        "timestamp": utc_text(change.changed_at),
        "current": _state(change),
    }
    if before is not None:
        signal["previous"] = _state(before)
    return {"input": signal}


def _state(change: StatusChange) -> dict[str, JsonValue]:
    label, index = _LABELS[change.status]
    state: dict[str, JsonValue] = {
        "status": {"label": label, "index": index, "total": _LAST},
        "timestamp": utc_text(change.changed_at),
    }
    if change.status in _SUCCESS:
        state["success"] = _SUCCESS[change.status]
    return state
