"""Objects as files below one folder, for a single machine or a shared volume."""

import errno
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import StoredObject
from letterbox.storage.durable_files import (
    make_folder,
    move,
    remove_emptied,
    remove_tree,
    sync,
    sync_nearest,
    write,
)
from letterbox.storage.file_lock import locked
from letterbox.storage.file_walk import ABSENT, described, strays, walk
from letterbox.storage.objects import (
    CHUNK,
    TEMPORARY,
    check_folder,
    check_key,
    check_prefix,
    check_round_trip,
    is_key,
)

_STALE = timedelta(hours=1)

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
        self._temporary = self._root / TEMPORARY

    def put(self, key: str, body: bytes | BinaryIO, size: int | None = None) -> None:
        """Write an object; a file is read from its current position."""
        target = self._path(key)
        temporary = self._temporary / f"{_beginning(key)}{uuid4().hex}"
        with _translated("put"):
            try:
                write(temporary, body, size)
                move(temporary, target, self._root)
            except BaseException:
                # Whatever ended the write, its bytes are a candidate's.
                temporary.unlink(missing_ok=True)
                raise

    def get(self, key: str) -> bytes:
        """Read an object whole."""
        path = self._path(key)
        with self._reading("get"):
            return path.read_bytes()

    def get_start(self, key: str, size: int) -> bytes:
        """Read the beginning of an object."""
        path = self._path(key)
        with self._reading("get"), path.open("rb") as file:
            return file.read(size)

    def get_version(self, key: str) -> tuple[bytes, str]:
        """Read an object whole, with a digest of it."""
        body = self.get(key)
        return body, _version(body)

    def replace(self, key: str, body: bytes, version: str | None) -> bool:
        """Compare and write under a lock that all processes share."""
        # As many as write at once, more or less: others need not wait for each other.
        stripe = sha256(key.encode()).hexdigest()[:2]
        with _translated("replace"), locked(self._temporary / f"lock-{stripe}"):
            try:
                current: str | None = _version(self.get(key))
            except FileNotFoundError:
                current = None
            if current != version:
                return False
            self.put(key, body)
        return True

    @contextmanager
    def open(self, key: str) -> Iterator[Iterator[bytes]]:
        """Read an object in chunks; one replaced meanwhile is read as it was."""
        path = self._path(key)
        with self._reading("open"):
            file = path.open("rb", buffering=0)
        with file:
            yield _chunks(file)

    def stat(self, key: str) -> StoredObject:
        """Describe an object."""
        path = self._path(key)
        with self._reading("stat"):
            if stored := described(key, path):
                return stored
            raise FileNotFoundError

    def delete(self, key: str) -> None:
        """Remove an object and emptied folders; no loss of power brings it back."""
        path = self._path(key)
        try:
            with self._reading("delete"):
                path.unlink()
        except FileNotFoundError:
            return
        with _translated("delete"):
            sync_nearest(remove_emptied(path.parent, self._root), self._root)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Walk by key, holding the names of one folder a level."""
        check_prefix(prefix)
        return self._listed(prefix)

    def strays(self) -> Counter[str]:
        """Count links, pipes, and names that are no keys."""
        with _translated("list"):
            return strays(self._root)

    def remove_below(self, folder: str) -> None:
        """Remove a folder with links, pipes and names that no list has."""
        check_folder(folder)
        path = self._root / folder
        with _translated("remove_below"):
            self._temporary.stat()
            remove_tree(path)
            sync_nearest(remove_emptied(path.parent, self._root), self._root)

    def remove_unfinished(self, key: str) -> None:
        """Remove the temporary files of an object or a folder, however young."""
        check_key(key)
        beginning = _beginning(key)
        self._remove_temporary(lambda entry: entry.name.startswith(beginning))

    def prepare(self) -> None:
        """Make the folders, and remove what was left half written."""
        with _translated("prepare"):
            for folder in dict.fromkeys(make_folder(self._temporary)):
                sync(folder)
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
        name = f"case-{uuid4().hex}"
        probe = self._temporary / name
        with _translated("check"):
            write(probe, b"", None)
            try:
                return (self._temporary / name.upper()).exists()
            finally:
                probe.unlink(missing_ok=True)

    def remove_stale(self) -> int:
        """Remove temporary files that lost their process an hour ago or earlier."""
        oldest = time.time() - _STALE.total_seconds()
        return self._remove_temporary(
            lambda entry: entry.stat(follow_symlinks=False).st_mtime < oldest
        )

    def _remove_temporary(self, is_meant: Callable[[os.DirEntry[str]], bool]) -> int:
        removed = 0
        with _translated("remove"), os.scandir(self._temporary) as entries:
            for entry in entries:
                try:
                    # A folder there is nobody's half-written file.
                    if is_meant(entry) and not entry.is_dir(follow_symlinks=False):
                        Path(entry).unlink()
                        removed += 1
                except FileNotFoundError:
                    continue  # Just put in its place.
        return removed

    def _path(self, key: str) -> Path:
        check_key(key)
        return self._root / key

    def _listed(self, prefix: str) -> Iterator[StoredObject]:
        with _translated("list"):
            self._temporary.stat()
            folder, slash, beginning = prefix.rpartition("/")
            for stored in walk(self._root / folder, folder + slash, beginning):
                if is_key(stored.key):
                    yield stored

    @contextmanager
    def _reading(self, operation: str) -> Iterator[None]:
        try:
            yield
        except ABSENT:
            with _translated(operation):
                self._temporary.stat()
            raise FileNotFoundError("no such object") from None
        except OSError as error:
            raise _unavailable(operation, error) from None


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unavailable(operation, error) from None


def _beginning(key: str) -> str:
    """Begin a temporary file's name so that it is found by the key's first parts."""
    owner = "/".join(key.split("/")[:2])
    # A digest, for a key is longer than a name may be.
    return f"{sha256(owner.encode()).hexdigest()[:32]}-"


def _version(body: bytes) -> str:
    return sha256(body).hexdigest()


def _unavailable(operation: str, error: OSError) -> StoreUnavailableError:
    # Not the error's own text: it quotes the path.
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return StoreUnavailableError(f"{operation}: {code}", code=code)


def _chunks(file: FileIO) -> Iterator[bytes]:
    while True:
        with _translated("read"):
            chunk = file.read(CHUNK)
        if not chunk:
            return
        yield chunk
