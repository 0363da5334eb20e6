"""Every action in which a state can be broken, one function each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from temporalio.common import SearchAttributePair, TypedSearchAttributes

from letterbox.audit.kinds import Kind
from letterbox.domain import keys
from letterbox.domain.application import Hold, Stage, Tombstone
from letterbox.temporal import search_attributes as attributes
from tests.audit_fixture import AuditFixture
from tests.factories import PDF

MINUTES, HOURS, DAYS = timedelta(minutes=3), timedelta(hours=2), timedelta(days=3)
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Damage:
    """A action to break something, which names the application."""

    kind: Kind
    do: Callable[[AuditFixture, str], Awaitable[str]]
    later: timedelta = timedelta(0)
    unseen_when_fast: bool = False
    on_bucket: bool = False
    """Whether it is tried on a bucket too, which is slow."""


async def accept(system: AuditFixture, uuid: str) -> str:
    """Leave it in the inbox."""
    return system.accept(uuid)


async def _garble_inbox(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    system.store.put(keys.inbox_record(application_id, "a" * 64), b"{")
    return application_id


async def terminate(system: AuditFixture, uuid: str) -> str:
    """End its workflow in the Temporal UI."""
    application_id = await system.open(uuid)
    await system.terminate(application_id)
    return application_id


async def _garble_record(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    system.store.put(keys.record(application_id), b"{}")
    return application_id


async def _swap_record(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    other = system.store.get(keys.record(await system.open(str(uuid4()))))
    system.store.put(keys.record(application_id), other)
    return application_id


async def _start_nothing(system: AuditFixture, uuid: str) -> str:
    await system.start(f"careerjet:{uuid}")
    return f"careerjet:{uuid}"


async def stand_still(system: AuditFixture, uuid: str) -> str:
    """Have its workflow be open, and nobody work on it."""
    application_id = system.accept(uuid)
    await system.start(application_id)
    return application_id


async def lose_record(system: AuditFixture, uuid: str) -> str:
    """Lose the record; Temporal was set up anew."""
    application_id = system.accept(uuid)
    system.record(application_id)
    system.accept(uuid, lastname="Other")
    system.record(application_id)
    system.store.delete(keys.record(application_id))
    return application_id


async def lose_record_of_open(system: AuditFixture, uuid: str) -> str:
    """Lose the record of an application whose workflow is open."""
    application_id = await system.open(uuid)
    system.store.delete(keys.record(application_id))
    return application_id


async def lose_record_of_held(system: AuditFixture, uuid: str) -> str:
    """Lose the record of what is held."""
    application_id = await lose_record(system, uuid)
    hold = Hold(reason="case 4711", placed_at=NOW)
    system.records.holds.place(application_id, hold)
    return application_id


async def lose_record_and_sources(system: AuditFixture, uuid: str) -> str:
    """Lose all but the documents and the hold, the last that tells of them."""
    application_id = await lose_record_of_held(system, uuid)
    for found in list(system.store.list(keys.sources(application_id))):
        system.store.delete(found.key)
    system.records.candidates.unmark_by_scan(application_id)
    return application_id


async def say_recorded(system: AuditFixture, uuid: str) -> str:
    """Have a workflow that says it is recorded, and a store that knows nothing."""
    application_id = f"careerjet:{uuid}"
    await system.client.start_workflow(
        "Application",
        application_id,
        id=application_id,
        task_queue=system.settings.task_queue,
        search_attributes=TypedSearchAttributes(
            [SearchAttributePair(attributes.STAGE, Stage.MATCHED)]
        ),
    )
    await system.start(application_id)
    return application_id


async def delete_document(system: AuditFixture, uuid: str) -> str:
    """Lose a document."""
    application_id = await system.open(uuid)
    system.store.delete(system.documents(application_id)[0])
    return application_id


async def _delete_document_in_conflict(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    record = system.records.applications.find(application_id)
    system.accept(uuid, lastname="Other")
    changed = system.record(application_id)
    assert record
    # Nothing but the second source names it now, as before views named theirs.
    views = tuple(one.model_copy(update={"attachments": ()}) for one in changed.views)
    named = changed.model_copy(update={"attachments": (), "views": views})
    system.store.put(keys.record(application_id), named.model_dump_json().encode())
    assert len(changed.views) == 2
    first, second = (
        system.records.applications.view(application_id, n) for n in (1, 2)
    )
    assert first.documents == second.documents
    system.store.delete(keys.document(application_id, second.documents[0].name))
    return application_id


async def _flip_document(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    system.flip(system.documents(application_id)[0])
    return application_id


async def _cut_document(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    system.store.put(system.documents(application_id)[0], b"%PDF")
    return application_id


async def _delete_demographics(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    system.store.delete(keys.demographics(application_id, 1))
    return application_id


async def _cut_demographics(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    key = keys.demographics(application_id, 1)
    system.store.put(key, system.store.get(key)[:-3])
    return application_id


async def _retire_all_but_demographics(system: AuditFixture, uuid: str) -> str:
    application_id = await terminate(system, uuid)
    system.pack(application_id)
    for found in list(system.store.list(keys.application(application_id))):
        if "demographics" not in found.key:
            system.store.delete(found.key)
    return application_id


async def _delete_source(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    system.store.delete(keys.source(application_id, 1))
    return application_id


async def _garble_source(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    system.store.put(keys.source(application_id, 1), b"[]")
    return application_id


async def _fall_behind(system: AuditFixture, uuid: str) -> str:
    return await system.open(uuid, NOW - timedelta(days=175))


async def _miss_the_window(system: AuditFixture, uuid: str) -> str:
    return await system.open(uuid, NOW - timedelta(days=181))


async def _flip_archive(system: AuditFixture, uuid: str) -> str:
    application_id = system.archived(uuid)
    archive = keys.archive(application_id)
    system.flip(archive, system.store.stat(archive).size // 2)
    return application_id


async def _empty_archive(system: AuditFixture, uuid: str) -> str:
    application_id = system.archived(uuid)
    system.store.put(keys.archive(application_id), b"")
    return application_id


async def _delete_archive(system: AuditFixture, uuid: str) -> str:
    application_id = system.archived(uuid)
    system.store.delete(keys.archive(application_id))
    return application_id


async def _pack_and_terminate(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    system.pack(application_id)
    await system.terminate(application_id)
    return application_id


async def retire_half(system: AuditFixture, uuid: str) -> str:
    """Remove the record of what is archived, and no more."""
    application_id = await _pack_and_terminate(system, uuid)
    system.store.delete(keys.record(application_id))
    return application_id


async def _upload_half(system: AuditFixture, uuid: str) -> str:
    application_id = f"careerjet:{uuid}"
    upload(system, application_id)
    return application_id


async def put_tombstone_and_terminate(system: AuditFixture, uuid: str) -> str:
    """Begin an erasure that nobody ends."""
    application_id = await terminate(system, uuid)
    put_tombstone(system, application_id)
    return application_id


async def _put_tombstone_archived(system: AuditFixture, uuid: str) -> str:
    application_id = system.archived(uuid)
    put_tombstone(system, application_id)
    return application_id


async def _put_tombstone_all_but_the_marker(system: AuditFixture, uuid: str) -> str:
    application_id = await _delete_archive(system, uuid)
    put_tombstone(system, application_id)
    return application_id


async def _put_tombstone_without_a_word(system: AuditFixture, uuid: str) -> str:
    application_id = f"careerjet:{uuid}"
    await system.start(application_id)
    upload(system, application_id)
    put_tombstone(system, application_id)
    return application_id


async def _unmark(system: AuditFixture, uuid: str) -> str:
    application_id = await system.open(uuid)
    system.records.candidates.unmark_by_scan(application_id)
    return application_id


async def _unmark_archived(system: AuditFixture, uuid: str) -> str:
    application_id = system.archived(uuid)
    system.records.candidates.unmark_by_scan(application_id)
    return application_id


async def _hold_nothing(system: AuditFixture, uuid: str) -> str:
    hold = Hold(reason="case 4711", placed_at=NOW)
    system.records.holds.place(f"careerjet:{uuid}", hold)
    return f"careerjet:{uuid}"


def upload(system: AuditFixture, application_id: str) -> None:
    """Put the document of a request that goes no further."""
    name = f"{sha256(PDF).hexdigest()}.pdf"
    system.store.put(keys.document(application_id, name), PDF)


def put_tombstone(system: AuditFixture, application_id: str) -> None:
    """Put up a tombstone, and remove nothing."""
    tombstone = Tombstone(reason="request 17", removed_at=NOW)
    body = tombstone.model_dump_json().encode()
    system.store.put(keys.tombstone(application_id), body)


DAMAGES = [
    Damage(Kind.ACCEPTED_WITHOUT_WORKFLOW, accept, MINUTES),
    Damage(Kind.NOT_RECORDED, stand_still, DAYS),
    Damage(Kind.RECORD_LOST, lose_record, HOURS, on_bucket=True),
    Damage(Kind.RECORD_LOST, lose_record_of_open),
    Damage(Kind.RECORD_LOST, lose_record_of_held, HOURS),
    Damage(Kind.RECORD_MISSING, lose_record_and_sources, HOURS),
    Damage(Kind.RECORD_MISSING, say_recorded),
    Damage(Kind.INBOX_UNREADABLE, _garble_inbox),
    Damage(Kind.RECORD_WITHOUT_WORKFLOW, terminate),
    Damage(Kind.RECORD_UNREADABLE, _garble_record),
    Damage(Kind.RECORD_UNREADABLE, _swap_record),
    Damage(Kind.WORKFLOW_WITHOUT_RECORD, _start_nothing, HOURS),
    Damage(Kind.DOCUMENT_MISSING, delete_document),
    Damage(Kind.DOCUMENT_MISSING, _delete_document_in_conflict, unseen_when_fast=True),
    Damage(
        Kind.DOCUMENT_DAMAGED, _flip_document, unseen_when_fast=True, on_bucket=True
    ),
    Damage(Kind.DOCUMENT_DAMAGED, _cut_document),
    Damage(Kind.SOURCE_MISSING, _delete_source),
    Damage(Kind.SOURCE_MISSING, _delete_demographics, unseen_when_fast=True),
    Damage(Kind.SOURCE_DAMAGED, _garble_source, unseen_when_fast=True),
    Damage(Kind.SOURCE_DAMAGED, _cut_demographics, unseen_when_fast=True),
    Damage(Kind.ARCHIVE_OVERDUE, _fall_behind, HOURS),
    Damage(Kind.ARCHIVE_MISSING, _miss_the_window, HOURS),
    Damage(Kind.ARCHIVE_DAMAGED, _flip_archive, unseen_when_fast=True, on_bucket=True),
    Damage(Kind.ARCHIVE_DAMAGED, _empty_archive),
    Damage(Kind.ARCHIVED_AND_OPEN, _pack_and_terminate),
    Damage(Kind.LEFTOVERS, _upload_half, HOURS),
    Damage(Kind.LEFTOVERS, retire_half, HOURS, on_bucket=True),
    Damage(Kind.LEFTOVERS, _retire_all_but_demographics, HOURS),
    Damage(Kind.TOMBSTONE_WITH_LEFTOVERS, put_tombstone_and_terminate),
    Damage(Kind.TOMBSTONE_WITH_LEFTOVERS, _put_tombstone_archived, on_bucket=True),
    Damage(Kind.TOMBSTONE_WITH_LEFTOVERS, _put_tombstone_all_but_the_marker),
    Damage(Kind.TOMBSTONE_WITH_LEFTOVERS, _put_tombstone_without_a_word, HOURS),
    Damage(Kind.MARKER_MISSING, _unmark, on_bucket=True),
    Damage(Kind.MARKER_MISSING, _unmark_archived, unseen_when_fast=True),
    Damage(Kind.MARKER_ORPHAN, _delete_archive, on_bucket=True),
    Damage(Kind.HOLD_ORPHAN, _hold_nothing, on_bucket=True),
]
