"""Looking into what was made to cost us: little time, little memory, no belief."""

import struct
import tracemalloc
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from time import process_time

import pytest

from letterbox.domain.documents import DocumentKind, DocumentProblem, recognise
from letterbox.domain.documents.kinds import (
    DOC,
    DOCX,
    PDF,
    RTF,
    TXT,
    UNREADABLE,
    XLS,
    ZIP,
)
from tests.hostile import (
    ODT,
    bombs,
    central,
    compound,
    cut_word_document,
    directories,
    end,
    end_64,
    far_away,
    local,
    packed,
    texts,
    zipped,
)

_MIB = 1024 * 1024
_NONE = 0xFFFFFFFF
_ALL = dict(chain(bombs(), directories(), compound(), texts()))
_MAIN = b"word/document.xml"


@pytest.mark.parametrize("name", _ALL)
def test_a_hostile_file_costs_little_memory_and_time(name: str) -> None:
    """4 MiB read and a quarter of one decompressed is all that any of them can get."""
    file = BytesIO(_ALL[name])
    tracemalloc.start()
    try:
        began = process_time()
        recognise(file)
        took = process_time() - began
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 16 * _MIB
    # Measured: 0.1 s for the slowest, of which tracing takes most.
    assert took < 2


@pytest.mark.parametrize("name", _ALL)
def test_a_hostile_file_of_any_kind_is_flagged(name: str) -> None:
    """Whoever opens it, and their program, is to be warned."""
    assert recognise(BytesIO(_ALL[name])).problem


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{\\rtf1 " + b"{" * 500 + b"}" * 500 + b"}", RTF),
        (b"{\\rtf1 " + b"{\\b a}" * 100_000 + b"}", RTF),
        (b"{\\rtf1 " + b"\\{" * 100_000 + b"}", RTF),
        (b"%PDF-1.7\n" + b"trailer <</Prev 9>> startxref\n9\n%%EOF\n" * 50, PDF),
        (b"".join(b"Skill %d:\n\tgood\n" % n for n in range(100)), TXT),
        (b"Skills:\n" + b"\tgood\n" * 600, TXT),
    ],
    ids=["deep", "long", "escaped", "revised", "list", "indented"],
)
def test_document_that_only_resembles_a_hostile_one_is_not_flagged(
    content: bytes, kind: DocumentKind
) -> None:
    """What people's programs write stays far below the limits."""
    assert recognise(BytesIO(content)) == kind


@pytest.mark.parametrize("name", [*dict(directories(2)), *dict(compound())])
def test_a_document_that_contradicts_itself_has_no_type(name: str) -> None:
    """Whatever one of its statements makes of it, another one denies it."""
    told = recognise(BytesIO(_ALL[name]))

    assert told == UNREADABLE


@pytest.mark.parametrize(("content", "expected"), [*far_away()])
def test_a_place_far_behind_the_end_of_a_file_on_disk_is_read_as_nothing(
    content: bytes, expected: DocumentKind
) -> None:
    """File systems refuse to seek so far, where a file in memory does not mind."""
    with TemporaryFile() as file:
        file.write(content)

        assert recognise(file) == expected


@pytest.mark.parametrize("kept", [0, 2, 11, 12])
def test_a_word_document_that_ends_within_its_first_sector_is_still_one(
    kept: int,
) -> None:
    """Its header is shorter than the place of the flag for a password."""
    sample = Path(__file__).parents[3] / "samples" / "documents" / "libreoffice.doc"

    told = recognise(BytesIO(cut_word_document(sample.read_bytes(), kept)))

    assert told == DOC


@pytest.mark.parametrize("method", ["bzip2", "lzma", "zstd"])
def test_an_office_file_in_another_compression_is_not_opened(method: str) -> None:
    """Office programs store or deflate; the others have no limit in Python."""
    name = f"ooxml-{method}-1"

    assert recognise(BytesIO(_ALL[name])) == UNREADABLE


@pytest.mark.parametrize("method", [8, 12, 14, 93])
def test_a_compressed_mimetype_is_no_open_document(method: int) -> None:
    """The format wants it stored, so that it can be read where it lies."""
    content = packed("deflate", _MIB) if method == 8 else ODT

    assert recognise(BytesIO(zipped((b"mimetype", content, method)))) == ZIP


def _zip64(*, count: int = 1, shift: int = 0, at: int = 0) -> bytes:
    body = local(_MAIN, b"") + local(b"[Content_Types].xml", b"")
    second = central(b"[Content_Types].xml", 0, offset=len(local(_MAIN, b"")))
    directory = central(_MAIN, 0) + second
    start = len(body)
    where = start + len(directory)
    larger = end_64(2 * count, len(directory), start + shift, where + at)
    return body + directory + larger + end(2, len(directory), start)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (_zip64(), DOCX),
        (_zip64(count=2), UNREADABLE),
        (_zip64(shift=1), UNREADABLE),
        (_zip64(at=1), UNREADABLE),
        (b"PK\3\4 a prefix" + _zip64(), UNREADABLE),
        (_zip64() + b"a suffix", UNREADABLE),
        (_zip64()[:-1], UNREADABLE),
        (_zip64()[:40], UNREADABLE),
        (zipped((_MAIN, b"", 0), (_MAIN, b"", 0)), UNREADABLE),
        (zipped((_MAIN, b"", 0), (b"WORD\\Document.xml", b"", 0)), UNREADABLE),
    ],
    ids=[
        "agrees",
        "count",
        "start",
        "place",
        "prefix",
        "suffix",
        "cut",
        "head",
        "twice",
        "slash",
    ],
)
def test_a_zip_is_read_only_where_all_its_statements_agree(
    content: bytes, expected: DocumentKind
) -> None:
    """What else writes zips than office programs is kept too, and flagged."""
    assert recognise(BytesIO(content)) == expected


@pytest.mark.parametrize(("begins", "kind"), [(b"%PDF-1.7\n", PDF), (b"{\\rtf1 ", RTF)])
def test_a_document_of_two_formats_at_once_is_flagged(
    begins: bytes, kind: DocumentKind
) -> None:
    """A program that goes by the end of a file would open the zip in it."""
    told = recognise(BytesIO(begins + zipped((b"cv.exe", b"", 0))))

    assert told == kind.but(DocumentProblem.UNREADABLE)


def test_files_that_lie_in_each_other_are_not_believed() -> None:
    """A small zip can be made enormous by entries that share their bytes."""
    body = local(b"a", bytes(100))
    directory = central(b"a", 100) + central(b"b", 100, offset=10)
    content = body + directory + end(2, len(directory), len(body))

    assert recognise(BytesIO(content)) == UNREADABLE


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    spelled = name.encode("utf-16-le") + b"\0\0"
    places = struct.pack("<HBB3L", len(spelled), kind, 1, _NONE, _NONE, child)
    return (
        spelled.ljust(64, b"\0")
        + places
        + bytes(36)
        + struct.pack("<3L", start, size, 0)
    )


def _compound_with(stream: str, content: bytes) -> bytes:
    """Make a compound file that ends within its only stream."""
    header = bytearray(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504))
    for at, layout, value in (
        (30, "<H", 9),
        (48, "<L", 1),
        (56, "<L", 4096),
        (68, "<L", 0xFFFFFFFE),
    ):
        struct.pack_into(layout, header, at, value)
    struct.pack_into("<109L", header, 76, 0, *[_NONE] * 108)
    table = struct.pack("<4L", 0xFFFFFFFD, *[0xFFFFFFFE] * 3).ljust(512, b"\xff")
    directory = _entry("Root Entry", 5, 1, 0, 0) + _entry(stream, 2, _NONE, 2, 8192)
    return bytes(header) + table + directory.ljust(512, b"\0") + content


@pytest.mark.parametrize(("stream", "kind"), [("WordDocument", DOC), ("Workbook", XLS)])
@pytest.mark.parametrize("length", [0, 1, 2, 3, 10, 11, 12, 511])
def test_a_document_cut_off_within_its_first_bytes_is_told(
    stream: str, kind: DocumentKind, length: int
) -> None:
    """An upload may end anywhere."""
    begins = (b"\xec\xa5" + bytes(509))[:length]

    assert recognise(BytesIO(_compound_with(stream, begins))) == kind


class _Surprise(BytesIO):
    """A file that meets what no code has thought of."""

    def __init__(self, error: Exception) -> None:
        super().__init__(b"%PDF-1.7\n")
        self._error = error

    def read(self, _size: int | None = -1, /) -> bytes:
        raise self._error


@pytest.mark.parametrize(
    "error", [IndexError(), KeyError(), ValueError(), struct.error(), OverflowError()]
)
def test_what_nobody_has_thought_of_makes_a_file_odd(error: Exception) -> None:
    """A person is not refused for it, and no step fails for ever."""
    assert recognise(_Surprise(error)) == UNREADABLE


def test_a_failing_disk_is_no_problem_of_the_document() -> None:
    """The error is raised, so that the step is tried again."""
    with pytest.raises(OSError, match="disk"):
        recognise(_Surprise(OSError("disk")))
