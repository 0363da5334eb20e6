"""Careerjet's first application, accepted and taken through the steps."""

from datetime import UTC, datetime

from activities.intake import ApplicationActivities
from letterbox.domain.messages import RecordInput, StepInput, StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.status import Recorded
from letterbox.domain.submission import Submission
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from tests.factories import PDF, careerjet

ID = "careerjet:1"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS = Settings(digest_key=("a key for tests",))


def accept(
    applications: StoredApplications,
    *,
    cv: bytes | None = PDF,
    lastname: str = "Example",
    received_at: datetime = FIRST,
) -> Submission:
    """Have an application lie in the inbox."""
    delivery, contents = careerjet(
        "1", cv=cv, lastname=lastname, received_at=received_at
    )
    applications.accept(delivery, contents)
    return delivery


def go_through(
    activities: ApplicationActivities, delivery: Submission, view: int = 1
) -> Recorded:
    """Take the steps that the workflow takes; the first may find nothing more to do."""
    activities.store_documents(StoreInput(application_id=delivery.application_id))
    return record_view(activities, delivery.application_id, view)


def record_view(
    activities: ApplicationActivities, application_id: str, view: int
) -> Recorded:
    """Take the last step of a view that has its number."""
    step = StepInput(application_id=application_id, view=view)
    stored = activities.inspect(step)
    return activities.match_position(RecordInput(step=step, stored=stored))


def names(store: ObjectStore) -> set[str]:
    """List the keys of everything but the catalogue."""
    return {found.key for found in store.list("") if found.key[:9] != "positions"}
