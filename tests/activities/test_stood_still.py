"""Who stood still between reading and writing a record undoes nothing of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from activities.amending import AmendActivities
from activities.intake import ApplicationActivities
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain.application import Application, Flag
from letterbox.domain.commands import (
    AssignInput,
    Assignment,
    NoteDeliveredInput,
    NoteFlagInput,
)
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.domain.status import Recorded
from letterbox.records.applications import StoredApplications
from letterbox.records.holds import StoredHolds
from tests.activities.steps import ID, accept, go_through

LATER = datetime(2026, 1, 2, tzinfo=UTC)
REFERENCE = "20240107-123456-7890"


class Stalling(StoredApplications):
    """Stands still once before a record is written, while another works."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store)
        self.meanwhile: Callable[[], object] | None = None

    def update(
        self, application: Application, before: Application | None = None
    ) -> None:
        """Write at last."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        super().update(application, before)


def amending(store: ObjectStore, applications: StoredApplications) -> AmendActivities:
    """Build what changes records."""
    return AmendActivities(
        applications=applications,
        catalogue=StoredCatalogue(store),
        holds=StoredHolds(store),
        recorder=Recorder(retention=timedelta(days=180), margin=timedelta(days=14)),
    )


@pytest.fixture(name="stalling")
def _stalling(store: ObjectStore) -> Stalling:
    return Stalling(store)


def until_written(step: Callable[[], Recorded | None]) -> Recorded | None:
    """Try again, as Temporal does; the first try must not write."""
    with pytest.raises(StoreUnavailableError) as raised:
        step()
    assert raised.value.retryable
    return step()


def test_a_second_delivery_is_not_forgotten(
    activities: ApplicationActivities,
    applications: StoredApplications,
    stalling: Stalling,
    store: ObjectStore,
) -> None:
    """It was recorded while another noted that the ATS has the first."""
    first = accept(applications)
    go_through(activities, first)
    record = applications.find(ID)
    assert record
    over = NoteDeliveredInput(
        application_id=ID, delivery_id=record.owed[0].delivery_id, is_delivered=True
    )
    second = accept(applications, lastname="Other", received_at=LATER)
    stalling.meanwhile = lambda: go_through(activities, second, view=2)

    until_written(lambda: amending(store, stalling).note_delivered(over))

    record = applications.find(ID)
    assert record
    assert [view.fingerprint for view in record.views] == [
        first.fingerprint,
        second.fingerprint,
    ]
    assert over.delivery_id not in {one.delivery_id for one in record.owed}


def test_a_persons_choice_is_not_undone_nor_its_event(
    activities: ApplicationActivities,
    applications: StoredApplications,
    stalling: Stalling,
    store: ObjectStore,
) -> None:
    """It was made while another raised a flag."""
    go_through(activities, accept(applications))
    choice = AssignInput(
        application_id=ID,
        given=Assignment(reference=REFERENCE, by="a test"),
        delivery_id="msg_1",
    )
    chosen = amending(store, applications)
    stalling.meanwhile = lambda: chosen.assign_position(choice)
    raised = NoteFlagInput(application_id=ID, flag=Flag.OVERDUE)

    until_written(lambda: amending(store, stalling).note_flag(raised))

    record = applications.find(ID)
    assert record
    assert "msg_1" in {one.delivery_id for one in record.owed}
    assert Flag.OVERDUE in record.flags


def test_a_record_that_another_made_first_is_left_as_it_is(
    applications: StoredApplications,
    activities: ApplicationActivities,
    stalling: Stalling,
) -> None:
    """Its events have ids, and the ATS may have been told by them."""
    go_through(activities, accept(applications))
    record = applications.find(ID)
    assert record

    with pytest.raises(StoreUnavailableError):
        stalling.update(record.model_copy(update={"owed": ()}))

    assert applications.find(ID) == record


def test_a_record_whose_writing_was_answered_by_nobody_counts_as_written(
    applications: StoredApplications, activities: ApplicationActivities
) -> None:
    """The connection broke behind it: the try is repeated."""
    go_through(activities, accept(applications))
    before = applications.find(ID)
    assert before
    after = before.model_copy(update={"flags": (Flag.OVERDUE,)})

    applications.update(after, before)
    applications.update(after, before)

    assert applications.find(ID) == after
