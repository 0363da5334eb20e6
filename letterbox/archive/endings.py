"""Whether an application has ended, as its objects say; what ended stays ended."""

import structlog
from pydantic import ValidationError

from letterbox.archive.reader import opened_bag
from letterbox.domain import keys
from letterbox.domain.application import Stage, Tombstone
from letterbox.domain.errors import DamagedError, EndedError
from letterbox.domain.ports import ObjectStore
from letterbox.storage.objects import exists, listed_keys

_UNREADABLE = "its tombstone cannot be read"

log = structlog.get_logger()


def find_tombstone(store: ObjectStore, application_id: str) -> Tombstone | None:
    """
    Read the tombstone of an application.

    An unreadable one says that something was removed, at the time of the object.
    One of another application says nothing of this one: it does not belong there.
    """
    key = keys.tombstone(application_id)
    try:
        tombstone = Tombstone.model_validate_json(store.get(key))
    except FileNotFoundError:
        return None
    except ValidationError:
        pass
    else:
        if tombstone.id in {"", application_id}:
            return tombstone
        log.error("a tombstone is of another application", application=application_id)
        return None
    try:
        removed_at = store.stat(key).modified
    except FileNotFoundError:
        return None
    return Tombstone(reason=_UNREADABLE, removed_at=removed_at)


def is_readable(tombstone: Tombstone) -> bool:
    """Return whether the tombstone was read, or only seen to be there."""
    return tombstone.reason != _UNREADABLE


def ended(store: ObjectStore, application_id: str) -> Stage | None:
    """Return how it ended: erased, discarded, or archived without an open copy."""
    if tombstone := find_tombstone(store, application_id):
        return tombstone.stage
    is_archived = exists(store, keys.archive(application_id)) and not (
        exists(store, keys.record(application_id))
    )
    return Stage.ARCHIVED if is_archived else None


def is_archive_damaged(store: ObjectStore, application_id: str) -> bool:
    """Return whether anything in an archive cannot be read, to its last byte."""
    try:
        with opened_bag(store, keys.archive(application_id)) as bag:
            bag.check()
    except DamagedError:
        return True
    except FileNotFoundError:
        pass
    return False


def take_back_if_removed(
    store: ObjectStore, application_id: str, *written: str
) -> None:
    """
    Remove what was just written of an application that was erased or discarded.

    Whoever wrote it may have stood still since before the removal. A removal that
    comes after this look lists what was written, and takes it along.
    """
    if tombstone := find_tombstone(store, application_id):
        for key in written:
            store.delete(key)
        raise EndedError(tombstone.stage)


def take_back_record_if_ended(store: ObjectStore, application_id: str) -> None:
    """
    Remove a record that was just written of an application that has ended.

    An archived one has nothing but its archive: a record without any source beside a
    readable archive was written by someone who stood still while it was archived.
    """
    key = keys.record(application_id)
    take_back_if_removed(store, application_id, key)
    if _is_archived_but_for_its_record(store, application_id):
        store.delete(key)
        raise EndedError(Stage.ARCHIVED)


def _is_archived_but_for_its_record(store: ObjectStore, application_id: str) -> bool:
    archive = keys.archive(application_id)
    if not exists(store, archive):
        return False
    listed = listed_keys(store, keys.application(application_id))
    if any(key != keys.record(application_id) for key in listed):
        return False
    try:
        with opened_bag(store, archive) as bag:
            bag.check()
    except (DamagedError, FileNotFoundError):
        return False  # Then the record may be the last there is.
    return True
