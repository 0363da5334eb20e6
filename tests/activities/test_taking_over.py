"""From the inbox into their places: documents of a delivery, as of today or before."""

from collections.abc import Callable

import pytest

from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.application import Flag
from letterbox.domain.messages import RecordInput, StepInput, StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.records.inbox import keys_of
from tests.activities.steps import FIRST, ID, go_through, names
from tests.factories import PDF, careerjet
from tests.inbox_objects import with_other_documents, without_documents
from tests.older_inbox import FORMS, Accept, accept_as_before

STEP = StepInput(application_id=ID, view=1)


@pytest.mark.parametrize("accept", FORMS.values(), ids=FORMS)
def test_documents_are_named_by_what_they_are_when_they_are_taken_over(
    accept: Accept,
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """The API has not looked into them; the record, and the source, know the name."""
    delivery, contents = careerjet("1", received_at=FIRST)
    [cv] = delivery.documents
    if accept is not accept_as_before:
        unnamed = cv.model_copy(update={"name": f"{cv.sha256}.bin"})
        delivery = delivery.model_copy(update={"documents": (unnamed,)})
    accept(store, delivery, contents)

    go_through(activities, delivery)

    name = f"{cv.sha256}.pdf"
    record = applications.find(ID)
    assert record
    assert record.attachments[0].name == name
    assert applications.view(ID, 1).documents[0].name == name
    assert store.get(keys.document(ID, name)) == PDF
    assert not {key for key in names(store) if key.startswith(keys.INBOX)}
    assert f"{cv.sha256}.bin" not in str(names(store))


def test_one_submission_of_both_forms_is_recorded_once(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """The board has sent again while the API was brought up to date."""
    delivery, contents = careerjet("1", received_at=FIRST)
    for accept in FORMS.values():
        accept(store, delivery, contents)
    assert set(keys_of(delivery)) <= names(store)

    go_through(activities, delivery)

    record = applications.find(ID)
    assert record
    assert len(record.views) == 1
    assert Flag.CONFLICT not in record.flags
    assert not {key for key in names(store) if key.startswith(keys.INBOX)}


@pytest.mark.parametrize("accept", FORMS.values(), ids=FORMS)
def test_both_forms_are_known_as_accepted(
    accept: Accept, applications: StoredApplications, store: ObjectStore
) -> None:
    """To whoever asks whether there is anything of it."""
    delivery, contents = careerjet("1", received_at=FIRST)
    assert not applications.known(ID)

    accept(store, delivery, contents)

    assert applications.known(ID)
    assert applications.has_submission(ID, delivery.fingerprint)
    assert list(applications.submissions(ID)) == [delivery]
    applications.discard(delivery)
    assert names(store) == set()


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (without_documents, "missing"),
        (lambda body: with_other_documents(body, b"%PDF-9"), "damaged"),
    ],
    ids=["missing", "damaged"],
)
def test_a_delivery_whose_document_has_suffered_is_recorded(
    spoil: Callable[[bytes], bytes],
    problem: str,
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """It is worth more than its file; what is left of that is kept."""
    delivery, contents = careerjet("1", received_at=FIRST)
    applications.accept(delivery, contents)
    key = keys.inbox_record(ID, delivery.fingerprint)
    store.put(key, spoil(store.get(key)))

    go_through(activities, delivery)

    record = applications.find(ID)
    assert record
    assert record.attachments[0].problem == problem
    left = keys.document(ID, delivery.documents[0].name)
    assert (left in names(store)) == (problem == "damaged")


def test_what_was_named_before_a_source_was_lost_keeps_its_name(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """The delivery knows none."""
    delivery, contents = careerjet("1", received_at=FIRST)
    [cv] = delivery.documents
    unnamed = cv.model_copy(update={"name": f"{cv.sha256}.bin"})
    applications.accept(delivery.model_copy(update={"documents": (unnamed,)}), contents)
    result = activities.store_documents(StoreInput(application_id=ID))
    assert result.stored
    store.delete(keys.source(ID, 1))

    activities.match_position(RecordInput(step=STEP, stored=result.stored))

    assert applications.view(ID, 1).documents == delivery.documents
