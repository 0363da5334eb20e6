"""
A submission and its documents as one object: a zip file, stored and not deflated.

``documents/<sha256>`` is what came with it, ``delivery.json`` the submission. That is
written last, so that a small read of the end tells what there is. Whoever reads it
believes nothing: the bytes may be damaged, or a stranger's.
"""

import os
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from hashlib import sha256
from io import BytesIO
from typing import IO, BinaryIO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from letterbox.domain import keys
from letterbox.domain.drafts import Draft
from letterbox.domain.errors import StoreUnavailableError, TooLargeError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.streams import CHUNK, is_of_disk, open_zip, spooled

_SUBMISSION = "delivery.json"
_DOCUMENTS = "documents/"
_TIME = (1980, 1, 1, 0, 0, 0)
# A form brings twenty documents at most.
_MAX_MEMBERS = 200
# A table of so many members and most submissions fit in that.
_END = 64 * 1024
# What is larger is not accepted either: nobody could read it again. A body of 40 MiB
# is not, unless it is all text in an encoding that takes more room in UTF-8.
_MAX_SUBMISSION = 64 * 1024 * 1024

_TABLE_END = struct.Struct("<4s4H2LH")
_TABLE_END_MARK = b"PK\5\6"
_ZIP64_MARK = b"PK\6\7"
_ZIP64_SIZE = 20
_HEADER = struct.Struct("<26x2H")
# Beside what is in a member: its header, and some room.
_MAX_OVERHEAD = 1024


class SubmissionWriter:
    """The ``SubmissionDraft`` port: documents as they come, then the submission."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._zip = ZipFile(cast("BinaryIO", draft), "w", ZIP_STORED)
        self._digests: set[str] = set()
        self._document: _DocumentWriter | None = None

    @property
    def may_wait(self) -> bool:
        """Whether the next write may have to wait for a disk."""
        return self._draft.may_wait

    def begin(self) -> "_DocumentWriter":
        """Begin a document, under a name as long as its digest will be."""
        number = len(self._zip.filelist)
        self._document = _DocumentWriter(self._zip, number, self._digests)
        return self._document

    def save(self, submission: Submission) -> None:
        """
        Write the submission, close the file and make it durable.

        Raises TooLargeError for what could not be read again.
        """
        body = submission.model_dump_json().encode()
        if len(body) > _MAX_SUBMISSION:
            raise TooLargeError("the application has more text than can be kept")
        self._zip.writestr(ZipInfo(_SUBMISSION, _TIME), body)
        self._zip.close()
        key = keys.inbox_record(submission.application_id, submission.fingerprint)
        self._draft.save(key)

    def close(self) -> None:
        """End what was not kept: zipfile does not forget a file that is open."""
        for file in (self._document, self._zip):
            with suppress(StoreUnavailableError):
                if file:
                    file.close()


class _DocumentWriter:
    """
    Writes one member, which is named by its content once that is known.

    zipfile writes a member's header again when it is closed, with whatever is known by
    then. The same document twice keeps the number that it had at first: none looks for
    it, and two members of one name would be no good zip file.
    """

    def __init__(self, archive: ZipFile, number: int, digests: set[str]) -> None:
        self._info = ZipInfo(f"{_DOCUMENTS}{number:064}", _TIME)
        self._file: IO[bytes] = archive.open(self._info, "w")
        self._digests = digests
        self._digest = sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._digest.update(data)
        self._size += self._file.write(data)

    def end(self) -> tuple[str, int]:
        """Name the member, and close it."""
        digest = self._digest.hexdigest()
        if digest not in self._digests:
            self._digests.add(digest)
            self._info.filename = f"{_DOCUMENTS}{digest}"
        self.close()
        return digest, self._size

    def close(self) -> None:
        """Close the member; harmless to repeat."""
        self._file.close()


def read_submission(store: ObjectStore, key: str) -> Submission:
    """Read a submission and no document (FileNotFoundError, ValueError)."""
    end, size = store.get_end(key, _END)
    with _damaged():
        archive = _opened(_FileEnd(end, size))
        needed = _needed_of(archive, size)
        if needed <= len(end):
            return _submission_in(archive)
    end, size = store.get_end(key, needed)
    with _damaged():
        return _submission_in(_opened(_FileEnd(end, size)))


def _needed_of(archive: ZipFile, size: int) -> int:
    """Return how much of the end of an object is its submission and what follows."""
    needed = size - archive.getinfo(_SUBMISSION).header_offset
    if needed > _MAX_SUBMISSION + _END:
        raise ValueError("too large for a submission")
    return needed


def _submission_in(archive: ZipFile) -> Submission:
    submission = Submission.model_validate_json(archive.read(_SUBMISSION))
    for document in submission.documents:
        member = archive.NameToInfo.get(f"{_DOCUMENTS}{document.sha256}")
        # One that is not here may be in its place already.
        if member and member.file_size != document.size:
            raise ValueError("a document of another size")
    return submission


def _opened(file: "BinaryIO | _FileEnd") -> ZipFile:
    """Open what may be no such object (whatever zipfile raises, and ValueError)."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TABLE_END.size - _ZIP64_SIZE))
    _check_table(file.read())
    archive = open_zip(cast("BinaryIO", file))
    _check_members(archive.infolist(), size)
    return archive


def _check_table(end: bytes) -> None:
    """Check how much there is to read before any of it is, as zipfile does not."""
    mark, _, _, _, count, length, _, comment = _TABLE_END.unpack(
        end[-_TABLE_END.size :]
    )
    is_large = end[-_TABLE_END.size - _ZIP64_SIZE :].startswith(_ZIP64_MARK)
    if mark != _TABLE_END_MARK or comment or is_large:
        raise ValueError("not the end of a submission")
    if count > _MAX_MEMBERS or length > _END - _TABLE_END.size - _ZIP64_SIZE:
        raise ValueError("more than a submission holds")


def _check_members(members: Sequence[ZipInfo], size: int) -> None:
    """Check that each is stored as it is, once, and that nothing lies between them."""
    whole = sum(member.file_size for member in members)
    if any(
        member.compress_type != ZIP_STORED
        or member.file_size != member.compress_size
        or member.flag_bits & 1
        for member in members
    ):
        raise ValueError("a member that is packed or encrypted")
    if not whole <= size <= whole + _END + _MAX_OVERHEAD * len(members):
        raise ValueError("members that are not all there is")


class _FileEnd:
    """A file of which the end was read; whoever reads before that is refused."""

    def __init__(self, end: bytes, size: int) -> None:
        self._end = BytesIO(end)
        self._start = size - len(end)
        self._position = 0

    def seekable(self) -> bool:
        """Return what zipfile asks for."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move, before what was read too."""
        base = {
            os.SEEK_SET: 0,
            os.SEEK_CUR: self._position,
            os.SEEK_END: self._start + len(self._end.getbuffer()),
        }
        self._position = base[whence] + offset
        return self._position

    def tell(self) -> int:
        """Return the position in the whole object."""
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Read what is there."""
        if self._position < self._start:
            raise ValueError("not in the end that was read")
        self._end.seek(self._position - self._start)
        data = self._end.read(size)
        self._position += len(data)
        return data


Spool = Callable[[], AbstractContextManager[BinaryIO]]
"""Opens the file in which the object of an inbox is read."""


class StoredInboxDocuments:
    """The ``InboxDocuments`` port; nothing is read until a document is wanted."""

    def __init__(
        self, store: ObjectStore, key: str, closing: ExitStack, spool: Spool
    ) -> None:
        self._store = store
        self._key = key
        self._closing = closing
        self._spool = spool
        self._file: BinaryIO | None = None
        self._members: Mapping[str, ZipInfo] = {}

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Read a document, unchecked (FileNotFoundError)."""
        file = self._file = self._file or self._read()
        member = self._members.get(f"{_DOCUMENTS}{sha256}")
        if member is None:
            raise FileNotFoundError("no such document in the inbox")
        if member.header_offset < 0:
            return  # The beginning of the file is lost.
        # Not by zipfile: of a damaged document it keeps the last bytes to itself.
        file.seek(member.header_offset)
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return
        file.seek(sum(_HEADER.unpack(header)), os.SEEK_CUR)
        left = member.file_size
        while chunk := file.read(min(left, CHUNK)):
            left -= len(chunk)
            yield chunk

    def _read(self) -> BinaryIO:
        file = self._closing.enter_context(self._spool())
        with self._store.open(self._key) as chunks:
            file.writelines(chunks)
        # What is damaged has no documents.
        with suppress(ValueError), _damaged():
            self._members = _opened(file).NameToInfo
        return file


@contextmanager
def opened_documents(
    store: ObjectStore, key: str, spool: Spool = spooled
) -> Iterator[StoredInboxDocuments]:
    """Read the documents of an object in the inbox, which may not be there."""
    with ExitStack() as closing:
        yield StoredInboxDocuments(store, key, closing, spool)


@contextmanager
def _damaged() -> Iterator[None]:
    """Raise ValueError for whatever broken bytes raise: nobody lists that."""
    try:
        yield
    except Exception as error:
        if is_of_disk(error):
            raise
        name = type(error).__name__
        raise ValueError(f"no submission: {name}") from None
