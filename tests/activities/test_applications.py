"""Each step alone, run again, and run beside itself."""

import json
from datetime import timedelta

import pytest

from activities.intake import ApplicationActivities
from letterbox.archive.archives import BagArchives
from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage
from letterbox.domain.errors import NotFoundError
from letterbox.domain.messages import (
    MatchedPosition,
    RecordInput,
    StepInput,
    StoredDocuments,
    StoreInput,
    StoreResult,
)
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.records.holds import StoredHolds
from tests.activities.steps import FIRST, ID, accept, go_through, names
from tests.factories import PDF, careerjet
from tests.letterbox.archive.packing import invented, keep_open
from tests.older_inbox import accept_as_before

STEP = StepInput(application_id=ID, view=1)


def test_an_accepted_application_is_recorded_and_leaves_the_inbox(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """The record, what the board said, and the documents are what remains."""
    delivery = accept(applications)

    collected = activities.store_documents(StoreInput(application_id=ID))
    recorded = go_through(activities, delivery)

    assert collected == StoreResult(fresh=True, view=1, stored=activities.inspect(STEP))
    assert [one.problem for one in collected.stored.documents] == [None, None]
    assert recorded.stage is Stage.MATCHED
    assert recorded.position == "20240107-123456-7890"
    assert recorded.archive_by == FIRST + timedelta(days=166)
    record = applications.find(ID)
    assert record is not None
    assert {attachment.media_type for attachment in record.attachments} == {
        "application/pdf",
        "text/plain",
    }
    assert names(store) == {
        keys.record(ID),
        keys.source(ID, 1),
        *(keys.document(ID, one.name) for one in record.attachments if one.name),
        *(keys.marker(digest, ID) for digest in record.markers),
    }


def test_every_step_may_run_twice(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """A worker that is killed after the work and before the word does it again."""
    delivery = accept(applications)
    first = go_through(activities, delivery)
    held = names(store)

    again = go_through(activities, delivery)

    assert again == first
    assert names(store) == held
    assert activities.collect(StoreInput(application_id=ID)) == StoreResult(
        recorded=first, view=2
    )


def test_a_repeat_leaves_no_trace(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """The board may send again what it sent before."""
    first = go_through(activities, accept(applications))
    held = names(store)
    accept(applications, received_at=FIRST + timedelta(days=1))

    collected = activities.collect(StoreInput(application_id=ID))

    assert collected == StoreResult(recorded=first, view=2)
    assert names(store) == held


def test_a_repeat_of_what_was_called_otherwise_before_leaves_no_trace(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """An earlier release knew fewer kinds: the record's names stay."""
    image = b"\x89PNG\r\n\x1a\n"
    delivery, contents = careerjet("1", cv=image, received_at=FIRST)
    [came] = delivery.documents
    before = came.model_copy(update={"name": f"{came.sha256}.bin"})
    applications.accept(delivery.model_copy(update={"documents": (before,)}), contents)
    go_through(activities, delivery)
    held = names(store)
    accept(applications, cv=image, received_at=FIRST + timedelta(days=1))

    collected = activities.collect(StoreInput(application_id=ID))

    assert not collected.fresh
    assert names(store) == held


def test_other_content_under_the_same_id_is_kept_beside_the_first(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """The signature covers the uuid alone: never overwrite, never drop."""
    go_through(activities, accept(applications))
    before = applications.find(ID)
    other = accept(applications, cv=b"%PDF- another", lastname="Other")

    recorded = go_through(activities, other, view=2)

    record = applications.find(ID)
    assert before
    assert record
    assert recorded.flags == (Flag.CONFLICT,)
    assert [view.number for view in record.views] == [1, 2]
    assert record.candidate == before.candidate
    assert applications.view(ID, 2) == other
    with applications.open_document(ID, other.documents[0].name) as chunks:
        assert b"".join(chunks) == b"%PDF- another"


def test_the_first_of_two_that_wait_is_the_record(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """Both came before a workflow looked; the older one was first."""
    later = accept(
        applications, lastname="Later", received_at=FIRST + timedelta(seconds=1)
    )
    earlier = accept(applications, lastname="Earlier")

    collected = activities.collect(StoreInput(application_id=ID))

    assert applications.view(ID, collected.view) == earlier != later
    assert collected.more


def end(store: ObjectStore, key: str, stage: Stage) -> None:
    """Leave a tombstone, or an archive, and nothing else."""
    if key == keys.archive(ID):
        packed = invented(ID)
        keep_open(store, packed, {})
        BagArchives(store, StoredHolds(store)).pack(packed)
        store.delete(keys.record(ID))
        return
    tombstone = {"stage": stage, "reason": "a test", "removed_at": FIRST.isoformat()}
    store.put(key, json.dumps(tombstone).encode())


@pytest.mark.parametrize(
    ("key", "stage"),
    [
        (keys.tombstone(ID), Stage.ERASED),
        (keys.tombstone(ID), Stage.DISCARDED),
        (keys.tombstone(ID), Stage.ARCHIVED),
        (keys.archive(ID), Stage.ARCHIVED),
    ],
)
def test_what_is_over_is_not_taken_in_again(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
    key: str,
    stage: Stage,
) -> None:
    """A late repeat does not bring a person back; what it brought is removed."""
    end(store, key, stage)
    accept(applications)

    collected = activities.collect(StoreInput(application_id=ID))

    assert collected == StoreResult(ended=stage)
    assert names(store) == {key}


def test_an_application_that_is_nowhere_cannot_be_collected(
    activities: ApplicationActivities,
) -> None:
    """Somebody started a workflow by hand: a retry would not help."""
    with pytest.raises(NotFoundError) as raised:
        activities.collect(StoreInput(application_id=ID))
    assert not raised.value.retryable


@pytest.mark.parametrize(
    ("content", "flags", "problem"),
    [
        (b"%PDF- fine", (), None),
        (b"\x89PNG\r\n\x1a\n", (Flag.ODD_FILE,), "image"),
        (b"", (Flag.ODD_FILE,), "unknown-type"),
        (None, (Flag.INCOMPLETE,), None),
    ],
)
def test_an_odd_file_is_kept_and_flagged(
    activities: ApplicationActivities,
    applications: StoredApplications,
    content: bytes | None,
    flags: tuple[Flag, ...],
    problem: str | None,
) -> None:
    """The board cannot ask the candidate again."""
    recorded = go_through(activities, accept(applications, cv=content))

    record = applications.find(ID)
    assert record
    assert recorded.flags == flags
    assert record.attachments[0].problem == problem


@pytest.mark.parametrize(
    ("now", "problem"), [(None, "missing"), (b"%PDF-", "damaged"), (PDF, None)]
)
def test_a_document_that_suffered_in_the_store_does_not_stop_the_application(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
    now: bytes | None,
    problem: str | None,
) -> None:
    """The application is worth more than its file."""
    delivery, contents = careerjet("1", received_at=FIRST)
    accept_as_before(store, delivery, contents)
    key = keys.document(ID, delivery.documents[0].name)
    store.delete(key)
    if now is not None:
        store.put(key, now)

    recorded = go_through(activities, delivery)

    record = applications.find(ID)
    assert record
    assert record.attachments[0].problem == problem
    assert (Flag.INCOMPLETE in recorded.flags) == (problem is not None)


def test_nothing_of_the_candidate_is_in_what_the_steps_return(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """What they return becomes Temporal's history."""
    delivery = accept(applications, lastname="Marked")

    returned = [
        activities.store_documents(StoreInput(application_id=ID)),
        activities.find_position(STEP),
        go_through(activities, delivery),
    ]

    text = "".join(value.model_dump_json() for value in returned)
    words = ("Marked", "Ada", "ada@", "attached", "cv.pdf", delivery.fingerprint)
    assert not [word for word in words if word in text]


def test_a_position_is_matched_by_reference_and_unknown_ones_wait_for_a_person(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """Triage says why."""
    delivery, contents = careerjet("2", job_id="unheard-of")
    applications.accept(delivery, contents)
    activities.collect(StoreInput(application_id="careerjet:2"))
    step = StepInput(application_id="careerjet:2", view=1)

    matched = activities.find_position(step)
    recorded = activities.match_position(
        RecordInput(step=step, stored=StoredDocuments(), matched=matched)
    )

    assert matched == MatchedPosition(triage="unknown-reference")
    assert (recorded.stage, recorded.triage) == (Stage.TRIAGE, "unknown-reference")


def test_a_position_that_cannot_be_read_is_left_to_a_person(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """A broken document of the catalogue must not hold an application up."""
    store.put(keys.position("20240107-123456-7890", None), b'{"reference"')

    recorded = go_through(activities, accept(applications))

    assert (recorded.stage, recorded.triage) == (Stage.TRIAGE, "unreadable-catalogue")
