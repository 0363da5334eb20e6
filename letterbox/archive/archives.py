"""Archives in the store: zipped BagIt bags, packed, verified and unpacked."""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryFile
from typing import BinaryIO

from letterbox.archive import bagit
from letterbox.archive.endings import take_back_if_removed
from letterbox.archive.merge import files_to_pack, intact_in, journal_files
from letterbox.archive.reader import BagReader, archive_name, opened_bag, packed_record
from letterbox.archive.writer import BagWriter
from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.ending_ports import Holds, Packed
from letterbox.domain.errors import DamagedError, RefusedError
from letterbox.domain.ports import Expiry, ObjectStore
from letterbox.storage.objects import exists

_RECORD = "application.json"
# Others on the machine have no business with applications.
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


class BagArchives:
    """
    The ``Archives`` port over an object store.

    A bag passes through an unnamed temporary file: memory does not depend on the
    size of a document, and a process that is killed leaves nothing behind.
    """

    def __init__(
        self, store: ObjectStore, holds: Holds, expiry: Expiry | None = None
    ) -> None:
        self._store = store
        self._holds = holds
        self._expiry = expiry

    def pack(self, record: Application) -> Packed:
        """
        Write, read back and verify a bag; then let it expire, unless it is held.

        What an archive that is there already holds, and the open copy does not, is
        packed again: no archive makes an earlier one poorer.
        """
        key = keys.archive(record.id)
        with TemporaryFile() as spool:
            seal = self._write(spool, record)
            size = spool.tell()
            spool.seek(0)
            if not exists(self._store, keys.record(record.id)):
                # Another has packed and removed it, and may have known more.
                raise DamagedError("there is no open copy any more")
            self._store.put(key, spool, size)
        take_back_if_removed(self._store, record.id, key)
        try:
            with opened_bag(self._store, key) as bag:
                packed = bag.check()
                if bag.read(bagit.TAG_MANIFEST) != seal:
                    raise DamagedError("the store gives back another archive")
        except FileNotFoundError:
            raise DamagedError("the archive is not where it was put") from None
        if self._expiry:
            self._set_expiry(self._expiry, record.id)
        return packed

    def record(self, application_id: str) -> Application:
        """Read the record; the documents may be damaged."""
        return packed_record(self._store, keys.archive(application_id))

    def verify(self, application_id: str) -> Packed:
        """Read the archive to its last byte."""
        with opened_bag(self._store, keys.archive(application_id)) as bag:
            return bag.check()

    def intact_paths(self, application_id: str) -> frozenset[str]:
        """List what the archive has as it was packed, by paths as in the open copy."""
        with self._earlier(application_id) as earlier:
            return frozenset(intact_in(earlier))

    def unpack(self, application_id: str, folder: Path) -> Packed:
        """
        Write the bag into the folder, once all of the archive is verified.

        RefusedError where the folder is not empty, or cannot be written.
        """
        _check_free(folder)
        with opened_bag(self._store, keys.archive(application_id)) as bag:
            packed = bag.check()
            _unpack(bag, folder)
        return packed

    def _write(self, spool: BinaryIO, record: Application) -> bytes:
        folder = keys.application(record.id)
        sizes = {
            stored.key.removeprefix(folder): stored.size
            for stored in self._store.list(folder)
        }
        # It was archived and removed: the rest must not take the whole's place.
        if sizes.pop(_RECORD, None) is None:
            raise DamagedError("there is no open copy to pack")
        body = record.model_dump_json(indent=1).encode()
        folder_name = bagit.folder_name(archive_name(keys.archive(record.id)))
        with self._earlier(record.id) as earlier, BagWriter(spool, folder_name) as bag:
            bag.add(_RECORD, len(body), [body])
            files = files_to_pack(self._store, folder, sizes, earlier)
            files |= journal_files(self._store, record)
            for path, source in sorted(files.items()):
                with source.open() as chunks:
                    bag.add(path, source.size, chunks)
            return bag.seal(record)

    @contextmanager
    def _earlier(self, application_id: str) -> Iterator[BagReader | None]:
        """Open an existing archive; None where it cannot be read."""
        with ExitStack() as stack:
            opened = opened_bag(self._store, keys.archive(application_id))
            earlier = None
            with suppress(FileNotFoundError, DamagedError):
                earlier = stack.enter_context(opened)
            yield earlier

    def _set_expiry(self, expiry: Expiry, application_id: str) -> None:
        # In this order, a hold that is placed meanwhile is seen, or retains it itself.
        expiry.let_expire(keys.archive(application_id))
        hold = self._holds.find(application_id)
        if hold and hold.is_active(datetime.now(UTC)):
            expiry.retain(keys.archive(application_id))


def _check_free(folder: Path) -> None:
    """Refuse a folder that has anything in it, or that is none."""
    try:
        with os.scandir(folder) as entries:
            is_empty = next(entries, None) is None
    except FileNotFoundError:
        return
    except OSError as error:
        raise _refused(error) from None
    if not is_empty:
        raise RefusedError("the folder is not empty: choose a new or an empty one")


def _unpack(bag: BagReader, folder: Path) -> None:
    """Write every file, or none: what fails half-way is removed again."""
    try:
        is_new = not folder.exists()
        folder.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        with _cleared(folder, bag, is_new=is_new):
            for path in bag.paths:
                _write_file(bag, path, folder / path)
    except OSError as error:
        raise _refused(error) from None


def _write_file(bag: BagReader, path: str, target: Path) -> None:
    target.parent.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in bag.chunks(path):
            file.write(chunk)


@contextmanager
def _cleared(folder: Path, bag: BagReader, *, is_new: bool) -> Iterator[None]:
    try:
        yield
    except BaseException:
        # Ctrl-C, too: half an archive on a disk looks like a whole one.
        if is_new:
            rmtree(folder, ignore_errors=True)
        for name in {path.partition("/")[0] for path in bag.paths}:
            rmtree(folder / name, ignore_errors=True)
            (folder / name).unlink(missing_ok=True)
        raise


def _refused(error: OSError) -> RefusedError:
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return RefusedError(f"the folder cannot be written: {code}")
