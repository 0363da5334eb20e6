"""A status is answered to be owed only where the record says so."""

import pytest
from structlog.testing import capture_logs

from activities.reporting import StatusActivities
from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.commands import NoteStatusInput
from letterbox.domain.errors import EndedError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.standing import Reporting
from letterbox.records.applications import StoredApplications
from tests.activities import crash_at_every_write_works as do
from tests.activities.steps import names


class _ErasedMeanwhile(StoredApplications):
    """Applications of which each is erased as soon as it was read."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store)
        self._erased_in = store

    def find(self, application_id: str) -> Application | None:
        """Read it the moment before."""
        record = super().find(application_id)
        do.erase(self._erased_in)
        return record


def test_a_status_of_what_is_erased_in_that_moment_is_refused(
    store: ObjectStore,
) -> None:
    """Nobody would tell the board; and the record does not come back."""
    do.make_application(store)
    steps = StatusActivities(
        applications=_ErasedMeanwhile(store), senders={"careerjet": do.Told()}
    )

    with pytest.raises(EndedError, match="erased"):
        steps.note_status(NoteStatusInput(application_id=do.ID, given=do.STATUS))

    assert names(store) == {keys.tombstone(do.ID)}


def test_a_status_that_is_noted_again_stays_as_it_is(store: ObjectStore) -> None:
    """It says what has become of it, and when it was noted first."""
    do.make_noted(store)
    do.report_status(store)
    before = do.record_of(store)

    noted = do.reporting(store).note_status(
        NoteStatusInput(application_id=do.ID, given=do.STATUS)
    )

    assert noted.reporting is Reporting.SENT
    assert do.record_of(store) == before
    [change] = before.status_changes
    assert change.noted_at
    assert change.reported_at
    assert change.noted_at <= change.reported_at


def test_who_noted_a_status_is_in_the_log_with_the_request(store: ObjectStore) -> None:
    """It leads from the API's log to the worker's; a repeat says that it is one."""
    do.make_application(store)
    given = do.STATUS.model_copy(update={"by": "jane.doe", "request_id": "r-17"})

    with capture_logs() as logs:
        for _ in range(2):
            do.reporting(store).note_status(
                NoteStatusInput(application_id=do.ID, given=given)
            )

    noted, repeated = logs
    assert (noted["event"], repeated["event"]) == ("noted", "repeated")
    assert repeated["what"] == "noted"
    for line in logs:
        assert (line["by"], line["request_id"]) == ("jane.doe", "r-17")


def test_an_archive_says_which_status_was_never_sent(store: ObjectStore) -> None:
    """It is packed once: what is owed makes no difference to whoever compares."""
    do.make_noted(store)

    do.archive(store)

    [change] = do.records_of(store).archives.record(do.ID).status_changes
    assert change.reporting is Reporting.UNSENT
    assert keys.record(do.ID) not in names(store)
