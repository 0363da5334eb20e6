"""
Where a candidate stands, as LinkedIn's lifecycle actions say it.

https://learn.microsoft.com/en-us/linkedin/talent/apply-connect/sync-job-application-feedback
"""

from pydantic import JsonValue

from letterbox.domain.application import Source
from letterbox.domain.standing import CandidateStatus, StatusChange

# LinkedIn has no word for the others, and RESUME_DOWNLOADED is none of ours.
_ACTIONS = {
    CandidateStatus.VIEWED: "APPLICATION_VIEWED",
    CandidateStatus.REJECTED: "APPLICATION_REJECTED",
}


def action_of(source: Source, change: StatusChange) -> dict[str, JsonValue] | None:
    """Return the action; None where LinkedIn has no word for it."""
    action = _ACTIONS.get(change.status)
    if action is None:
        return None
    payload: dict[str, JsonValue] = {
        "jobApplicationId": source.board_id,
        "action": action,
        "performedAt": int(change.changed_at.timestamp() * 1000),
    }
    if source.hirer:
        payload["integrationContext"] = source.hirer
    return payload
