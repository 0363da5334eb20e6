"""What cannot be read is said to whoever asks; nothing else waits for it."""

from datetime import timedelta

import pytest

from activities.amending import AmendActivities
from activities.intake import ApplicationActivities
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.commands import (
    AssignInput,
    Assignment,
    HoldRequest,
    NoteDeliveredInput,
    PlaceHoldInput,
)
from letterbox.domain.errors import DamagedError, RefusedError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position
from letterbox.domain.recording import Recorder
from letterbox.records.applications import StoredApplications
from letterbox.records.holds import StoredHolds
from tests.activities.steps import ID, accept, go_through

HOLD = PlaceHoldInput(application_id=ID, given=HoldRequest(reason="case 4711"))
RELEASE = PlaceHoldInput(application_id=ID, given=HoldRequest(release=True))


@pytest.fixture(name="holds")
def _holds(store: ObjectStore) -> StoredHolds:
    return StoredHolds(store)


@pytest.fixture(name="amend")
def _amend(
    store: ObjectStore,
    holds: StoredHolds,
    applications: StoredApplications,
    activities: ApplicationActivities,
) -> AmendActivities:
    """Have one application recorded."""
    go_through(activities, accept(applications))
    return AmendActivities(
        applications=applications,
        catalogue=StoredCatalogue(store),
        holds=holds,
        recorder=Recorder(retention=timedelta(days=180), margin=timedelta(days=14)),
    )


@pytest.fixture(name="damaged")
def _damaged(amend: AmendActivities, store: ObjectStore) -> AmendActivities:
    store.put(keys.record(ID), b"{]")
    return amend


def test_a_position_that_cannot_be_read_is_refused(
    amend: AmendActivities, store: ObjectStore
) -> None:
    """Not tried for ever, while an erasure waits."""
    CatalogueWriter(store).put(Position(reference="DEV-17"))
    store.put(keys.position("dev-17", None), b"{]")
    asked = AssignInput(application_id=ID, given=Assignment(reference="DEV-17"))

    with pytest.raises(RefusedError, match="cannot be understood"):
        amend.assign_position(asked)


def test_no_hold_is_placed_on_a_record_that_cannot_be_read(
    damaged: AmendActivities, holds: StoredHolds
) -> None:
    """Refused, and nothing keeps it from being erased."""
    with pytest.raises(RefusedError, match="cannot be read"):
        damaged.place_hold(HOLD)

    assert holds.find(ID) is None


def test_a_hold_is_released_though_the_record_cannot_be_read(
    amend: AmendActivities, store: ObjectStore, holds: StoredHolds
) -> None:
    """Said to be damaged, and held no longer."""
    amend.place_hold(HOLD)
    assert holds.find(ID)
    store.put(keys.record(ID), b"{]")

    with pytest.raises(RefusedError, match="cannot be read"):
        amend.place_hold(RELEASE)

    assert holds.find(ID) is None


def test_that_the_ats_has_it_is_not_noted_in_what_cannot_be_read(
    damaged: AmendActivities,
) -> None:
    """Nothing waits for that note."""
    assert damaged.note_delivered(NoteDeliveredInput(application_id=ID)) is None


def test_the_error_does_not_quote_what_cannot_be_read(
    applications: StoredApplications, store: ObjectStore
) -> None:
    """It would be the candidate's data."""
    store.put(keys.record(ID), b'{"candidate": "Ada Example"}')

    with pytest.raises(DamagedError) as raised:
        applications.find(ID)

    assert "Ada" not in str(raised.value)
