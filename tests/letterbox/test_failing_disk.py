"""A disk that fails once, wherever: nothing is taken for damaged or lost."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import BinaryIO

from letterbox.archive import bagit
from letterbox.archive.reader import BagReader
from letterbox.domain import keys
from letterbox.records import inbox
from letterbox.records.applications import StoredApplications
from letterbox.records.inbox_objects import opened_documents
from letterbox.storage.directory import DirectoryStore
from tests.factories import careerjet
from tests.letterbox.archive.packing import archive_of, described, invented

# As many calls as reading takes at the least.
_FEW = 7


class FlakyDisk(BytesIO):
    """A file of which one call, by its number, fails as a disk does."""

    def __init__(self, content: bytes, failing: int) -> None:
        super().__init__(content)
        self.left = failing

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, unless it is this call."""
        self._count()
        return super().seek(offset, whence)

    def tell(self) -> int:
        """Return the position, unless it is this call."""
        self._count()
        return super().tell()

    def read(self, size: int | None = -1) -> bytes:
        """Read, unless it is this call."""
        self._count()
        return super().read(size)

    def _count(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError(errno.EIO, "the disk fails")


def test_whatever_the_disk_denies_no_document_of_the_inbox_is_missing(
    tmp_path: Path,
) -> None:
    """It would be recorded as lost, and the inbox cleared."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    submission, contents = careerjet("1")
    StoredApplications(store).accept(submission, contents)
    key, _ = inbox.keys_of(submission)
    [document, *_] = submission.documents

    for failing in count(1):
        disks: list[FlakyDisk] = []

        @contextmanager
        def on_disk(failing: int = failing) -> Iterator[BinaryIO]:
            disks.append(FlakyDisk(b"", failing))  # noqa: B023
            yield disks[0]  # noqa: B023

        with opened_documents(store, key, on_disk) as documents:
            try:
                outcome: object = len(b"".join(documents.chunks(document.sha256)))
            except OSError as error:
                outcome = error.errno
        assert outcome in {document.size, errno.EIO}, failing
        if disks[0].left > 0:
            break
    assert failing > _FEW


def test_whatever_the_disk_denies_an_archive_is_not_damaged() -> None:
    """Another would be packed in its place, without what it alone has."""
    record = invented("careerjet:1").model_dump_json().encode()
    archive = archive_of(described({bagit.RECORD: record}))

    for failing in count(1):
        disk = FlakyDisk(archive, failing)
        outcome = None
        try:
            BagReader(disk, keys.archive("careerjet:1")).check()
        except OSError as error:
            outcome = error.errno
        assert outcome in {None, errno.EIO}, failing
        if disk.left > 0:
            break
    assert failing > _FEW
