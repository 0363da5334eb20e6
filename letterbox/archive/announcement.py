"""
The expiry of one archive, and a hold that is placed in the same moment.

Who ends it announces that by a tombstone, looks for a hold, and then makes the
tombstone final. Who places a hold looks for a tombstone afterwards, and withdraws what
is only announced. Each changes the tombstone only as it was read: one of them comes
too late, and knows it. On a server without conditional writes both may think
they were first, if they are within milliseconds of each other.
"""

from datetime import datetime

from pydantic import ValidationError

from letterbox.domain import keys
from letterbox.domain.application import Stage, Tombstone
from letterbox.domain.errors import EndedError
from letterbox.domain.ports import ObjectStore

# No state of any object: a hold has withdrawn it already.
_GONE = "gone"
_WITHDRAWN = "withdrawn: it is held"


def announce(store: ObjectStore, application_id: str, now: datetime) -> str | None:
    """Write a tombstone; return its version, None where the application was removed."""
    key = keys.tombstone(application_id)
    body = _tombstone(now, is_announced=True)
    store.replace(key, body, None)
    try:
        body, version = store.get_version(key)
    except FileNotFoundError:
        return _GONE
    tombstone = _read(body)
    return version if tombstone and tombstone.stage is Stage.ARCHIVED else None


def settle(
    store: ObjectStore, application_id: str, now: datetime, version: str
) -> bool:
    """Make the tombstone final; return False where a hold has withdrawn it."""
    body = _tombstone(now, is_announced=False)
    return store.replace(keys.tombstone(application_id), body, version)


def withdraw(store: ObjectStore, application_id: str) -> None:
    """Remove the tombstone, for a hold; EndedError where it is final."""
    key = keys.tombstone(application_id)
    try:
        body, version = store.get_version(key)
    except FileNotFoundError:
        return
    tombstone = _read(body)
    if tombstone is None or tombstone.stage is not Stage.ARCHIVED:
        return
    withdrawn = tombstone.model_copy(update={"reason": _WITHDRAWN})
    body = withdrawn.model_dump_json().encode()
    if not tombstone.is_announced or not store.replace(key, body, version):
        raise EndedError(Stage.ARCHIVED)
    store.delete(key)


def _read(body: bytes) -> Tombstone | None:
    try:
        return Tombstone.model_validate_json(body)
    except ValidationError:
        return None


def _tombstone(now: datetime, *, is_announced: bool) -> bytes:
    """Make a tombstone, for boards that may submit the application again."""
    tombstone = Tombstone(
        stage=Stage.ARCHIVED,
        reason="kept as long as it was to be",
        removed_at=now,
        is_announced=is_announced,
    )
    return tombstone.model_dump_json().encode()
