"""A zipped BagIt bag that may be damaged: whatever is wrong is DamagedError."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from zipfile import ZipFile, ZipInfo

from pydantic import ValidationError

from letterbox.archive import bagit
from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.ending_ports import Packed
from letterbox.domain.errors import DamagedError
from letterbox.domain.ports import ObjectStore
from letterbox.storage.objects import check_key
from letterbox.streams import CHUNK, digest_of, is_of_disk, open_zip


class BagReader:
    """
    The files of an archive, by their paths in the bag. Nothing in it is trusted.

    ``key`` is the key of the archive, which says whose it must be.
    """

    def __init__(self, file: BinaryIO, key: str) -> None:
        self._key = key
        self._size = file.seek(0, os.SEEK_END)
        with _broken():
            self._zip = open_zip(file)
        self._members: dict[str, ZipInfo] = {}
        folder = _folder(self._zip, key)
        for member in self._zip.infolist():
            path = _path(member, folder)
            if path in self._members:
                raise DamagedError("the archive is damaged: it names a file twice")
            self._members[path] = member

    @property
    def paths(self) -> list[str]:
        """The paths of all files, ``bagit.txt`` last: without it a folder is no bag."""
        return sorted(self._members, key=lambda path: (path == bagit.BAGIT, path))

    def read(self, path: str) -> bytes:
        """Read a small file whole."""
        return b"".join(self.chunks(path))

    def chunks(self, path: str) -> Iterator[bytes]:
        """Read a file of any size."""
        member = self._members.get(path)
        if member is None:
            raise DamagedError(
                "the archive is damaged: a file that every bag has is missing"
            )
        with _broken():
            source = self._zip.open(member)
        with source:
            while True:
                with _broken():
                    chunk = source.read(CHUNK)
                if not chunk:
                    return
                yield chunk

    def size(self, path: str) -> int:
        """Return how large a file is, as the archive has it."""
        return self._members[path].file_size

    def check(self) -> Packed:
        """Check that every file is there, as it was, and no other."""
        if self.read(bagit.BAGIT) != bagit.DECLARATION.encode():
            raise DamagedError("the archive is damaged: it holds no bag of ours")
        tags = self._manifest(bagit.TAG_MANIFEST)
        payload = self._manifest(bagit.MANIFEST)
        listed = {bagit.TAG_MANIFEST, *tags, *payload}
        if set(tags) != bagit.TAGGED or not all(map(_is_payload, payload)):
            raise DamagedError(
                "the archive is damaged: its manifests list files "
                "that no bag of ours has"
            )
        if listed != set(self._members):
            raise DamagedError(
                "the archive is damaged: its files are not those in its manifests"
            )
        for path, digest in (tags | payload).items():
            self._compare(path, digest)
        self._parsed_record()
        return Packed(size=self._size, files=len(payload))

    def intact_files(self) -> dict[str, str]:
        """List the payload that is as it was packed, each file with its SHA-256."""
        self._compare(
            bagit.MANIFEST, self._manifest(bagit.TAG_MANIFEST).get(bagit.MANIFEST)
        )
        return {
            path: digest
            for path, digest in self._manifest(bagit.MANIFEST).items()
            if _is_payload(path) and self._is_intact(path, digest)
        }

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of each file of the payload, as the manifest has it."""
        return self._manifest(bagit.MANIFEST)

    def record(self) -> Application:
        """Read the record, and check no more than that."""
        for path, listed_in in (
            (bagit.MANIFEST, bagit.TAG_MANIFEST),
            (bagit.RECORD, bagit.MANIFEST),
        ):
            self._compare(path, self._manifest(listed_in).get(path))
        return self._parsed_record()

    def _compare(self, path: str, expected: str | None) -> None:
        if digest_of(self.chunks(path)) != expected:
            raise DamagedError("the archive is damaged: a file is not what was packed")

    def _is_intact(self, path: str, digest: str) -> bool:
        try:
            self._compare(path, digest)
        except DamagedError:
            return False
        return True

    def _manifest(self, path: str) -> dict[str, str]:
        try:
            return bagit.read_manifest(self.read(path).decode())
        except ValueError:
            raise DamagedError(
                "the archive is damaged: a manifest cannot be read"
            ) from None

    def _parsed_record(self) -> Application:
        try:
            record = Application.model_validate_json(self.read(bagit.RECORD))
        except ValidationError:
            raise DamagedError(
                "the archive is damaged: the record cannot be read"
            ) from None
        if keys.archive(record.id) != self._key:
            raise DamagedError("the archive is of another application")
        return record


@contextmanager
def opened_bag(store: ObjectStore, key: str) -> Iterator[BagReader]:
    """Open a copy of an archive on disk; only its table of contents is read."""
    with TemporaryFile() as spool:
        with store.open(key) as chunks:
            spool.writelines(chunks)
        yield BagReader(cast("BinaryIO", spool), key)


def packed_record(store: ObjectStore, key: str) -> Application:
    """Read the record in the archive at a key."""
    with opened_bag(store, key) as bag:
        return bag.record()


def archive_name(key: str) -> str:
    """Return the name of an archive: its application's id, as keys have it."""
    return key.rpartition("/")[2].removesuffix(".zip")


def _folder(archive: ZipFile, key: str) -> str:
    """Return the one folder of a bag: of today's name, or of that before 0.2."""
    name = archive_name(key)
    is_older = any(path.startswith(f"{name}/") for path in archive.namelist())
    return name if is_older else bagit.folder_name(name)


def _path(member: ZipInfo, bag_folder: str) -> str:
    folder, _, path = member.filename.partition("/")
    # A NUL ends the name for zipfile, which keeps what it was.
    is_plain = folder == bag_folder and member.orig_filename == member.filename
    try:
        check_key(path)
    except ValueError:
        is_plain = False
    if not is_plain:
        raise DamagedError(
            "the archive is damaged: it has a name that no bag of ours has"
        )
    return path


def _is_payload(path: str) -> bool:
    return path.startswith(bagit.PAYLOAD)


@contextmanager
def _broken() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Nobody lists what broken bytes raise; but a disk that fails is no damage.
        if is_of_disk(error):
            raise
        name = type(error).__name__
        raise DamagedError(
            f"the archive is damaged: not a complete zip file ({name})"
        ) from None
