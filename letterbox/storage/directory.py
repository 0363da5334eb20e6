"""Objects as files below one folder, for a single machine or a shared volume."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from letterbox.domain import keys
from letterbox.domain.ports import StoredObject
from letterbox.storage.disk_errors import translated, unavailable
from letterbox.storage.drafts import SpooledDraft
from letterbox.storage.durable_files import (
    create,
    deferring,
    make_folder,
    move,
    note_use,
    remove_emptied,
    remove_tree,
    replace,
    sync,
    sync_deferred,
    sync_nearest,
    write,
)
from letterbox.storage.file_lock import locked
from letterbox.storage.file_reads import (
    open_unbuffered,
    read_chunks,
    read_end,
    read_start,
)
from letterbox.storage.file_walk import ABSENT, described, strays, walk
from letterbox.storage.lasting_folders import LastingFolders
from letterbox.storage.objects import (
    TEMPORARY,
    check_folder,
    check_key,
    check_prefix,
    check_round_trip,
    is_key,
)
from letterbox.storage.temporary_files import TemporaryFiles

FOLDS_CASE = (
    "this file system does not tell a from A: applications whose ids differ in case "
    "alone would be mixed up. For more than a trial use a volume that does, or S3"
)


class DirectoryStore:
    """
    The ``ObjectStore`` port over a folder that ``prepare`` has made.

    Without the folder of its temporary files it is unavailable rather than empty:
    a volume may not be mounted. Unlike in S3, no key may be a folder of another.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._temporary = TemporaryFiles(self._root / TEMPORARY)
        names = (key.removeprefix(keys.INBOX) for key in keys.INBOX_FOLDERS)
        self._lasting = LastingFolders(self._root / keys.INBOX, names)

    def put(self, key: str, body: bytes | BinaryIO, size: int | None = None) -> None:
        """Write an object; a file is read from its current position."""
        target = self._path(key)
        temporary = self._temporary.new(key)
        with translated("put"):
            try:
                write(temporary, body, size)
                self._move(temporary, target)
            except BaseException:
                # Whatever ended the write, its bytes are a candidate's.
                temporary.unlink(missing_ok=True)
                raise

    @contextmanager
    def draft(self) -> Iterator[SpooledDraft]:
        """
        Begin an object; what outgrows memory lies where it need only be moved.

        Half of one that a killed process left is removed as stale: it has no key yet
        by which an erasure could find it.
        """
        temporary = self._temporary.new_draft()

        def save(key: str, file: BinaryIO) -> None:
            target = self._path(key)
            with translated("put"):
                os.fsync(file.fileno())
                self._move(temporary, target)

        draft = SpooledDraft(
            make_file=lambda: create(temporary), save_bytes=self.put, save_file=save
        )
        try:
            yield draft
        finally:
            draft.close()
            if draft.is_on_disk:
                with translated("put"):
                    temporary.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        """Read an object whole."""
        with self._reading("get", key) as name:
            return read_end(name)[0]

    def get_start(self, key: str, size: int) -> bytes:
        """Read the beginning of an object."""
        with self._reading("get", key) as name:
            return read_start(name, size)

    def get_end(self, key: str, size: int) -> tuple[bytes, int]:
        """Read the end of an object."""
        with self._reading("get", key) as name:
            return read_end(name, size)

    def get_version(self, key: str) -> tuple[bytes, str]:
        """Read an object whole, with a digest of it."""
        body = self.get(key)
        return body, sha256(body).hexdigest()

    def replace(self, key: str, body: bytes, version: str | None) -> bool:
        """Compare and write under a lock that all processes share."""
        # As many as write at once, more or less: others need not wait for each other.
        stripe = sha256(key.encode()).hexdigest()[:2]
        with translated("replace"), locked(self._temporary.folder / f"lock-{stripe}"):
            try:
                current: str | None = self.get_version(key)[1]
            except FileNotFoundError:
                current = None
            if current != version:
                return False
            self.put(key, body)
        return True

    @contextmanager
    def open(self, key: str) -> Iterator[Iterator[bytes]]:
        """Read an object in chunks; one replaced meanwhile is read as it was."""
        with self._reading("open", key) as name:
            file = open_unbuffered(name)
        with file:
            yield read_chunks(file)

    def stat(self, key: str) -> StoredObject:
        """Describe an object."""
        with self._reading("stat", key) as name:
            if stored := described(key, name):
                return stored
            raise FileNotFoundError

    def delete(self, key: str) -> None:
        """Remove an object and emptied folders; no loss of power brings it back."""
        if folder := self._unlink(key):
            with translated("delete"):
                self._tidy(folder)

    def drop(self, key: str) -> None:
        """Remove an object and emptied folders; nothing is synced."""
        if folder := self._unlink(key):
            remove_emptied(folder, self._root, self._lasting)

    @contextmanager
    def together(self, folder: str) -> Iterator[None]:
        """
        Sync folders once, at the end; files are synced as they are put.

        Of all that was put or looked for: what a try that was killed has put, the next
        one finds, and does not put again.
        """
        check_folder(folder)
        with deferring(self._root / folder) as deferred:
            yield
        with translated("put"):
            sync_deferred(deferred, self._root)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Walk by key, holding the names of one folder a level."""
        check_prefix(prefix)
        return self._listed(prefix)

    def strays(self) -> Counter[str]:
        """Count links, pipes, and names that are no keys."""
        with translated("list"):
            return strays(self._root)

    def remove_below(self, folder: str) -> None:
        """Remove a folder with links, pipes and names that no list has."""
        check_folder(folder)
        path = self._root / folder
        with translated("remove_below"):
            self._temporary.folder.stat()
            remove_tree(path)
            self._tidy(path.parent)

    def remove_unfinished(self, key: str) -> None:
        """Remove the temporary files of an object or a folder, however young."""
        check_key(key)
        with translated("remove"):
            self._temporary.remove_of(key)

    def prepare(self) -> None:
        """Make the folders, and remove what was left half written."""
        with translated("prepare"):
            for folder in dict.fromkeys(make_folder(self._temporary.folder)):
                sync(folder)
            self._lasting.make()
        self.remove_stale()

    def check(self) -> None:
        """Check that the store works, and remove what was left half written."""
        self.remove_stale()
        check_round_trip(self)

    def folds_case(self) -> bool:
        """
        Return whether the file system takes ``a`` and ``A`` for one name.

        Then two ids that differ in case alone would share what is kept of them.
        """
        with translated("check"):
            return self._temporary.folds_case()

    def remove_stale(self) -> int:
        """Remove temporary files that lost their process an hour ago or earlier."""
        with translated("remove"):
            return self._temporary.remove_stale()

    def _path(self, key: str) -> Path:
        return Path(self._name(key))

    def _name(self, key: str) -> str:
        """Return the path as a text, and note that its folder is used."""
        check_key(key)
        name = f"{self._root}/{key}"
        note_use(name)
        return name

    def _move(self, temporary: Path, target: Path) -> None:
        """Put a file in its place, durably."""
        if target.parent in self._lasting:
            replace(temporary, target, self._root)
            self._lasting.ensure_durable(target.parent)
        else:
            move(temporary, target, self._root)

    def _tidy(self, folder: Path) -> None:
        """Remove a folder and those above it that are empty now, durably."""
        left = remove_emptied(folder, self._root, self._lasting)
        sync_nearest(left, self._root)

    def _listed(self, prefix: str) -> Iterator[StoredObject]:
        with translated("list"):
            folder, slash, beginning = prefix.rpartition("/")
            is_empty = True
            for stored in walk(self._root / folder, folder + slash, beginning):
                is_empty = False
                if is_key(stored.key):
                    yield stored
            if is_empty:
                self._temporary.folder.stat()

    def _unlink(self, key: str) -> Path | None:
        """Return the folder of the object that was removed; None where none was."""
        path = self._path(key)
        with suppress(FileNotFoundError), self._reading("delete", key):
            path.unlink()
            return path.parent
        return None

    @contextmanager
    def _reading(self, operation: str, key: str) -> Iterator[str]:
        """Name an object's file; it is absent only from a store that is there."""
        name = self._name(key)
        try:
            yield name
        except ABSENT:
            with translated(operation):
                self._temporary.folder.stat()
            raise FileNotFoundError("no such object") from None
        except OSError as error:
            raise unavailable(operation, error) from None
