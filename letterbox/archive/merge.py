"""What goes into an archive that takes the place of an earlier one: all of both."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256

from pydantic import ValidationError

from letterbox.archive import bagit
from letterbox.archive.reader import BagReader
from letterbox.domain.errors import DamagedError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission

_EARLIER = "earlier/"
_DOCUMENTS, _QUARANTINE = "documents/", "quarantine/"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file to be packed: its size, as far as it is known, and where it is read."""

    size: int
    open: Callable[[], AbstractContextManager[Iterator[bytes]]]


def sound_in(bag: BagReader | None) -> dict[str, str]:
    """List what a bag holds as it was packed, without its record; each SHA-256."""
    if bag is None:
        return {}
    try:
        sound = bag.sound()
    except DamagedError:
        return {}
    return {
        path.removeprefix(bagit.PAYLOAD): digest
        for path, digest in sound.items()
        if path != bagit.RECORD
    }


def what_to_keep(
    store: ObjectStore,
    folder: str,
    found: Mapping[str, int],
    earlier: BagReader | None,
) -> dict[str, Kept]:
    """
    Choose the files of a new archive, by their paths in it.

    The open copy comes first. What it lacks, or has damaged, is taken from the
    earlier archive. Where both have a source under one number, and they differ, the
    archived one is kept beside it, below ``earlier/``.
    """
    kept = {
        path: Kept(size, _opener(store, f"{folder}{path}"))
        for path, size in found.items()
    }
    for path, digest in sound_in(earlier).items():
        assert earlier  # noqa: S101 else nothing in it is sound
        archived = Kept(earlier.size(f"{bagit.PAYLOAD}{path}"), _reader(earlier, path))
        if path not in found:
            if path.replace(_DOCUMENTS, _QUARANTINE, 1) not in found:
                kept[path] = archived
        elif _digest(kept[path]) != digest:
            if _is_named_by_content(path) or not _is_delivery(store, folder + path):
                kept[path] = archived
            else:
                kept[f"{_EARLIER}{path}"] = archived
    return kept


def _is_named_by_content(path: str) -> bool:
    return path.startswith((_DOCUMENTS, _QUARANTINE))


def _is_delivery(store: ObjectStore, key: str) -> bool:
    try:
        Submission.model_validate_json(store.get(key))
    except (ValidationError, FileNotFoundError):
        return False
    return True


def _digest(kept: Kept) -> str:
    digest = sha256()
    with kept.open() as chunks:
        for chunk in chunks:
            digest.update(chunk)
    return digest.hexdigest()


def _opener(
    store: ObjectStore, key: str
) -> Callable[[], AbstractContextManager[Iterator[bytes]]]:
    @contextmanager
    def opened() -> Iterator[Iterator[bytes]]:
        try:
            with store.open(key) as chunks:
                yield chunks
        except FileNotFoundError:
            raise DamagedError("what was to be packed has gone") from None

    return opened


def _reader(
    bag: BagReader, path: str
) -> Callable[[], AbstractContextManager[Iterator[bytes]]]:
    @contextmanager
    def opened() -> Iterator[Iterator[bytes]]:
        yield bag.chunks(f"{bagit.PAYLOAD}{path}")

    return opened
