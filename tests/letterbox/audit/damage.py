"""Every way in which a state can be broken, one function each."""

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
from tests.audit_fixture import Estate
from tests.factories import PDF

MINUTES, HOURS, DAYS = timedelta(minutes=3), timedelta(hours=2), timedelta(days=3)
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Harm:
    """A way to break something, which names the application."""

    kind: Kind
    do: Callable[[Estate, str], Awaitable[str]]
    later: timedelta = timedelta(0)
    unseen_when_fast: bool = False
    on_bucket: bool = False
    """Whether it is tried on a bucket too, which is slow."""


async def accept(estate: Estate, uuid: str) -> str:
    """Leave it in the inbox."""
    return estate.accept(uuid)


async def _garble_inbox(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    estate.store.put(keys.inbox_record(application_id, "a" * 64), b"{")
    return application_id


async def terminate(estate: Estate, uuid: str) -> str:
    """End its workflow in the Temporal UI."""
    application_id = await estate.open(uuid)
    await estate.terminate(application_id)
    return application_id


async def _garble_record(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    estate.store.put(keys.record(application_id), b"{}")
    return application_id


async def _swap_record(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    other = estate.store.get(keys.record(await estate.open(str(uuid4()))))
    estate.store.put(keys.record(application_id), other)
    return application_id


async def _start_nothing(estate: Estate, uuid: str) -> str:
    await estate.start(f"careerjet:{uuid}")
    return f"careerjet:{uuid}"


async def stand_still(estate: Estate, uuid: str) -> str:
    """Have its workflow be open, and nobody work on it."""
    application_id = estate.accept(uuid)
    await estate.start(application_id)
    return application_id


async def lose_record(estate: Estate, uuid: str) -> str:
    """Lose the record; Temporal was set up anew."""
    application_id = estate.accept(uuid)
    estate.record(application_id)
    estate.accept(uuid, lastname="Other")
    estate.record(application_id)
    estate.store.delete(keys.record(application_id))
    return application_id


async def lose_record_of_open(estate: Estate, uuid: str) -> str:
    """Lose the record of an application whose workflow is open."""
    application_id = await estate.open(uuid)
    estate.store.delete(keys.record(application_id))
    return application_id


async def lose_record_of_held(estate: Estate, uuid: str) -> str:
    """Lose the record of what is held."""
    application_id = await lose_record(estate, uuid)
    hold = Hold(reason="case 4711", placed_at=NOW)
    estate.records.holds.place(application_id, hold)
    return application_id


async def lose_record_and_sources(estate: Estate, uuid: str) -> str:
    """Lose all but the documents and the hold, the last that tells of them."""
    application_id = await lose_record_of_held(estate, uuid)
    for found in list(estate.store.list(keys.sources(application_id))):
        estate.store.delete(found.key)
    estate.records.candidates.unmark_by_scan(application_id)
    return application_id


async def say_recorded(estate: Estate, uuid: str) -> str:
    """Have a workflow that says it is recorded, and a store that knows nothing."""
    application_id = f"careerjet:{uuid}"
    await estate.client.start_workflow(
        "Application",
        application_id,
        id=application_id,
        task_queue=estate.settings.task_queue,
        search_attributes=TypedSearchAttributes(
            [SearchAttributePair(attributes.STAGE, Stage.MATCHED)]
        ),
    )
    await estate.start(application_id)
    return application_id


async def delete_document(estate: Estate, uuid: str) -> str:
    """Lose a document."""
    application_id = await estate.open(uuid)
    estate.store.delete(estate.documents(application_id)[0])
    return application_id


async def _delete_document_in_conflict(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    record = estate.records.applications.find(application_id)
    estate.accept(uuid, lastname="Other")
    changed = estate.record(application_id)
    assert record
    # Nothing but the second source names it now, as before views named theirs.
    views = tuple(one.model_copy(update={"attachments": ()}) for one in changed.views)
    named = changed.model_copy(update={"attachments": (), "views": views})
    estate.store.put(keys.record(application_id), named.model_dump_json().encode())
    assert len(changed.views) == 2
    first, second = (
        estate.records.applications.view(application_id, n) for n in (1, 2)
    )
    assert first.documents == second.documents
    estate.store.delete(keys.document(application_id, second.documents[0].name))
    return application_id


async def _flip_document(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    estate.flip(estate.documents(application_id)[0])
    return application_id


async def _cut_document(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    estate.store.put(estate.documents(application_id)[0], b"%PDF")
    return application_id


async def _delete_source(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    estate.store.delete(keys.source(application_id, 1))
    return application_id


async def _garble_source(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    estate.store.put(keys.source(application_id, 1), b"[]")
    return application_id


async def _fall_behind(estate: Estate, uuid: str) -> str:
    return await estate.open(uuid, NOW - timedelta(days=175))


async def _miss_the_window(estate: Estate, uuid: str) -> str:
    return await estate.open(uuid, NOW - timedelta(days=181))


async def _flip_archive(estate: Estate, uuid: str) -> str:
    application_id = estate.archived(uuid)
    archive = keys.archive(application_id)
    estate.flip(archive, estate.store.stat(archive).size // 2)
    return application_id


async def _empty_archive(estate: Estate, uuid: str) -> str:
    application_id = estate.archived(uuid)
    estate.store.put(keys.archive(application_id), b"")
    return application_id


async def _delete_archive(estate: Estate, uuid: str) -> str:
    application_id = estate.archived(uuid)
    estate.store.delete(keys.archive(application_id))
    return application_id


async def _pack_and_terminate(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    estate.pack(application_id)
    await estate.terminate(application_id)
    return application_id


async def retire_half(estate: Estate, uuid: str) -> str:
    """Remove the record of what is archived, and no more."""
    application_id = await _pack_and_terminate(estate, uuid)
    estate.store.delete(keys.record(application_id))
    return application_id


async def _upload_half(estate: Estate, uuid: str) -> str:
    application_id = f"careerjet:{uuid}"
    upload(estate, application_id)
    return application_id


async def bury_and_terminate(estate: Estate, uuid: str) -> str:
    """Begin an erasure that nobody ends."""
    application_id = await terminate(estate, uuid)
    bury(estate, application_id)
    return application_id


async def _bury_archived(estate: Estate, uuid: str) -> str:
    application_id = estate.archived(uuid)
    bury(estate, application_id)
    return application_id


async def _bury_all_but_the_marker(estate: Estate, uuid: str) -> str:
    application_id = await _delete_archive(estate, uuid)
    bury(estate, application_id)
    return application_id


async def _bury_without_a_word(estate: Estate, uuid: str) -> str:
    application_id = f"careerjet:{uuid}"
    await estate.start(application_id)
    upload(estate, application_id)
    bury(estate, application_id)
    return application_id


async def _unmark(estate: Estate, uuid: str) -> str:
    application_id = await estate.open(uuid)
    estate.records.candidates.unmark_by_scan(application_id)
    return application_id


async def _unmark_archived(estate: Estate, uuid: str) -> str:
    application_id = estate.archived(uuid)
    estate.records.candidates.unmark_by_scan(application_id)
    return application_id


async def _hold_nothing(estate: Estate, uuid: str) -> str:
    hold = Hold(reason="case 4711", placed_at=NOW)
    estate.records.holds.place(f"careerjet:{uuid}", hold)
    return f"careerjet:{uuid}"


def upload(estate: Estate, application_id: str) -> None:
    """Put the document of a request that goes no further."""
    name = f"{sha256(PDF).hexdigest()}.pdf"
    estate.store.put(keys.document(application_id, name), PDF)


def bury(estate: Estate, application_id: str) -> None:
    """Put up a tombstone, and remove nothing."""
    tombstone = Tombstone(reason="request 17", removed_at=NOW)
    body = tombstone.model_dump_json().encode()
    estate.store.put(keys.tombstone(application_id), body)


HARMS = [
    Harm(Kind.ACCEPTED_WITHOUT_WORKFLOW, accept, MINUTES),
    Harm(Kind.NOT_RECORDED, stand_still, DAYS),
    Harm(Kind.RECORD_LOST, lose_record, HOURS, on_bucket=True),
    Harm(Kind.RECORD_LOST, lose_record_of_open),
    Harm(Kind.RECORD_LOST, lose_record_of_held, HOURS),
    Harm(Kind.RECORD_MISSING, lose_record_and_sources, HOURS),
    Harm(Kind.RECORD_MISSING, say_recorded),
    Harm(Kind.INBOX_UNREADABLE, _garble_inbox),
    Harm(Kind.RECORD_WITHOUT_WORKFLOW, terminate),
    Harm(Kind.RECORD_UNREADABLE, _garble_record),
    Harm(Kind.RECORD_UNREADABLE, _swap_record),
    Harm(Kind.WORKFLOW_WITHOUT_RECORD, _start_nothing, HOURS),
    Harm(Kind.DOCUMENT_MISSING, delete_document),
    Harm(Kind.DOCUMENT_MISSING, _delete_document_in_conflict, unseen_when_fast=True),
    Harm(Kind.DOCUMENT_DAMAGED, _flip_document, unseen_when_fast=True, on_bucket=True),
    Harm(Kind.DOCUMENT_DAMAGED, _cut_document),
    Harm(Kind.SOURCE_MISSING, _delete_source),
    Harm(Kind.SOURCE_DAMAGED, _garble_source, unseen_when_fast=True),
    Harm(Kind.ARCHIVE_OVERDUE, _fall_behind, HOURS),
    Harm(Kind.ARCHIVE_MISSING, _miss_the_window, HOURS),
    Harm(Kind.ARCHIVE_DAMAGED, _flip_archive, unseen_when_fast=True, on_bucket=True),
    Harm(Kind.ARCHIVE_DAMAGED, _empty_archive),
    Harm(Kind.ARCHIVED_AND_OPEN, _pack_and_terminate),
    Harm(Kind.LEFTOVERS, _upload_half, HOURS),
    Harm(Kind.LEFTOVERS, retire_half, HOURS, on_bucket=True),
    Harm(Kind.TOMBSTONE_WITH_LEFTOVERS, bury_and_terminate),
    Harm(Kind.TOMBSTONE_WITH_LEFTOVERS, _bury_archived, on_bucket=True),
    Harm(Kind.TOMBSTONE_WITH_LEFTOVERS, _bury_all_but_the_marker),
    Harm(Kind.TOMBSTONE_WITH_LEFTOVERS, _bury_without_a_word, HOURS),
    Harm(Kind.MARKER_MISSING, _unmark, on_bucket=True),
    Harm(Kind.MARKER_MISSING, _unmark_archived, unseen_when_fast=True),
    Harm(Kind.MARKER_ORPHAN, _delete_archive, on_bucket=True),
    Harm(Kind.HOLD_ORPHAN, _hold_nothing, on_bucket=True),
]
