"""What is damaged of another application, or not essential, stops nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.intake import ApplicationActivities
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage, Tombstone
from letterbox.domain.messages import (
    RecordInput,
    ScanResult,
    StepInput,
    StoreInput,
    StoreResult,
)
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position, PositionStatus
from letterbox.domain.privacy import digest
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records
from tests.activities.conftest import over
from tests.activities.steps import FIRST, ID, SETTINGS, accept, go_through
from tests.factories import careerjet

OTHER = "careerjet:2"
MARKERS = keys.candidate(digest("ada@example.com", b"a key for tests"))
TOMBSTONE = Tombstone(reason="a request", removed_at=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize("body", [b"", b"{]", b"{}"])
def test_a_damaged_record_of_the_same_person_does_not_stop_another(
    body: bytes,
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """It is no duplicate then, as far as anyone knows."""
    go_through(activities, accept(applications))
    store.put(keys.record(ID), body)
    second, contents = careerjet("2")
    applications.accept(second, contents)

    recorded = go_through(activities, second)

    assert recorded.stage is Stage.MATCHED
    assert list(applications.submissions(OTHER)) == []


@pytest.mark.parametrize("name", [".DS_Store", "Icon%0D", "nobody", "careerjet:gone"])
def test_a_marker_that_is_none_does_not_stop_an_application(
    name: str,
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """A file manager has left it there, or a removal that was cut short."""
    store.put(f"{MARKERS}{name}", b"\xff")

    assert go_through(activities, accept(applications)).stage is Stage.MATCHED


@pytest.mark.parametrize("body", [b"", b"{]", b'{"stage": "archived"}'])
def test_a_tombstone_that_cannot_be_read_says_erased(
    body: bytes,
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """To a late repeat and to an erasure, which writes it anew."""
    accept(applications)
    store.put(keys.tombstone(ID), body)

    assert activities.collect(StoreInput(application_id=ID)) == StoreResult(
        ended=Stage.ERASED
    )
    open_records(SETTINGS, store).removal.erase(ID, TOMBSTONE)

    written = TOMBSTONE.model_copy(update={"id": ID})
    assert applications.tombstone(ID) == written
    assert list(store.list("applications/")) == []


def test_a_repeat_is_accepted_though_its_record_cannot_be_read(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Doubt is in favour of the person: it is kept, and nobody is refused."""
    delivery = accept(applications)
    go_through(activities, delivery)
    store.put(keys.record(ID), b"{]")

    assert not applications.has_submission(ID, delivery.fingerprint)


@pytest.mark.parametrize(
    ("status", "closed_at"),
    [
        (PositionStatus.OPEN, FIRST + timedelta(days=9)),
        (PositionStatus.OPEN, datetime(9000, 1, 1, tzinfo=UTC)),
        (PositionStatus.CLOSED, datetime(2999, 12, 31, tzinfo=UTC)),
        (PositionStatus.REMOVED, datetime(2999, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_close_that_is_only_planned_moves_no_date(
    status: PositionStatus,
    closed_at: datetime,
    store: ObjectStore,
    applications: StoredApplications,
) -> None:
    """An archive would be too late, or never; the catalogue keeps what it was given."""
    CatalogueWriter(store).put(
        Position(reference="20240107-123456-7890", status=status, closed_at=closed_at)
    )

    recorded = go_through(over(store, SETTINGS), accept(applications))

    assert recorded.archive_by == FIRST + timedelta(days=166)


def test_a_close_that_has_happened_moves_the_date(
    store: ObjectStore, applications: StoredApplications
) -> None:
    """The window runs from it."""
    closed_at = FIRST + timedelta(days=9)
    CatalogueWriter(store).put(
        Position(
            reference="20240107-123456-7890",
            status=PositionStatus.CLOSED,
            closed_at=closed_at,
        )
    )

    recorded = go_through(over(store, SETTINGS), accept(applications))

    assert recorded.archive_by == closed_at + timedelta(days=166)


def record_differing_delivery(
    activities: ApplicationActivities,
    applications: StoredApplications,
    scanned: ScanResult | None = None,
) -> None:
    """Record one, and a second delivery with another address and another CV."""
    go_through(activities, accept(applications))
    other, contents = careerjet("1", cv=b"%PDF-1.4 another", email="ada@new.example")
    applications.accept(other, contents)
    view = activities.collect(StoreInput(application_id=ID)).view
    step = StepInput(application_id=ID, view=view)
    stored = activities.inspect(step)
    if scanned:
        names = tuple(one.name for one in stored.documents if one.name)
        scanned = scanned.model_copy(update={"unscanned": names[:1]})
    activities.match_position(RecordInput(step=step, stored=stored, scanned=scanned))


def test_every_address_of_an_application_leads_to_it(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """That of a second, differing delivery too; an erasure removes its marker."""
    record_differing_delivery(activities, applications)
    records = open_records(SETTINGS, store)

    for address in ("ada@example.com", "ada@new.example"):
        assert list(records.candidates.find(address)) == [ID]
    records.removal.erase(ID, TOMBSTONE)
    assert list(store.list(keys.CANDIDATES)) == []


def test_a_marking_of_a_second_delivery_that_was_cut_short_is_removed_too(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Its record does not know it yet: then all markers are walked over."""
    go_through(activities, accept(applications))
    record = applications.find(ID)
    assert record
    record_differing_delivery(activities, applications)
    applications.update(record, applications.find(ID))

    open_records(SETTINGS, store).removal.erase(ID, TOMBSTONE)

    assert list(store.list(keys.CANDIDATES)) == []


def test_documents_of_a_differing_delivery_are_listed_with_its_view_alone(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """What the scanner could not look at is flagged, and looked at again."""
    record_differing_delivery(activities, applications, ScanResult())

    record = applications.find(ID)
    assert record
    first, second = record.views
    assert {one.name for one in record.attachments} == {
        one.name for one in first.attachments
    }
    shown = {one.name for one in record.attachments}
    [other] = [one for one in second.attachments if one.name not in shown]
    assert other.scan == "unscanned"
    assert other in record.all_attachments()
    assert set(record.flags) == {Flag.CONFLICT, Flag.UNSCANNED}
