"""A status is answered to be owed only where the record says so."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

from activities.reporting import StatusActivities
from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.commands import (
    NoteStatusInput,
    SendStatusInput,
    StatusReport,
)
from letterbox.domain.errors import DamagedError, EndedError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.standing import CandidateStatus, Reporting
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


async def test_a_status_waits_for_a_record_that_cannot_be_read(
    store: ObjectStore,
) -> None:
    """Once it is mended the board is told; given up, it would never be."""
    do.make_noted(store)
    whole = store.get(keys.record(do.ID))
    store.put(keys.record(do.ID), whole[:-10])
    sending = SendStatusInput(application_id=do.ID, change_id=do.STATUS.id)
    steps = do.reporting(store)

    with pytest.raises(DamagedError):
        await ActivityEnvironment().run(steps.send_status, sending)
    store.put(keys.record(do.ID), whole)
    sent = await ActivityEnvironment().run(steps.send_status, sending)

    assert sent.reporting is Reporting.SENT


def note_many(store: ObjectStore, minutes: Iterable[int]) -> list[Reporting]:
    """Note changes of these minutes; return what is said of each."""
    steps = do.reporting(store)
    return [
        steps.note_status(
            NoteStatusInput(
                application_id=do.ID,
                given=StatusReport(
                    id=f"minute-{minute}",
                    status=CandidateStatus.VIEWED,
                    changed_at=do.NOW + timedelta(minutes=minute),
                ),
            )
        ).reporting
        for minute in minutes
    ]


def test_a_status_that_is_forgotten_for_too_many_others_is_said_to_be_unsent(
    store: ObjectStore,
) -> None:
    """Its ATS was answered that it is owed: that must not end without a word."""
    do.make_application(store)

    with capture_logs() as logs:
        said = note_many(store, range(101))

    unsent = [line for line in logs if line["event"] == "unsent"]
    kept = do.record_of(store).status_changes
    assert said == [Reporting.OWED] * 101
    assert len(unsent) == 1
    assert [change.id for change in kept] == [f"minute-{n}" for n in range(1, 101)]


def test_what_is_owed_is_kept_before_what_is_done(store: ObjectStore) -> None:
    """The oldest of too many is forgotten that nobody waits for."""
    do.make_noted(store)
    first = do.record_of(store).status_changes[0]
    note_many(store, range(-98, 0))
    note_many(store, [1, 2])

    kept = do.record_of(store).status_changes
    assert len(kept) == 100
    assert first in kept


def test_a_status_older_than_all_that_is_kept_is_said_to_be_superseded(
    store: ObjectStore,
) -> None:
    """It is not in the record, so nobody may be told that it is owed."""
    do.make_application(store)
    note_many(store, range(100))

    said = note_many(store, [-1])

    assert said == [Reporting.SUPERSEDED]
    assert len(do.record_of(store).status_changes) == 100
