"""A document is what its content says."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.media_types import (
    DOC,
    DOCX,
    ODT,
    PDF,
    RTF,
    TXT,
    UNKNOWN,
    MediaType,
    media_type,
)

OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"


def zipped(**entries: str) -> bytes:
    """Zip entries; their names' dots and slashes are written as keywords allow."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return file.getvalue()


def ole(stream: str) -> bytes:
    """Build the beginning of a compound file with one named stream."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30:32] = (9).to_bytes(2, "little")
    header[48:52] = (2).to_bytes(4, "little")
    body = bytearray(512 * 8)
    body[1024 : 1024 + 2 * len(stream)] = stream.encode("utf-16-le")
    return bytes(header + body)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7 ...", PDF),
        (b"\r\n\x00 junk of a scanner %PDF-1.4", PDF),
        (b"{\\rtf1 Ada}", RTF),
        (ole("WordDocument"), DOC),
        (ole("Workbook"), UNKNOWN),
        (zipped(**{"[Content_Types].xml": "", "word/document.xml": ""}), DOCX),
        (zipped(mimetype=OPEN_DOCUMENT), ODT),
        (zipped(mimetype="application/epub+zip"), UNKNOWN),
        (zipped(**{"virus.exe": ""}), UNKNOWN),
        ("Ada Exämple\r\n\tCV".encode(), TXT),
        ("Ada Exämple".encode("latin-1"), TXT),
        ("Ada".encode("utf-16"), TXT),
        (b"MZ\x90\x00\x03", UNKNOWN),
        (b"\x89PNG\r\n\x1a\n", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_the_content_decides(content: bytes, expected: MediaType) -> None:
    """Names and declared types do not even get here."""
    assert media_type(BytesIO(content)) is expected


def test_a_zip_with_a_huge_directory_is_not_read() -> None:
    """Its end record may promise any number of entries; we believe few."""
    archive = bytearray(zipped(**{"word/document.xml": ""}))
    end = archive.rfind(b"PK\x05\x06")
    archive[end + 10 : end + 12] = b"\xff\xff"

    assert media_type(BytesIO(archive)) is UNKNOWN


def test_an_open_document_with_a_damaged_entry_is_unknown() -> None:
    """Its compressed declaration cannot be read."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", OPEN_DOCUMENT)
    damaged = bytearray(file.getvalue())
    damaged[40:50] = b"\xff" * 10

    assert media_type(BytesIO(damaged)) is UNKNOWN


@given(st.binary(max_size=300), st.integers(0, 400), st.binary(max_size=4))
def test_damage_never_raises(tail: bytes, at: int, damage: bytes) -> None:
    """A damaged file is unknown, or what it still looks like; never an error."""
    archive = bytearray(zipped(**{"word/document.xml": "x" * 50}) + tail)
    archive[at : at + len(damage)] = damage

    assert media_type(BytesIO(archive)) in {DOC, DOCX, ODT, PDF, RTF, TXT, UNKNOWN}
