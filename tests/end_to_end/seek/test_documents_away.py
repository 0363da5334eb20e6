"""Documents that cannot be fetched for a day do not end an application."""

from datetime import timedelta

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities import wiring
from activities.fetching import FetchActivities
from letterbox.domain.application import Flag, Stage
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.messages import Step, StoredDocuments
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.support import eventually


class Documents(FetchActivities):
    """Documents that may be away, and then no store takes them."""

    away = True

    @activity.defn(name="fetch_documents")
    async def fetch_documents(self, step: Step) -> StoredDocuments:
        """Fetch them, unless they are away."""
        if self.away:
            raise StoreUnavailableError("put: ENOSPC")
        return await super().fetch_documents(step)


@pytest.fixture(name="documents")
def _documents(monkeypatch: pytest.MonkeyPatch) -> type[Documents]:
    monkeypatch.setattr(wiring, "FetchActivities", Documents)
    monkeypatch.setattr(Documents, "away", True)
    return Documents


async def test_an_application_is_recorded_before_its_documents_can_be_had(
    documents: type[Documents], quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """The record comes first; the documents follow once they can be had."""
    emitted = await quick.apply()
    await quick.until_asked()
    await skipping.sleep(timedelta(days=1, minutes=30))
    bare = await quick.recorded(emitted)
    documents.away = False
    await skipping.sleep(timedelta(hours=2))
    whole = await quick.recorded(emitted, lambda one: len(one.attachments) == 2)

    assert (bare.stage, bare.attachments) == (Stage.MATCHED, ())
    assert bare.flags == (Flag.UNAVAILABLE,)
    assert whole.flags == ()
    assert [one.problem for one in whole.attachments] == [None, None]


async def test_a_last_look_that_fails_does_not_stop_the_archive(
    documents: type[Documents], quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """What we hold is archived: the board forgets it soon."""
    documents.away = False
    emitted = await quick.apply()
    await quick.recorded(emitted)
    documents.away = True

    async def is_archived() -> bool:
        return quick.applications.ended(of(emitted)) is Stage.ARCHIVED

    await skipping.sleep(timedelta(days=167))

    await eventually(is_archived)
