"""What the store alone tells of an application, whatever has become of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.application import (
    Application,
    EventType,
    Handled,
    Hold,
    PositionOpening,
    Stage,
    Told,
    Tombstone,
)
from letterbox.domain.history import History
from letterbox.domain.standing import CandidateStatus, Reporting, StatusChange
from letterbox.records.history import StoredHistory
from letterbox.resources import Records, open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.factories import careerjet
from tests.record_factory import NOON, record

ID = "careerjet:1"
LATER = NOON + timedelta(hours=1)


class House:
    """A store, what reads it, and the history of one application."""

    def __init__(self, folder: Path) -> None:
        self.store = DirectoryStore(folder)
        self.store.prepare()
        self.records: Records = open_records(Settings(), self.store)

    def find(self, application_id: str = ID) -> History | None:
        """Tell its history."""
        return StoredHistory(
            self.store,
            applications=self.records.applications,
            archives=self.records.archives,
            holds=self.records.holds,
        ).find(application_id)

    def events(self) -> list[str]:
        """Tell it by its words."""
        found = self.find()
        assert found is not None
        return [one.event.value for one in found.items]


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> House:
    return House(tmp_path / "store")


def matched() -> Application:
    """Make a record that was matched, told of, assigned and held."""
    told = [
        Told(type=type_, happened_at=NOON + timedelta(seconds=1), told_at=LATER)
        for type_ in (EventType.RECORDED, EventType.MATCHED)
    ]
    handled = [
        Handled(action="assigned", by="ada", at=LATER + timedelta(seconds=1)),
        Handled(action="held", by="ada", at=LATER + timedelta(seconds=2)),
    ]
    opening = PositionOpening(reference="DEV-17")
    made = record(ID, position=opening)
    return made.model_copy(update={"told": tuple(told), "handled": tuple(handled)})


def test_a_record_dates_what_has_happened_by_itself(house: House) -> None:
    """Long after Temporal has forgotten it."""
    house.records.applications.update(matched())

    found = house.find()

    assert house.events()[-5:] == ["matched", "told", "told", "assigned", "held"]
    assert found is not None
    assert (found.items[-2].by, found.items[-2].position) == ("ada", "DEV-17")
    assert found.notes == ()


def _change(status: str, reporting: Reporting, minute: int) -> StatusChange:
    at = LATER + timedelta(minutes=minute)
    is_over = reporting not in {Reporting.OWED, Reporting.SUPERSEDED}
    return StatusChange(
        id=status,
        status=CandidateStatus(status),
        changed_at=NOON,
        by="the ATS",
        noted_at=at,
        reporting=reporting,
        reported_at=at + timedelta(minutes=5) if is_over else None,
    )


def test_statuses_are_told_when_they_were_noted_and_what_became_of_each(
    house: House,
) -> None:
    """Sent, refused, without a word for it, and owed: history waits for the last."""
    changes = (
        _change("viewed", Reporting.SENT, 1),
        _change("contacted", Reporting.SUPERSEDED, 2),
        _change("interviewed", Reporting.REFUSED, 3),
        _change("offered", Reporting.UNSUPPORTED, 4),
        _change("hired", Reporting.OWED, 10),
    )
    house.records.applications.update(
        record(ID).model_copy(update={"status_changes": changes})
    )

    found = house.find()

    assert found is not None
    told = [(one.event.value, one.status) for one in found.items if one.status]
    assert told == [
        ("noted", "viewed"),
        ("noted", "contacted"),
        ("noted", "interviewed"),
        ("noted", "offered"),
        ("sent", "viewed"),
        ("declined", "interviewed"),
        ("unsupported", "offered"),
        ("noted", "hired"),
    ]
    [waiting] = found.waiting
    assert (waiting.step, waiting.since) == ("send_status", changes[-1].noted_at)


def test_a_damaged_record_is_said_to_be_damaged(house: House) -> None:
    """What lies around it is told all the same."""
    house.store.put(keys.record(ID), b"{]")
    hold = Hold(reason="case 1", placed_at=NOON, by="ada")
    house.records.holds.place(ID, hold)

    found = house.find()

    assert found is not None
    assert "letterbox audit" in found.notes[0]
    assert house.events() == ["held"]


@pytest.mark.parametrize(
    ("stage", "word"),
    [
        (Stage.ERASED, "erased"),
        (Stage.DISCARDED, "discarded"),
        (Stage.ARCHIVED, "expired"),
    ],
)
def test_a_tombstone_says_when_why_and_by_whom(
    stage: Stage, word: str, house: House
) -> None:
    """Nothing else is left."""
    tombstone = Tombstone(
        stage=stage, reason="request 17", by="ada", removed_at=NOON, id=ID
    )
    house.store.put(keys.tombstone(ID), tombstone.model_dump_json().encode())

    found = house.find()

    assert found is not None
    [item] = found.items
    assert (item.event, item.at, item.by, item.reason) == (
        word,
        NOON,
        "ada",
        "request 17",
    )


def test_what_waits_in_the_inbox_was_received(house: House) -> None:
    """And nothing is known of what was never sent."""
    submission, contents = careerjet("1", received_at=datetime(2026, 1, 1, tzinfo=UTC))
    house.records.applications.accept(submission, contents)

    assert house.events() == ["received"]
    assert house.find("careerjet:2") is None


def test_an_archive_says_when_it_was_made(house: House) -> None:
    """By the clock of the store."""
    made = matched()
    house.records.applications.update(made)
    final = made.model_copy(update={"stage": Stage.ARCHIVED})
    house.records.archives.pack(final)
    house.records.removal.delete_open_copy(ID)

    found = house.find()

    assert found is not None
    assert (found.stage, house.events()[-1]) == (Stage.ARCHIVED, "archived")
    assert found.items[-1].at is not None
