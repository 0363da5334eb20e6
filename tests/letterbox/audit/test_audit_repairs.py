"""A repair removes nothing that is the last copy, held, or needed by what is open."""

import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client

from letterbox.audit.kinds import Kind
from letterbox.domain import keys
from letterbox.domain.application import Flag, Hold, Tombstone
from letterbox.settings import Settings
from tests.audit_fixture import Estate, found
from tests.letterbox.audit.damage import (
    HOURS,
    NOW,
    bury,
    bury_and_terminate,
    lose_record,
    lose_record_of_held,
    lose_record_of_open,
    retire_half,
    upload,
)
from tests.support import eventually
from tests.workflows.running_worker import running_worker

HOLD = Hold(reason="case 4711", placed_at=NOW)
CAME = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    return Settings(
        store=f"file:{tmp_path / 'store'}",
        task_queue=str(uuid4()),
        digest_key=("a key for tests",),
    )


@pytest_asyncio.fixture(name="estate")
async def _estate(settings: Settings, temporal_client: Client) -> AsyncIterator[Estate]:
    estate = Estate(settings, temporal_client)
    yield estate
    await estate.clear()


def objects(estate: Estate) -> dict[str, bytes]:
    """Read all there is."""
    return {one.key: estate.store.get(one.key) for one in estate.store.list("")}


@pytest.mark.parametrize("do", [lose_record, lose_record_of_held, lose_record_of_open])
async def test_an_application_whose_record_is_lost_is_taken_in_again(
    estate: Estate, settings: Settings, do: Callable[[Estate, str], Awaitable[str]]
) -> None:
    """Nothing of it is removed, and its conflicting delivery is one again."""
    application_id = await do(estate, str(uuid4()))
    before = objects(estate)
    sources = len([key for key in before if "/source/" in key])

    report = await estate.audit(repair=True, later=HOURS)

    assert found(report) == [(Kind.RECORD_LOST, application_id)]
    assert report.fine
    assert before.items() <= objects(estate).items()

    async def is_recorded() -> bool:
        record = estate.records.applications.find(application_id)
        return record is not None and len(record.views) == sources

    async with running_worker(estate.client, settings):
        await eventually(is_recorded)
    record = estate.records.applications.find(application_id)
    assert record
    assert record.candidate.person.name.family == "Example"
    assert (Flag.CONFLICT in record.flags) == (sources > 1)
    assert all(one.problem is None for one in record.attachments)
    held = keys.hold(application_id)
    assert (held in before) == (held in objects(estate))


async def test_a_source_that_cannot_be_read_keeps_the_others_from_its_place(
    estate: Estate,
) -> None:
    """A second delivery may be anybody's: a person decides, and all stays there."""
    application_id = await lose_record(estate, str(uuid4()))
    estate.store.put(keys.source(application_id, 1), b"{")
    before = objects(estate)

    report = await estate.audit(repair=True, later=HOURS)

    assert set(found(report)) == {
        (Kind.RECORD_LOST, application_id),
        (Kind.SOURCE_DAMAGED, application_id),
    }
    assert not any(one.repaired for one in report.findings)
    assert objects(estate) == before


async def test_of_several_answers_to_one_notice_the_first_is_put_back(
    estate: Estate,
) -> None:
    """They have one fingerprint, and so one place in the inbox; all stay as sources."""
    application_id = estate.accept(str(uuid4()))
    estate.record(application_id)
    first = estate.records.applications.view(application_id, 1)
    second = first.model_copy(update={"said": {"newer": True}})
    estate.records.applications.keep_view(second, 2)
    estate.store.delete(keys.record(application_id))

    report = await estate.audit(repair=True, later=HOURS)

    assert report.fine
    assert estate.records.applications.waiting(application_id) == [first]
    assert estate.records.applications.view(application_id, 2) == second


async def test_an_archive_is_not_made_poorer_by_starting_its_workflow(
    estate: Estate,
) -> None:
    """The record alone is back, of a backup or a worker that stood still."""
    application_id = estate.accept(str(uuid4()), CAME)
    record = estate.record(application_id)
    estate.pack(application_id)
    before = archived(estate, application_id)
    estate.records.removal.retire(application_id)
    estate.records.applications.update(record)

    for fast in (True, False):
        report = await estate.audit(fast=fast, repair=True, later=HOURS)
        assert (Kind.ARCHIVED_AND_OPEN, application_id) in found(report)
        assert not any(one.repaired for one in report.findings)

    assert await estate.running() == []
    assert archived(estate, application_id) == before


async def test_a_damaged_document_keeps_an_archived_one_from_being_packed_again(
    estate: Estate,
) -> None:
    """Also where the audit itself is fast, and reads no documents."""
    application_id = estate.accept(str(uuid4()), CAME)
    estate.record(application_id)
    estate.pack(application_id)
    estate.flip(estate.documents(application_id)[0])

    report = await estate.audit(fast=True, repair=True)

    assert found(report) == [(Kind.ARCHIVED_AND_OPEN, application_id)]
    assert not report.fine
    assert await estate.running() == []


async def test_leftovers_stay_where_the_archive_is_damaged(estate: Estate) -> None:
    """They may be all that is left."""
    application_id = await retire_half(estate, str(uuid4()))
    archive = keys.archive(application_id)
    estate.flip(archive, estate.store.stat(archive).size // 2)
    before = objects(estate)

    for fast in (True, False):
        report = await estate.audit(fast=fast, repair=True, later=HOURS)
        assert (Kind.LEFTOVERS, application_id) in found(report)
        assert not any(one.repaired for one in report.findings)

    assert objects(estate) == before


async def test_leftovers_that_the_archive_lacks_stay(estate: Estate) -> None:
    """What it holds byte for byte goes all the same."""
    application_id = await retire_half(estate, str(uuid4()))
    name = f"{sha256(b'other').hexdigest()}.pdf"
    other = keys.document(application_id, name)
    estate.store.put(other, b"other")

    report = await estate.audit(repair=True, later=HOURS)

    assert found(report) == [(Kind.LEFTOVERS, application_id)]
    assert not report.fine
    folder = keys.application(application_id)
    assert [one.key for one in estate.store.list(folder)] == [other]


async def test_a_late_repeat_is_not_started_beside_an_archive_that_is_damaged(
    estate: Estate,
) -> None:
    """It would be removed, and may be the last that is whole."""
    application_id = estate.archived(uuid := str(uuid4()))
    estate.accept(uuid)
    archive = keys.archive(application_id)
    estate.flip(archive, estate.store.stat(archive).size // 2)

    report = await estate.audit(fast=True, repair=True, later=HOURS)

    assert found(report) == [(Kind.ACCEPTED_WITHOUT_WORKFLOW, application_id)]
    assert not report.fine
    assert await estate.running() == []


async def test_what_is_held_is_not_erased_by_a_repair(estate: Estate) -> None:
    """A tombstone out of a backup, or by hand, beside a hold that holds."""
    application_id = await bury_and_terminate(estate, str(uuid4()))
    estate.records.holds.place(application_id, HOLD)
    before = objects(estate)

    report = await estate.audit(repair=True)

    assert found(report) == [(Kind.TOMBSTONE_WITH_LEFTOVERS, application_id)]
    assert not report.fine
    assert objects(estate) == before


async def test_an_erasure_is_ended_where_the_hold_has_ended(estate: Estate) -> None:
    """A hold with a date keeps nothing for longer than that."""
    application_id = await bury_and_terminate(estate, str(uuid4()))
    past = HOLD.model_copy(update={"until": NOW - timedelta(days=1)})
    estate.records.holds.place(application_id, past)

    report = await estate.audit(repair=True)

    assert report.fine
    assert list(objects(estate)) == [keys.tombstone(application_id)]


async def test_a_hold_and_a_marker_of_what_is_not_there_stay(estate: Estate) -> None:
    """They may be the last that tells of it, and a backup may bring it back."""
    application_id = estate.archived(str(uuid4()))
    estate.records.holds.place(application_id, HOLD)
    estate.store.delete(keys.archive(application_id))
    before = objects(estate)

    report = await estate.audit(repair=True)

    assert found(report) == [(Kind.HOLD_ORPHAN, application_id)]
    assert not report.fine
    assert objects(estate) == before


async def test_documents_of_a_request_that_was_cut_short_go(estate: Estate) -> None:
    """Nobody was told that they were accepted."""
    upload(estate, application_id := f"careerjet:{uuid4()}")

    report = await estate.audit(repair=True, later=HOURS)

    assert found(report) == [(Kind.LEFTOVERS, application_id)]
    assert report.fine
    assert objects(estate) == {}


async def test_what_was_erased_is_not_taken_in_again(estate: Estate) -> None:
    """Its sources are leftovers of the erasure, whatever became of its record."""
    application_id = await lose_record(estate, str(uuid4()))
    bury(estate, application_id)

    report = await estate.audit(repair=True, later=HOURS)

    assert found(report) == [(Kind.TOMBSTONE_WITH_LEFTOVERS, application_id)]
    assert list(objects(estate)) == [keys.tombstone(application_id)]


def archived(estate: Estate, application_id: str) -> set[str]:
    """Name what an archive holds."""
    with estate.store.open(keys.archive(application_id)) as chunks:
        return set(zipfile.ZipFile(BytesIO(b"".join(chunks))).namelist())


async def test_what_lies_beside_the_tombstone_of_another_application_stays(
    estate: Estate,
) -> None:
    """It does not belong there: a person has to look."""
    application_id = await estate.open("1")
    told = Tombstone(reason="a request", removed_at=NOW, id="careerjet:2")
    key = keys.tombstone(application_id)
    estate.store.put(key, told.model_dump_json().encode())
    before = objects(estate)

    await estate.audit(repair=True, later=HOURS)

    assert objects(estate) == before
