"""A step on our store that is cancelled in the middle comes to its own end."""

import inspect
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from activities.amending import AmendActivities
from activities.intake import ApplicationActivities
from activities.older import EitherRelease, OlderActivities
from activities.releasing import ReleaseActivities
from activities.undelivered import UndeliveredActivities
from letterbox.domain.messages import StoreInput
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.activities.conftest import over
from tests.activities.steps import ID, accept


class Cancelling(DirectoryStore):
    """Is read just when an erasure cancels the step that reads."""

    def __init__(self, root: Path, at_work: ActivityEnvironment) -> None:
        super().__init__(root)
        self._at_work = at_work

    def get(self, key: str) -> bytes:
        """Read, cancelled."""
        self._at_work.cancel()
        return super().get(key)


def test_a_step_that_is_cancelled_while_it_reads_is_not_torn_off(
    tmp_path: Path,
) -> None:
    """Its file would stay open, or its lock held; the workflow waits for its end."""
    at_work = ActivityEnvironment()
    store = Cancelling(tmp_path, at_work)
    store.prepare()
    accept(StoredApplications(store))

    collected = at_work.run(
        over(store, Settings()).store_documents, StoreInput(application_id=ID)
    )

    assert (collected.fresh, collected.view) == (True, 1)
    assert [one.problem for one in collected.stored.documents] == [None, None]


@pytest.mark.parametrize(
    "kind",
    [
        AmendActivities,
        ApplicationActivities,
        EitherRelease,
        OlderActivities,
        ReleaseActivities,
        UndeliveredActivities,
    ],
)
def test_no_step_in_a_thread_is_torn_off(kind: type) -> None:
    """The SDK's default is to raise an exception between any two of its lines."""
    found = [
        definition
        for _, member in inspect.getmembers(kind, inspect.isfunction)
        if (definition := activity._Definition.from_callable(member))  # noqa: SLF001
        and not inspect.iscoroutinefunction(member)
    ]

    assert found
    assert all(one.no_thread_cancel_exception for one in found), kind
