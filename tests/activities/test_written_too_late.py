"""Who stood still while an application ended writes nothing of it that stays."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from activities.collecting import IntakeOptions
from activities.inspection import Inspector
from activities.intake import ApplicationActivities
from letterbox.boards import discover
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.application import Application, Stage, Tombstone
from letterbox.domain.errors import DamagedError, EndedError
from letterbox.domain.messages import RecordInput, StepInput, StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.domain.status import Recorded
from letterbox.domain.submission import Submission
from letterbox.records.applications import StoredApplications
from letterbox.records.candidates import StoredCandidates
from letterbox.resources import Records, open_records
from letterbox.settings import Settings
from tests.activities.steps import ID, SETTINGS, accept, go_through, names
from tests.factories import careerjet

STEP = StepInput(application_id=ID, view=1)
TOMBSTONE = Tombstone(reason="a request", removed_at=datetime(2026, 11, 1, tzinfo=UTC))


class Stalling(StoredApplications):
    """Stands still before each record is written, while another works."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store)
        self.meanwhile: Callable[[Application], None] = lambda _: None

    def update(
        self, application: Application, before: Application | None = None
    ) -> None:
        """Write at last."""
        self.meanwhile(application)
        super().update(application, before)


@pytest.fixture(name="records")
def _records(store: ObjectStore) -> Records:
    return open_records(SETTINGS, store)


@pytest.fixture(name="stalling")
def _stalling(store: ObjectStore) -> Stalling:
    return Stalling(store)


class StallingCandidates(StoredCandidates):
    """Stands still before each time that markers are written."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store, [b"a key for tests"])
        self.meanwhile: Callable[[], object] = lambda: None

    def mark(self, record: Application, others: Iterable[str] = ()) -> Application:
        """Write at last."""
        self.meanwhile()
        return super().mark(record, others)


@pytest.fixture(name="candidates")
def _candidates(store: ObjectStore) -> StallingCandidates:
    return StallingCandidates(store)


@pytest.fixture(name="late")
def _late(
    store: ObjectStore,
    records: Records,
    stalling: Stalling,
    candidates: StallingCandidates,
) -> ApplicationActivities:
    return ApplicationActivities(
        applications=stalling,
        catalogue=StoredCatalogue(store),
        boards=discover(),
        recorder=Recorder(retention=timedelta(days=180), margin=timedelta(days=14)),
        candidates=candidates,
        removal=records.removal,
        inspector=Inspector(stalling),
        options=IntakeOptions(),
    )


def archive(records: Records, record: Application) -> None:
    """Do all that another worker does until the end."""
    records.applications.update(record)
    records.archives.pack(record)
    records.removal.delete_open_copy(record.id)


def erase(records: Records) -> None:
    """Erase it, as another worker does."""
    records.removal.erase(ID, TOMBSTONE)


def test_a_record_written_after_an_erasure_is_taken_back(
    late: ApplicationActivities,
    stalling: Stalling,
    records: Records,
    store: ObjectStore,
) -> None:
    """With the markers; the step tells what became of the application."""
    stalling.meanwhile = lambda _: erase(records)

    recorded = go_through(late, accept(stalling))

    assert recorded == Recorded(stage=Stage.ERASED)
    assert names(store) == {keys.tombstone(ID)}


def test_what_is_marked_of_a_second_view_after_an_erasure_is_taken_back(
    late: ApplicationActivities,
    stalling: Stalling,
    candidates: StallingCandidates,
    records: Records,
    store: ObjectStore,
) -> None:
    """The address is in that view alone, and in no record."""
    go_through(late, accept(stalling))
    second = careerjet(
        "1", email="ada@new.example", received_at=datetime(2026, 1, 2, tzinfo=UTC)
    )
    stalling.accept(*second)
    candidates.meanwhile = lambda: erase(records)

    recorded = go_through(late, second[0], view=2)

    assert recorded.stage is Stage.ERASED
    assert names(store) == {keys.tombstone(ID)}


def test_a_record_written_after_the_archiving_is_taken_back(
    late: ApplicationActivities,
    stalling: Stalling,
    records: Records,
    store: ObjectStore,
) -> None:
    """The archive stands, and the candidate's markers lead to it."""
    stalling.meanwhile = partial(archive, records)

    recorded = go_through(late, accept(stalling))

    assert recorded == Recorded(stage=Stage.ARCHIVED)
    record = records.archives.record(ID)
    assert [one.key for one in store.list("applications/")] == []
    assert list(records.candidates.find("ada@example.com")) == [ID]
    assert record.markers


def test_a_record_beside_an_archive_that_cannot_be_read_stays(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """It may be the last there is."""
    go_through(activities, accept(applications))
    record = applications.find(ID)
    assert record
    for one in list(store.list(keys.application(ID))):
        store.delete(one.key)
    store.put(keys.archive(ID), b"PK\3\4 cut")

    applications.update(record)
    applications.take_back_if_ended(ID)

    assert applications.find(ID) == record


@pytest.mark.parametrize(
    "write",
    [
        lambda to, delivery: to.save_view(delivery, 1),
        lambda to, _: to.put_document(ID, "a" * 64 + ".pdf", b"%PDF-"),
    ],
    ids=["source", "document"],
)
def test_what_is_written_after_an_erasure_is_taken_back(
    write: Callable[[StoredApplications, Submission], None],
    applications: StoredApplications,
    records: Records,
    store: ObjectStore,
) -> None:
    """What the board said, and what it sent, are the candidate's as the record is."""
    delivery = accept(applications)
    records.removal.erase(ID, TOMBSTONE)

    with pytest.raises(EndedError) as raised:
        write(applications, delivery)

    assert raised.value.stage is Stage.ERASED
    assert names(store) == {keys.tombstone(ID)}


def test_an_archive_written_after_an_erasure_is_taken_back(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """It holds all that was to be erased."""
    go_through(activities, accept(applications))
    record = applications.find(ID)
    assert record
    # As far as a removal has come that is at it.
    store.put(keys.tombstone(ID), TOMBSTONE.model_dump_json().encode())

    with pytest.raises(EndedError):
        open_records(Settings(), store).archives.pack(record)

    assert [one.key for one in store.list("archive/")] == []


def test_what_comes_back_while_it_is_retired_goes_too(
    activities: ApplicationActivities,
    applications: StoredApplications,
    records: Records,
    store: ObjectStore,
) -> None:
    """A record that was written beside sources is no reason to stay."""
    go_through(activities, accept(applications))
    record = applications.find(ID)
    assert record
    records.archives.pack(record)
    store.delete(keys.record(ID))
    applications.update(record)

    records.removal.delete_open_copy(ID)

    assert [one.key for one in store.list("applications/")] == []
    with pytest.raises(DamagedError):
        records.archives.pack(record)


def test_the_steps_of_what_was_erased_meanwhile_end(
    activities: ApplicationActivities,
    applications: StoredApplications,
    records: Records,
    store: ObjectStore,
) -> None:
    """One after the other, none fails: the workflow learns what happened."""
    accept(applications)
    activities.collect(StoreInput(application_id=ID))
    records.removal.erase(ID, TOMBSTONE)

    stored = activities.inspect(STEP)
    given = RecordInput(step=STEP, stored=stored)

    assert activities.match_position(given).stage is Stage.ERASED
    assert names(store) == {keys.tombstone(ID)}
