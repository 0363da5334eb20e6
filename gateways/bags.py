"""Archives in the store: zipped BagIt bags, packed, verified and unpacked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from domain import bagit, keys
from domain.application import Application
from domain.errors import DamagedError
from domain.ports import Holds, ObjectStore, Packed
from gateways.bag_folder import check_free, unpack
from gateways.bag_reader import BagReader, archive_name
from gateways.bag_writer import BagWriter


class BagArchives:
    """
    The ``Archives`` port over an object store.

    A bag passes through an unnamed temporary file: memory does not depend on the
    size of a document, and a process that is killed leaves nothing behind.
    """

    def __init__(self, store: ObjectStore, holds: Holds) -> None:
        self._store = store
        self._holds = holds

    def pack(self, record: Application) -> Packed:
        """Write, read back and verify; then let it expire, unless it is held."""
        key = keys.archive(record.id)
        with TemporaryFile() as spool:
            seal = self._write(spool, record)
            size = spool.tell()
            spool.seek(0)
            self._store.put(key, spool, size)
        try:
            with opened_bag(self._store, key) as bag:
                packed = bag.check()
                if bag.read(bagit.TAG_MANIFEST) != seal:
                    raise DamagedError("the store gives back another archive")
        except FileNotFoundError:
            raise DamagedError("the archive is not where it was put") from None
        self._settle(record.id)
        return packed

    def record(self, application_id: str) -> Application:
        """Read the record; the documents may be damaged."""
        return packed_record(self._store, keys.archive(application_id))

    def unpack(self, application_id: str, folder: Path) -> Packed:
        """
        Make the folder the bag, once all of the archive is verified.

        RefusedError where it is not empty, or cannot be written.
        """
        check_free(folder)
        with opened_bag(self._store, keys.archive(application_id)) as bag:
            packed = bag.check()
            unpack(bag, folder)
        return packed

    def _write(self, spool: BinaryIO, record: Application) -> bytes:
        folder = keys.application(record.id)
        found = {one.key: one.size for one in self._store.list(folder)}
        # It was archived and removed: the rest must not take the whole's place.
        if found.pop(keys.record(record.id), None) is None:
            raise DamagedError("there is no open copy to pack")
        body = record.model_dump_json(indent=1).encode()
        folder_name = bagit.folder_name(archive_name(keys.archive(record.id)))
        with BagWriter(spool, folder_name) as bag:
            bag.add("application.json", len(body), [body])
            for key, size in found.items():
                try:
                    with self._store.open(key) as chunks:
                        bag.add(key.removeprefix(folder), size, chunks)
                except FileNotFoundError:
                    raise DamagedError("what was to be packed has gone") from None
            return bag.seal(record)

    def _settle(self, application_id: str) -> None:
        # In this order, one who places a hold meanwhile is seen, or keeps it himself.
        self._store.let_expire(keys.archive(application_id))
        hold = self._holds.find(application_id)
        if hold and hold.holds(datetime.now(UTC)):
            self._store.keep(keys.archive(application_id))


@contextmanager
def opened_bag(store: ObjectStore, key: str) -> Iterator[BagReader]:
    """Read an archive to disk, and no further than its table of contents."""
    with TemporaryFile() as spool:
        with store.open(key) as chunks:
            for chunk in chunks:
                spool.write(chunk)
        yield BagReader(cast("BinaryIO", spool), key)


def packed_record(store: ObjectStore, key: str) -> Application:
    """Read the record in the archive at a key."""
    with opened_bag(store, key) as bag:
        return bag.record()
