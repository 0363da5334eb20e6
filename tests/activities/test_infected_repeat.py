"""A board that repeats an application whose document is infected."""

from datetime import timedelta

import pytest

from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.messages import StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.records.quarantine import StoredQuarantine
from tests.activities.steps import FIRST, ID, accept, go_through, names


@pytest.fixture(name="infected")
def _infected(
    store: ObjectStore,
    applications: StoredApplications,
    activities: ApplicationActivities,
) -> str:
    """Have one recorded, its CV in quarantine."""
    delivery = accept(applications)
    go_through(activities, delivery)
    [document] = delivery.documents
    StoredQuarantine(store).move(ID, document.name)
    return document.name


def test_the_document_is_in_quarantine_alone(
    infected: str,
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Else the archive would have it as one that was found clean."""
    before = names(store)
    accept(applications, received_at=FIRST + timedelta(days=1))

    activities.collect(StoreInput(application_id=ID))

    assert names(store) == before
    assert keys.quarantined(ID, infected) in before
    assert keys.document(ID, infected) not in before
