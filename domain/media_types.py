"""What a document is, by its content; its name and declared type may lie."""

import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

_HEAD = 4096
_TAIL = 66_000
_MOST_ENTRIES = 4096
_MOST_MIMETYPE = 200
# What zipfile raises on hostile input.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # of a compression that it does not know
    OSError,
    RuntimeError,
    ValueError,
)
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type and the extension that goes with it."""

    name: str | None
    extension: str


PDF = MediaType("application/pdf", "pdf")
DOC = MediaType("application/msword", "doc")
DOCX = MediaType(_OFFICE, "docx")
RTF = MediaType("application/rtf", "rtf")
ODT = MediaType(_OPEN_DOCUMENT, "odt")
TXT = MediaType("text/plain", "txt")
UNKNOWN = MediaType(None, "bin")


def media_type(document: BinaryIO) -> MediaType:
    """
    Recognise the types that a CV comes in; everything else is ``UNKNOWN``.

    Reads a bounded amount whatever the document's size, and leaves the position in
    the file anywhere.
    """
    document.seek(0)
    head = document.read(_HEAD)
    # Adobe's readers accept the header anywhere in the first 1024 bytes.
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"{\\rtf"):
        return RTF
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole(document)
    if head.startswith(b"PK\x03\x04"):
        return _zip(document)
    return TXT if _is_text(head) else UNKNOWN


def _ole(document: BinaryIO) -> MediaType:
    """Tell Word from Excel and installers by the stream named in its directory."""
    document.seek(0)
    header = document.read(76)
    sector = 1 << min(int.from_bytes(header[30:32], "little"), 12)
    directory = (int.from_bytes(header[48:52], "little") + 1) * sector
    document.seek(directory)
    named = document.read(4 * sector)
    return DOC if "WordDocument".encode("utf-16-le") in named else UNKNOWN


def _zip(document: BinaryIO) -> MediaType:
    """Look at the names inside; only a directory of a sane size is read at all."""
    if not _small_directory(document):
        return UNKNOWN
    try:
        with zipfile.ZipFile(document) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names:
                return DOCX
            if "mimetype" in names:
                with archive.open("mimetype") as declared:
                    if declared.read(_MOST_MIMETYPE) == _OPEN_DOCUMENT.encode():
                        return ODT
    except _BROKEN:
        pass
    return UNKNOWN


def _small_directory(document: BinaryIO) -> bool:
    """Read the end record (APPNOTE.TXT 4.3.16) before zipfile believes it."""
    size = document.seek(0, 2)
    document.seek(max(0, size - _TAIL))
    tail = document.read(_TAIL)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0:
        return False
    entries = int.from_bytes(tail[end + 10 : end + 12], "little")
    directory_bytes = int.from_bytes(tail[end + 12 : end + 16], "little")
    return entries <= _MOST_ENTRIES and directory_bytes <= _MOST_ENTRIES * 256


def _is_text(head: bytes) -> bool:
    if not head:
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    printable = set(range(0x20, 0x100)) | {0x09, 0x0A, 0x0C, 0x0D, 0x1B}
    return all(byte in printable for byte in head)
