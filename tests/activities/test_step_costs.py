"""What the two steps of an application cost a disk: calls that wait for it."""

import os

import pytest

from letterbox.domain.messages import RecordInput, StepInput, StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from tests.activities.conftest import over
from tests.factories import careerjet

ID = "careerjet:1"


def test_an_application_is_synced_ten_times(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Source, CV, letter, source with their names, four folders; record and its folder.

    The first source is the sign that a step was begun, if what it looks into ends the
    worker. What leaves the inbox may come back: it is a repeat then.
    """
    calls: list[int] = []
    sync = os.fsync
    submission, contents = careerjet("1", cv=b"%PDF-1.4 of Ada Example")
    StoredApplications(store).accept(submission, contents)
    steps = over(store, Settings())

    def count(descriptor: int) -> None:
        calls.append(descriptor)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", count)
    collected = steps.store_documents(StoreInput(application_id=ID))
    stored = len(calls)
    step = StepInput(application_id=ID, view=collected.view)
    steps.match_position(RecordInput(step=step, stored=collected.stored))

    assert (stored, len(calls) - stored) == (8, 2)
    assert not list(StoredApplications(store).submissions(ID))
