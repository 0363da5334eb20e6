"""
A submission and its documents as one object: a zip file, stored and not deflated.

``documents/<sha256>`` is what came with it, ``delivery.json`` the submission. That is
written last, so that a small read of the end tells what there is. Whoever reads it
believes nothing: the bytes may be damaged, or a stranger's.
"""

import os
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, BinaryIO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo
from zlib import crc32

from letterbox.domain import keys
from letterbox.domain.drafts import Draft
from letterbox.domain.errors import StoreUnavailableError, TooLargeError
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.streams import CHUNK, spooled

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
_ENTRY = struct.Struct("<4s4x2H4x3L3H8xL")
_ENTRY_MARK = b"PK\1\2"
_ENCRYPTED = 1
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
        members = _members_in(end, size)
        needed = size - members[_SUBMISSION].start
        if needed > _MAX_SUBMISSION + _END:
            raise ValueError("too large for a submission")
        if needed <= len(end):
            return _submission_in(end, size, members)
    end, size = store.get_end(key, needed)
    with _damaged():
        return _submission_in(end, size, _members_in(end, size))


@dataclass(frozen=True, slots=True)
class _Member:
    """What the table at an object's end says of one of its parts."""

    start: int
    """Of its header; negative where the beginning of the object is lost."""
    size: int
    checksum: int


def _submission_in(end: bytes, size: int, members: Mapping[str, _Member]) -> Submission:
    member = members[_SUBMISSION]
    start = member.start - (size - len(end))
    if start < 0:
        raise ValueError("a submission that is not all there")
    start += _HEADER.size + sum(_HEADER.unpack_from(end, start))
    body = end[start : start + member.size]
    if len(body) != member.size or crc32(body) != member.checksum:
        raise ValueError("a submission that is damaged")
    submission = Submission.model_validate_json(body)
    for document in submission.documents:
        # One that is not here may be in its place already.
        stored = members.get(f"{_DOCUMENTS}{document.sha256}")
        if stored and stored.size != document.size:
            raise ValueError("a document of another size")
    return submission


def _members_in(end: bytes, size: int) -> Mapping[str, _Member]:
    """
    Read the table at the end of an object of so many bytes (ValueError, struct.error).

    Not by zipfile, which takes ten times as long, and for each step of each
    application: of what zip files may be, this one is always the same.
    """
    mark, *_, length, offset, comment = _TABLE_END.unpack(end[-_TABLE_END.size :])
    is_large = end[-_TABLE_END.size - _ZIP64_SIZE :].startswith(_ZIP64_MARK)
    if mark != _TABLE_END_MARK or comment or is_large:
        raise ValueError("not the end of a submission")
    if length > _END - _TABLE_END.size - _ZIP64_SIZE:
        raise ValueError("more than a submission holds")
    stop = len(end) - _TABLE_END.size
    if stop < length:
        raise ValueError("members that are not all there is")
    # Less than there should be where the beginning is lost.
    lost = offset + length + _TABLE_END.size - size
    table = end[stop - length : stop]
    members = {}
    at, count, whole = 0, 0, 0
    # As zipfile does: a count of members, or a last length, that is damaged costs none.
    while at < length:
        mark, flags, method, checksum, packed, unpacked, *lengths, header = (
            _ENTRY.unpack_from(table, at)
        )
        if mark != _ENTRY_MARK or method != ZIP_STORED or packed != unpacked:
            raise ValueError("a member that is packed")
        if flags & _ENCRYPTED:
            raise ValueError("a member that is encrypted")
        at += _ENTRY.size
        name = table[at : at + lengths[0]].decode("latin-1")
        at += sum(lengths)
        members[name] = _Member(header - lost, unpacked, checksum)
        count, whole = count + 1, whole + unpacked
    if count > _MAX_MEMBERS:
        raise ValueError("more than a submission holds")
    if not whole <= size <= whole + _END + _MAX_OVERHEAD * count:
        raise ValueError("members that are not all there is")
    return members


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
        self._members: Mapping[str, _Member] = {}

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Read a document, unchecked (FileNotFoundError)."""
        file = self._file = self._file or self._read()
        member = self._members.get(f"{_DOCUMENTS}{sha256}")
        if member is None:
            raise FileNotFoundError("no such document in the inbox")
        if member.start < 0:
            return  # The beginning of the file is lost.
        file.seek(member.start)
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return
        file.seek(sum(_HEADER.unpack(header)), os.SEEK_CUR)
        left = member.size
        while chunk := file.read(min(left, CHUNK)):
            left -= len(chunk)
            yield chunk

    def _read(self) -> BinaryIO:
        file = self._closing.enter_context(self._spool())
        with self._store.open(self._key) as chunks:
            file.writelines(chunks)
        size = file.tell()
        file.seek(max(0, size - _END))
        end = file.read(_END)
        # What is damaged has no documents.
        with suppress(ValueError), _damaged():
            self._members = _members_in(end, size)
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
    """Raise ValueError for whatever broken bytes raise; its text may quote them."""
    try:
        yield
    except (KeyError, ValueError, struct.error) as error:
        name = type(error).__name__
        raise ValueError(f"no submission: {name}") from None
