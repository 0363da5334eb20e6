"""A notice of SEEK's and its answers, for the steps without a board."""

from datetime import UTC, datetime
from typing import Any

from activities.intake import ApplicationActivities
from letterbox.domain.messages import (
    RecordInput,
    StepInput,
    StoredDocuments,
    StoreInput,
)
from letterbox.domain.status import Recorded
from letterbox.domain.submission import Submission
from letterbox.records.applications import StoredApplications

SEEK = "seek:event-1"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def notice() -> Submission:
    """Make the notice as the webhook keeps it."""
    return Submission(
        application_id=SEEK,
        board="seek",
        board_id="event-1",
        fingerprint="f" * 64,
        received_at=NOW,
        said={
            "event": {
                "id": "event-1",
                "type": "CandidateApplicationCreated",
                "createDateTime": NOW.isoformat(),
                "candidateApplicationProfileId": "profile-1",
            },
            "subscriptionId": "s",
            "channel": "webhook",
        },
    )


def answered(
    delivery: Submission, *, created_by_self: bool | None = False
) -> Submission:
    """Add an invented profile, for an ad that may be ours."""
    profile: dict[str, Any] = {
        "candidate": {
            "person": {
                "name": {"formattedName": "Ada Example"},
                "communication": {"email": [{"address": "ada@example.com"}]},
            }
        },
        "associatedPositionProfile": {
            "profileId": {"value": "ad-of-somebody-else"},
            "seekCreatedBySelfIndicator": created_by_self,
        },
    }
    assert isinstance(delivery.said, dict)
    said = {**delivery.said, "profile": profile, "errors": []}
    return delivery.model_copy(update={"said": said})


def take_in(
    steps: ApplicationActivities,
    applications: StoredApplications,
    *,
    is_shown: bool = True,
) -> Recorded:
    """Go through the steps of an application that SEEK shows, or withholds."""
    collected = steps.store_documents(StoreInput(application_id=SEEK))
    step = StepInput(application_id=SEEK, view=collected.view)
    if is_shown:
        view = answered(applications.view(SEEK, collected.view))
        applications.save_view(view, collected.view)
    return steps.match_position(
        RecordInput(
            step=step,
            stored=StoredDocuments(),
            available=is_shown,
        )
    )
