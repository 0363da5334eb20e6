"""What goes into an archive that takes the place of an earlier one: all of both."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from pydantic import ValidationError

from letterbox.archive import bagit
from letterbox.archive.reader import BagReader
from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError
from letterbox.domain.journal import day_of
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.journal.reader import JournalReader
from letterbox.streams import digest_of

_EARLIER = "earlier/"
_JOURNAL = "journal/"
_DEMOGRAPHICS = "demographics"
_DOCUMENTS, _QUARANTINE, _TEXTS = "documents/", "quarantine/", "texts/"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to pack: its size, as far as it is known, and how it is read."""

    size: int
    open: Callable[[], AbstractContextManager[Iterator[bytes]]]


def intact_in(bag: BagReader | None) -> dict[str, str]:
    """Map what a bag has as it was packed, without its record, to SHA-256."""
    if bag is None:
        return {}
    try:
        intact = bag.intact_files()
    except DamagedError:
        return {}
    return {
        path.removeprefix(bagit.PAYLOAD): digest
        for path, digest in intact.items()
        if path != bagit.RECORD
    }


def files_to_pack(
    store: ObjectStore, folder: str, sizes: Mapping[str, int], earlier: BagReader | None
) -> dict[str, NewFile]:
    """
    Choose the files of a new archive, by their paths in it.

    The open copy comes first. What it lacks, or has damaged, is taken from the
    earlier archive. Where both have a source under one number, and they differ, the
    archived one lies beside it, below ``earlier/``.
    """
    files = {
        path: NewFile(size, opener(store, f"{folder}{path}"))
        for path, size in sizes.items()
    }
    for path, digest in intact_in(earlier).items():
        assert earlier  # noqa: S101 else nothing in it is intact
        archived = NewFile(
            earlier.size(f"{bagit.PAYLOAD}{path}"), _reader(earlier, path)
        )
        if path not in sizes:
            if path.replace(_DOCUMENTS, _QUARANTINE, 1) not in sizes:
                files[path] = archived
        elif _digest(files[path]) != digest:
            is_other = path.startswith(_DEMOGRAPHICS) or _is_submission(
                store, folder + path
            )
            if _is_named_by_content(path) or not is_other:
                files[path] = archived
            else:
                files[f"{_EARLIER}{path}"] = archived
    return files


def _is_named_by_content(path: str) -> bool:
    return path.startswith((_DOCUMENTS, _QUARANTINE, _TEXTS))


def _is_submission(store: ObjectStore, key: str) -> bool:
    try:
        Submission.model_validate_json(store.get(key))
    except (ValidationError, FileNotFoundError):
        return False
    return True


def _digest(file: NewFile) -> str:
    with file.open() as chunks:
        return digest_of(chunks)


def opener(
    store: ObjectStore, key: str
) -> Callable[[], AbstractContextManager[Iterator[bytes]]]:
    """Return what reads an object that was there when it was listed."""

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


def journal_files(store: ObjectStore, record: Application) -> dict[str, NewFile]:
    """
    Name the entries of the journal about an application, by their paths in a bag.

    As they are stored: each has its place in a chain. Those that were removed since an
    earlier archive are taken over from it.
    """
    since = day_of(record.received_at)
    names = JournalReader(store).names_of(record.id, since)
    return {
        f"{_JOURNAL}{name.day}~{name.time}~{name.chain}~{name.number:08}.json": NewFile(
            0, opener(store, name.key)
        )
        for name in names
    }
