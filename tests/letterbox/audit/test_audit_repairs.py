"""A repair removes nothing that is the last copy, held, or needed by what is open."""

import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest

from letterbox.audit.kinds import Kind
from letterbox.domain import keys
from letterbox.domain.application import Flag, Hold, Tombstone
from letterbox.settings import Settings
from tests.audit_fixture import AuditFixture, found
from tests.letterbox.audit.damage import (
    HOURS,
    NOW,
    lose_record,
    lose_record_of_held,
    lose_record_of_open,
    put_tombstone,
    put_tombstone_and_terminate,
    retire_half,
    upload,
)
from tests.support import eventually
from tests.workflows.running_worker import running_worker

HOLD = Hold(reason="case 4711", placed_at=NOW)
CAME = datetime(2026, 1, 1, tzinfo=UTC)


def objects(system: AuditFixture) -> dict[str, bytes]:
    """Read all there is."""
    return {one.key: system.store.get(one.key) for one in system.store.list("")}


@pytest.mark.parametrize("do", [lose_record, lose_record_of_held, lose_record_of_open])
async def test_an_application_whose_record_is_lost_is_taken_in_again(
    system: AuditFixture,
    settings: Settings,
    do: Callable[[AuditFixture, str], Awaitable[str]],
) -> None:
    """Nothing of it is removed, and its conflicting delivery is one again."""
    application_id = await do(system, str(uuid4()))
    before = objects(system)
    sources = len([key for key in before if "/source/" in key])

    report = await system.audit(repair=True, later=HOURS)

    assert found(report) == [(Kind.RECORD_LOST, application_id)]
    assert report.fine
    assert before.items() <= objects(system).items()

    async def is_recorded() -> bool:
        record = system.records.applications.find(application_id)
        return record is not None and len(record.views) == sources

    async with running_worker(system.client, settings):
        await eventually(is_recorded)
    record = system.records.applications.find(application_id)
    assert record
    assert record.candidate.person.name.family == "Example"
    assert (Flag.CONFLICT in record.flags) == (sources > 1)
    assert all(one.problem is None for one in record.attachments)
    held = keys.hold(application_id)
    assert (held in before) == (held in objects(system))


async def test_a_source_that_cannot_be_read_keeps_the_others_from_its_place(
    system: AuditFixture,
) -> None:
    """A second delivery may be anybody's: a person decides, and all stays there."""
    application_id = await lose_record(system, str(uuid4()))
    system.store.put(keys.source(application_id, 1), b"{")
    before = objects(system)

    report = await system.audit(repair=True, later=HOURS)

    assert set(found(report)) == {
        (Kind.RECORD_LOST, application_id),
        (Kind.SOURCE_DAMAGED, application_id),
    }
    assert not any(one.repaired for one in report.findings)
    assert objects(system) == before


async def test_of_several_answers_to_one_notice_the_first_is_put_back(
    system: AuditFixture,
) -> None:
    """They have one fingerprint, and so one place in the inbox; all stay as sources."""
    application_id = system.accept(str(uuid4()))
    system.record(application_id)
    first = system.records.applications.view(application_id, 1)
    second = first.model_copy(update={"said": {"newer": True}})
    system.records.applications.save_view(second, 2)
    system.store.delete(keys.record(application_id))

    report = await system.audit(repair=True, later=HOURS)

    assert report.fine
    assert list(system.records.applications.submissions(application_id)) == [first]
    assert system.records.applications.view(application_id, 2) == second


async def test_an_archive_is_not_made_poorer_by_starting_its_workflow(
    system: AuditFixture,
) -> None:
    """The record alone is back, of a backup or a worker that stood still."""
    application_id = system.accept(str(uuid4()), CAME)
    record = system.record(application_id)
    system.pack(application_id)
    before = archived(system, application_id)
    system.records.removal.delete_open_copy(application_id)
    system.records.applications.update(record)

    for fast in (True, False):
        report = await system.audit(fast=fast, repair=True, later=HOURS)
        assert (Kind.ARCHIVED_AND_OPEN, application_id) in found(report)
        assert not any(one.repaired for one in report.findings)

    assert await system.running() == []
    assert archived(system, application_id) == before


async def test_a_damaged_document_keeps_an_archived_one_from_being_packed_again(
    system: AuditFixture,
) -> None:
    """Also where the audit itself is fast, and reads no documents."""
    application_id = system.accept(str(uuid4()), CAME)
    system.record(application_id)
    system.pack(application_id)
    system.flip(system.documents(application_id)[0])

    report = await system.audit(fast=True, repair=True)

    assert found(report) == [(Kind.ARCHIVED_AND_OPEN, application_id)]
    assert not report.fine
    assert await system.running() == []


async def test_leftovers_stay_where_the_archive_is_damaged(
    system: AuditFixture,
) -> None:
    """They may be all that is left."""
    application_id = await retire_half(system, str(uuid4()))
    archive = keys.archive(application_id)
    system.flip(archive, system.store.stat(archive).size // 2)
    before = objects(system)

    for fast in (True, False):
        report = await system.audit(fast=fast, repair=True, later=HOURS)
        assert (Kind.LEFTOVERS, application_id) in found(report)
        assert not any(one.repaired for one in report.findings)

    assert objects(system) == before


async def test_leftovers_that_the_archive_lacks_stay(system: AuditFixture) -> None:
    """What it holds byte for byte goes all the same."""
    application_id = await retire_half(system, str(uuid4()))
    name = f"{sha256(b'other').hexdigest()}.pdf"
    other = keys.document(application_id, name)
    system.store.put(other, b"other")

    report = await system.audit(repair=True, later=HOURS)

    assert found(report) == [(Kind.LEFTOVERS, application_id)]
    assert not report.fine
    folder = keys.application(application_id)
    assert [one.key for one in system.store.list(folder)] == [other]


async def test_a_late_repeat_is_not_started_beside_an_archive_that_is_damaged(
    system: AuditFixture,
) -> None:
    """It would be removed, and may be the last that is whole."""
    application_id = system.archived(uuid := str(uuid4()))
    system.accept(uuid)
    archive = keys.archive(application_id)
    system.flip(archive, system.store.stat(archive).size // 2)

    report = await system.audit(fast=True, repair=True, later=HOURS)

    assert found(report) == [(Kind.ACCEPTED_WITHOUT_WORKFLOW, application_id)]
    assert not report.fine
    assert await system.running() == []


async def test_what_is_held_is_not_erased_by_a_repair(system: AuditFixture) -> None:
    """A tombstone out of a backup, or by hand, beside a hold that holds."""
    application_id = await put_tombstone_and_terminate(system, str(uuid4()))
    system.records.holds.place(application_id, HOLD)
    before = objects(system)

    report = await system.audit(repair=True)

    assert found(report) == [(Kind.TOMBSTONE_WITH_LEFTOVERS, application_id)]
    assert not report.fine
    assert objects(system) == before


async def test_an_erasure_is_ended_where_the_hold_has_ended(
    system: AuditFixture,
) -> None:
    """A hold with a date keeps nothing for longer than that."""
    application_id = await put_tombstone_and_terminate(system, str(uuid4()))
    past = HOLD.model_copy(update={"until": NOW - timedelta(days=1)})
    system.records.holds.place(application_id, past)

    report = await system.audit(repair=True)

    assert report.fine
    assert list(objects(system)) == [keys.tombstone(application_id)]


async def test_a_hold_and_a_marker_of_what_is_not_there_stay(
    system: AuditFixture,
) -> None:
    """They may be the last that tells of it, and a backup may bring it back."""
    application_id = system.archived(str(uuid4()))
    system.records.holds.place(application_id, HOLD)
    system.store.delete(keys.archive(application_id))
    before = objects(system)

    report = await system.audit(repair=True)

    assert found(report) == [(Kind.HOLD_ORPHAN, application_id)]
    assert not report.fine
    assert objects(system) == before


async def test_documents_of_a_request_that_was_cut_short_go(
    system: AuditFixture,
) -> None:
    """Nobody was told that they were accepted."""
    upload(system, application_id := f"careerjet:{uuid4()}")

    report = await system.audit(repair=True, later=HOURS)

    assert found(report) == [(Kind.LEFTOVERS, application_id)]
    assert report.fine
    assert objects(system) == {}


async def test_what_was_erased_is_not_taken_in_again(system: AuditFixture) -> None:
    """Its sources are leftovers of the erasure, whatever became of its record."""
    application_id = await lose_record(system, str(uuid4()))
    put_tombstone(system, application_id)

    report = await system.audit(repair=True, later=HOURS)

    assert found(report) == [(Kind.TOMBSTONE_WITH_LEFTOVERS, application_id)]
    assert list(objects(system)) == [keys.tombstone(application_id)]


def archived(system: AuditFixture, application_id: str) -> set[str]:
    """Name what an archive holds."""
    with system.store.open(keys.archive(application_id)) as chunks:
        return set(zipfile.ZipFile(BytesIO(b"".join(chunks))).namelist())


async def test_what_lies_beside_the_tombstone_of_another_application_stays(
    system: AuditFixture,
) -> None:
    """It does not belong there: a person has to look."""
    application_id = await system.open("1")
    told = Tombstone(reason="a request", removed_at=NOW, id="careerjet:2")
    key = keys.tombstone(application_id)
    system.store.put(key, told.model_dump_json().encode())
    before = objects(system)

    await system.audit(repair=True, later=HOURS)

    assert objects(system) == before
