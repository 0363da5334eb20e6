"""What both object stores have in common: keys, bodies and the health check."""

import re
from collections.abc import Iterator
from typing import BinaryIO, TypeVar
from uuid import uuid4

from pydantic import BaseModel, ValidationError

from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore

TEMPORARY = ".tmp"

_HEALTH_BODY = b"letterbox"
Model = TypeVar("Model", bound=BaseModel)

_PART_BYTES = 255  # What file systems take as a name.
# Nearly all keys: no part needs a closer look.
_PLAIN_PART = r"[A-Za-z0-9_%~:-][A-Za-z0-9_%~:.-]{0,254}"
_PLAIN_KEY = re.compile(rf"{_PLAIN_PART}(?:/{_PLAIN_PART})*")


def is_key(name: str) -> bool:
    """Return whether this is a key: others may have put objects of other names."""
    if _PLAIN_KEY.fullmatch(name):
        return True
    return not name.startswith(TEMPORARY) and all(map(_is_part, name.split("/")))


def check_key(key: str) -> None:
    """Refuse what is no key with ValueError, which does not quote it."""
    if not is_key(key):
        raise ValueError("not a key: empty, dotted, overlong or reserved parts")


def check_prefix(prefix: str) -> None:
    """Refuse the beginning of what can be no key; it may end within a part."""
    folder, slash, _ = prefix.rpartition("/")
    if slash:
        check_key(folder)


def check_folder(folder: str) -> None:
    """Refuse what can be no folder of keys: it must not be all of the store."""
    if not folder.endswith("/"):
        raise ValueError("not a folder: no slash at its end")
    check_key(folder[:-1])


class LimitedReader:
    """
    Reads ``size`` bytes of a file, from its current position.

    Fewer is ValueError: half an object must not be taken for a whole one.
    """

    def __init__(self, body: BinaryIO, size: int | None) -> None:
        if size is None:
            raise ValueError("a file needs its size")
        self._body = body
        self._left = size

    def read(self, amount: int) -> bytes:
        """Read at most ``amount`` bytes; none once all are read."""
        data = self._body.read(min(amount, self._left))
        if not data and amount and self._left:
            raise ValueError("the body is shorter than its size")
        self._left -= len(data)
        return data


def exists(store: ObjectStore, key: str) -> bool:
    """Return whether an object is there."""
    try:
        store.stat(key)
    except FileNotFoundError:
        return False
    return True


def listed_keys(store: ObjectStore, prefix: str) -> Iterator[str]:
    """List the keys that begin with a prefix."""
    return (stored.key for stored in store.list(prefix))


def has_any(store: ObjectStore, prefix: str) -> bool:
    """Return whether the key of any object begins with a prefix."""
    return any(True for _ in store.list(prefix))


def read_or(store: ObjectStore, key: str, default: Model) -> tuple[Model, str | None]:
    """Read a model and its version; ``default`` where none is there, or readable."""
    try:
        body, version = store.get_version(key)
    except FileNotFoundError:
        return default, None
    try:
        return type(default).model_validate_json(body), version
    except ValidationError:
        return default, version


def check_round_trip(store: ObjectStore) -> None:
    """Put a small object, read it back and remove it."""
    key = f"health/{uuid4().hex}"
    store.put(key, _HEALTH_BODY)
    try:
        body = store.get(key)
    except FileNotFoundError:
        raise StoreUnavailableError("check: what was put is not there") from None
    finally:
        store.delete(key)
    if body != _HEALTH_BODY:
        raise StoreUnavailableError("check: what was put came back changed")


def _is_part(part: str) -> bool:
    if part in {"", ".", ".."} or "\0" in part:
        return False
    try:
        return len(part.encode()) <= _PART_BYTES
    except UnicodeEncodeError:  # Half a surrogate pair; its text would quote it.
        return False
