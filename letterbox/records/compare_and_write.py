"""Writes a record only in the place of the one that was read."""

from pydantic import ValidationError

from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.ports import ObjectStore


def compare_and_write(
    store: ObjectStore, record: Application, before: Application | None
) -> bool:
    """
    Write a record over ``before``; None where there must not be one.

    False where another has written meanwhile.
    """
    key = keys.record(record.id)
    body = record.model_dump_json(indent=1).encode()
    version = _version(store, key, before) if before else None
    is_as_before = before is None or version is not None
    if is_as_before and store.replace(key, body, version):
        return True
    # The answer may have been lost, and not the write.
    return _current(store, key)[0] == body


def _version(store: ObjectStore, key: str, before: Application) -> str | None:
    body, version = _current(store, key)
    try:
        current = Application.model_validate_json(body or b"")
    except ValidationError:
        return None
    # Both as they are read: an older release may have spelled it otherwise.
    is_same = current.model_dump_json() == before.model_dump_json()
    return version if is_same else None


def _current(store: ObjectStore, key: str) -> tuple[bytes | None, str | None]:
    try:
        return store.get_version(key)
    except FileNotFoundError:
        return None, None
