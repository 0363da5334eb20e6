"""A submission and its documents as one object, and whatever may lie in its place."""

import errno
import io
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letterbox.boards.indeed.settings import IndeedSettings
from letterbox.domain import keys
from letterbox.domain.errors import TooLargeError
from letterbox.domain.ids import key_part
from letterbox.domain.ports import ObjectStore
from letterbox.records import inbox
from letterbox.records.applications import StoredApplications
from letterbox.records.inbox_objects import (
    SubmissionWriter,
    opened_documents,
    read_submission,
)
from letterbox.storage.directory import DirectoryStore
from tests.factories import PDF, careerjet
from tests.inbox_objects import said_otherwise, with_other_documents

SUBMISSION, CONTENTS = careerjet("1")
_MIB = 1024 * 1024
[CV] = SUBMISSION.documents
KEY = keys.inbox_record(SUBMISSION.application_id, SUBMISSION.fingerprint)


def body_of(store: ObjectStore) -> bytes:
    """Return what a delivery is in a store."""
    StoredApplications(store).accept(SUBMISSION, CONTENTS)
    return store.get(KEY)


def test_a_delivery_is_read_back_as_it_was_written(store: ObjectStore) -> None:
    """The submission by a small read of the end, each document by its digest."""
    body = body_of(store)

    with opened_documents(store, KEY) as documents:
        assert b"".join(documents.chunks(CV.sha256)) == PDF
        with pytest.raises(FileNotFoundError):
            next(documents.chunks("0" * 64))

    assert read_submission(store, KEY) == SUBMISSION
    with ZipFile(BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"documents/{CV.sha256}", "delivery.json"]


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_a_person_opens_a_delivery_with_any_tool(
    store: ObjectStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What cannot be taken over is left to one."""
    file = tmp_path_factory.mktemp("by-hand") / "delivery.zip"
    file.write_bytes(body_of(store))

    unzipped = subprocess.run(
        ["unzip", "-p", file, f"documents/{CV.sha256}"], capture_output=True, check=True
    )

    assert unzipped.stdout == PDF


@pytest.mark.parametrize("letter", ["x" * 200_000, "\0" * 900_000])
def test_a_submission_that_is_longer_than_the_end_is_read_too(
    store: ObjectStore, letter: str
) -> None:
    """Its documents are not."""
    long, contents = careerjet("1", letter=letter)
    StoredApplications(store).accept(long, contents)

    [waiting] = inbox.waiting(store, key_part(long.application_id))

    assert read_submission(store, waiting.key) == long


def test_the_largest_text_that_is_kept_can_be_read_and_no_larger_one_is_kept(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """What is accepted and can never be taken over is lost; a board sends text only."""
    store = DirectoryStore(tmp_path_factory.mktemp("large") / "store")
    store.prepare()
    largest = 63 * _MIB
    assert largest > IndeedSettings().indeed_max_body_bytes
    fitting = SUBMISSION.model_copy(update={"said": "x" * largest, "documents": ()})
    too_large = fitting.model_copy(update={"said": "€" * (22 * _MIB)})

    inbox.put(store, fitting)
    read = read_submission(store, KEY)
    store.delete(KEY)
    with pytest.raises(TooLargeError):
        inbox.put(store, too_large)

    assert read == fitting
    assert list(store.list("inbox/")) == []


def test_a_document_that_comes_twice_is_one(store: ObjectStore) -> None:
    """Its second copy has no name that anyone looks for, so that the file is sound."""
    with store.draft() as target, closing(SubmissionWriter(target)) as draft:
        for _ in range(2):
            document = draft.begin()
            document.write(PDF)
            assert document.end() == (CV.sha256, CV.size)
        draft.save(SUBMISSION)

    with ZipFile(BytesIO(store.get(KEY))) as archive:
        assert len(set(archive.namelist())) == 3
    assert read_submission(store, KEY) == SUBMISSION


def packed(body: bytes) -> bytes:
    """Pack the members: a bomb is made so."""
    return _zipped(body, compression=ZIP_DEFLATED)


def crowded(body: bytes) -> bytes:
    """Have more members than a form has parts."""
    return _zipped(body, more=300)


def overlapping(body: bytes) -> bytes:
    """Have two members that are the same bytes: a bomb is made so, too."""
    read, written = ZipFile(BytesIO(body)), BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr("a", b"x" * 200_000)
        first = archive.getinfo("a")
        for number in range(99):
            twin = ZipInfo(f"{number}")
            twin.header_offset = first.header_offset
            twin.CRC, twin.file_size = first.CRC, first.file_size
            twin.compress_size = first.compress_size
            archive.filelist.append(twin)
        archive.writestr("delivery.json", read.read("delivery.json"))
    return written.getvalue()


def _zipped(body: bytes, *, more: int = 0, compression: int = 0) -> bytes:
    read, written = ZipFile(BytesIO(body)), BytesIO()
    with ZipFile(written, "w", compression) as archive:
        for number in range(more):
            archive.writestr(f"{number}", b"")
        for name in read.namelist():
            archive.writestr(name, read.read(name))
    return written.getvalue()


def huge_table(body: bytes) -> bytes:
    """Promise a table of members of four gigabytes."""
    return body[:-10] + struct.pack("<L", 2**32 - 1) + body[-6:]


def zip64(body: bytes) -> bytes:
    """Have the end say that the true end is elsewhere."""
    return body[:-22] + b"PK\6\7" + bytes(16) + body[-22:]


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda body: body[:-1],
    "half": lambda body: body[: len(body) // 2],
    "lengthened": lambda body: body + b"x",
    "preceded": lambda body: b"x" * 500_000 + body,
    "text": lambda _: b'{"version": 1}',
    "end alone": lambda body: body[-22:],
    "packed": packed,
    "crowded": crowded,
    "overlapping": overlapping,
    "huge table": huge_table,
    "zip64": zip64,
    "no submission": lambda _: _zipped(b"PK\5\6" + bytes(18)),
    "no json": lambda body: said_otherwise(body, lambda _: "{"),
    "another size": lambda body: said_otherwise(
        body,
        lambda _: SUBMISSION.model_copy(
            update={"documents": (CV.model_copy(update={"size": 1}),)}
        ).model_dump_json(),
    ),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_no_delivery_is_unreadable(
    store: ObjectStore, spoil: Callable[[bytes], bytes]
) -> None:
    """Whoever made it so; nothing of it is in the error, and nothing is unpacked."""
    store.put(KEY, spoil(body_of(store)))

    with pytest.raises(ValueError, match="no submission") as caught:
        read_submission(store, KEY)

    assert "Ada" not in str(caught.value)
    assert caught.value.__suppress_context__
    with opened_documents(store, KEY) as documents:
        try:
            read = b"".join(documents.chunks(CV.sha256))
        except FileNotFoundError:
            read = b""
    assert len(read) <= len(PDF)


class InMemory:
    """The one object of a store that is read from its end."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def get_end(self, key: str, size: int) -> tuple[bytes, int]:
        """Read as the stores do."""
        del key
        return self.body[-size:], len(self.body)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_byte_that_is_changed_raises_anything_else(data: st.DataObject) -> None:
    """It is read as a submission, or is a ValueError."""
    body = bytearray(_whole())
    at = data.draw(st.integers(len(PDF), len(body) - 1))
    body[at] = data.draw(st.integers(0, 255))

    try:
        found = read_submission(InMemory(bytes(body)), KEY)  # type: ignore[arg-type]
    except ValueError:
        return

    assert found.application_id


def _whole() -> bytes:
    written = io.BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr(f"documents/{CV.sha256}", PDF)
        archive.writestr("delivery.json", SUBMISSION.model_dump_json())
    return written.getvalue()


@pytest.mark.parametrize("lost", [1, 20, 40, 100])
def test_a_delivery_without_its_beginning_has_damaged_documents(
    lost: int, store: ObjectStore
) -> None:
    """What the board said is whole, and recorded: the document is the lesser loss."""
    store.put(KEY, body_of(store)[lost:])

    assert read_submission(store, KEY) == SUBMISSION
    with opened_documents(store, KEY) as documents:
        assert b"".join(documents.chunks(CV.sha256)) != PDF


@contextmanager
def _on_a_failing_disk() -> Iterator[BinaryIO]:
    """Open a file that takes everything, and gives nothing back."""

    class Disk(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            del size
            raise OSError(errno.EIO, "the disk fails")

    yield Disk()


def test_a_disk_that_fails_is_no_delivery_without_documents(store: ObjectStore) -> None:
    """The document would be given up for lost, and the inbox cleared."""
    body_of(store)

    with (
        opened_documents(store, KEY, _on_a_failing_disk) as documents,
        pytest.raises(OSError, match="the disk fails"),
    ):
        next(documents.chunks(CV.sha256))


def test_a_damaged_document_is_read_as_it_is(store: ObjectStore) -> None:
    """To its last byte: a person may still make something of it."""
    store.put(KEY, with_other_documents(body_of(store), b"%PDF-9"))

    with opened_documents(store, KEY) as documents:
        assert b"".join(documents.chunks(CV.sha256)) == b"%PDF-9" + PDF[6:]
