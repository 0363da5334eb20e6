"""A source that is lost or damaged on the way: recorded with what there is."""

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue
from temporalio.testing import ActivityEnvironment

from activities.fetching import FetchActivities
from activities.inspection import Inspector
from activities.intake import ApplicationActivities
from letterbox.boards import discover
from letterbox.boards.fetching import FetchResult
from letterbox.boards.seek.client.fetch import SeekFetcher
from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage, Tombstone
from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.domain.messages import (
    FetchApplicationResult,
    FetchInput,
    RecordInput,
    StepInput,
    StoredDocuments,
    StoreInput,
)
from letterbox.domain.ports import ObjectStore
from letterbox.domain.status import Recorded
from letterbox.records.applications import StoredApplications
from tests.activities.noticed import SEEK, notice, take_in
from tests.activities.steps import ID, accept, go_through
from tests.factories import careerjet

GIVEN = StoreInput(application_id=ID)
STEP = StepInput(application_id=ID, view=1)
ASKED = StepInput(application_id=SEEK, view=1)
HARMS = [None, b"", b"[]", careerjet("2")[0].model_dump_json().encode()]
NAMES = ["lost", "emptied", "another's JSON", "another application's"]


def harm(store: ObjectStore, key: str, body: bytes | None) -> None:
    """Lose an object, or spoil it."""
    if body is None:
        store.delete(key)
    else:
        store.put(key, body)


@pytest.mark.parametrize("body", HARMS, ids=NAMES)
@pytest.mark.parametrize(
    "before", ["the documents are checked", "the position is looked up"]
)
def test_a_source_is_taken_from_the_inbox_again(
    before: str,
    body: bytes | None,
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Whichever step finds it so: until it is recorded, the inbox has it too."""
    accept(applications)
    activities.collect(GIVEN)
    if before == "the documents are checked":
        harm(store, keys.source(ID, 1), body)
    stored = activities.inspect(STEP)
    if before == "the position is looked up":
        harm(store, keys.source(ID, 1), body)

    recorded = activities.match_position(RecordInput(step=STEP, stored=stored))

    assert (recorded.stage, recorded.flags) == (Stage.MATCHED, ())
    assert applications.view(ID, 1).said
    assert list(applications.submissions(ID)) == []


def test_an_answer_that_is_lost_is_asked_for_again(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Recorded as far as the notice goes, and flagged so that the board is asked."""
    applications.accept(notice(), {})
    activities.collect(StoreInput(application_id=SEEK))
    harm(store, keys.source(SEEK, 1), b"")

    recorded = activities.match_position(
        RecordInput(
            step=ASKED,
            stored=StoredDocuments(),
        )
    )

    assert recorded.stage is Stage.RECEIVED
    assert set(recorded.flags) == {Flag.INCOMPLETE, Flag.UNAVAILABLE}
    again = activities.collect(StoreInput(application_id=SEEK))
    assert (again.fresh, again.fetch) == (True, True)


async def test_a_notice_that_is_lost_before_the_board_is_asked_stops_nothing(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """The step that asks is not tried for ever; older releases have two."""
    applications.accept(notice(), {})
    activities.collect(StoreInput(application_id=SEEK))
    harm(store, keys.source(SEEK, 1), None)
    fetching = FetchActivities(
        applications=applications,
        boards=discover(),
        fetchers={"seek": SeekFetcher(graph=None, attachments=None, settings=None)},  # type: ignore[arg-type]
        inspector=Inspector(applications),
    )

    at_work = ActivityEnvironment()
    fetched = await at_work.run(fetching.fetch_application, FetchInput(step=ASKED))
    documents = await fetching.fetch_documents(ASKED, since=1)

    assert fetched == FetchApplicationResult(available=False)
    assert documents == StoredDocuments(whole=False)


def test_a_differing_delivery_that_is_lost_is_said_in_the_record(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """In neither place any more: the record stays, flagged."""
    go_through(activities, accept(applications))
    other, contents = careerjet("1", lastname="Another")
    applications.accept(other, contents)
    second = StepInput(application_id=ID, view=activities.collect(GIVEN).view)
    store.delete(keys.source(ID, 2))
    applications.clear(other)

    stored = activities.inspect(second)
    recorded = activities.match_position(RecordInput(step=second, stored=stored))

    assert recorded.flags == (Flag.INCOMPLETE,)
    assert recorded.stage is Stage.MATCHED


def test_an_application_of_which_nothing_is_left_fails_loudly(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """Not for ever: nothing would bring it back."""
    delivery = accept(applications)
    activities.collect(GIVEN)
    applications.clear(delivery)
    store.delete(keys.source(ID, 1))

    with pytest.raises(NotFoundError):
        activities.match_position(RecordInput(step=STEP, stored=StoredDocuments()))


def test_a_source_that_a_removal_has_taken_ends_the_application(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """It was cut short, and is finished."""
    delivery = accept(applications)
    activities.collect(GIVEN)
    applications.clear(delivery)
    store.delete(keys.source(ID, 1))
    tombstone = Tombstone(reason="a request", removed_at=datetime.now(UTC))
    store.put(keys.tombstone(ID), tombstone.model_dump_json().encode())

    recorded = activities.match_position(
        RecordInput(step=STEP, stored=StoredDocuments())
    )

    assert recorded == Recorded(stage=Stage.ERASED, deliver=False)


def test_a_partial_answer_that_was_kept_is_known_to_be_partial(
    applications: StoredApplications, activities: ApplicationActivities
) -> None:
    """Whole ones are known to be whole, after a worker's death as before it."""
    applications.accept(notice(), {})
    take_in(activities, applications)

    record = applications.find(SEEK)
    assert record
    assert Flag.UNAVAILABLE not in record.flags


@pytest.mark.parametrize(
    ("code", "is_whole"),
    [("INTERNAL_SERVER_ERROR", False), (None, False), ("FORBIDDEN", True)],
)
async def test_how_much_was_told_is_kept_with_the_answer(
    code: str | None,
    is_whole: bool,  # noqa: FBT001 pytest passes parameters by name
) -> None:
    """The attempt that heard it may have died before it could say so."""
    errors: list[JsonValue] = [{"code": code, "path": ["attachments"]}]
    kept = notice()
    assert isinstance(kept.said, dict)
    profile: dict[str, JsonValue] = {"candidate": {"person": {}}}
    said = {**kept.said, "profile": profile, "errors": errors}
    fetcher = SeekFetcher(graph=None, attachments=None, settings=None)  # type: ignore[arg-type]

    told = await fetcher.fetch(kept.model_copy(update={"said": said}))

    assert isinstance(told, FetchResult)
    assert told.is_whole is is_whole


def test_a_source_of_another_application_is_damaged(
    applications: StoredApplications, store: ObjectStore
) -> None:
    """Nobody takes somebody else's words for his own."""
    other, _ = careerjet("2")
    store.put(keys.source(ID, 1), other.model_dump_json().encode())

    with pytest.raises(DamagedError, match="another application"):
        applications.view(ID, 1)
