"""A document is what its content says."""

import struct
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain.documents import (
    UNREADABLE,
    DocumentKind,
    DocumentProblem,
    kinds,
    recognise,
)
from tests.hostile import zipped

_ODF = "application/vnd.oasis.opendocument."
_XML = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def package(  # noqa: PLR0913 each is something that differs in the field
    content_type: str,
    part: str = "/word/document.xml",
    *,
    target: str | None = None,
    relation: str = _RELATION,
    entry: str | None = None,
    by_default: bool = False,
    other: str | None = None,
) -> bytes:
    """Make an Office Open XML package with one main part."""
    ending = part.rpartition(".")[2]
    type_of = (
        f'<Default Extension="{ending}" ContentType="{content_type}"/>'
        if by_default
        else f'<Override PartName="{part}" ContentType="{content_type}"/>'
    )
    types = f'<Types xmlns="urn:x">{type_of}</Types>'.encode()
    rels = (
        '<Relationships xmlns="urn:x"><Relationship Id="r9" Type="urn:x/thumbnail" '
        'Target="t.png"/><Relationship Id="r1" '
        f'Type="{relation}/officeDocument" Target="{target or part[1:]}"/>'
        "</Relationships>"
    ).encode()
    files = [
        (b"[Content_Types].xml", types, 0),
        (b"_rels/.rels", rels, 0),
        ((entry or part[1:]).encode(), b"<w/>", 0),
    ]
    return zipped(*files, *([(other.encode(), b"", 0)] if other else []))


def open_document(kind: str, *others: str) -> bytes:
    """Make an OpenDocument file of a kind."""
    rest = [(other.encode(), b"", 0) for other in others]
    return zipped((b"mimetype", f"{_ODF}{kind}".encode(), 0), *rest)


def ole(*streams: str, directory: tuple[int, ...] = (1,)) -> bytes:
    """Make a compound file with streams at its root, its directory in these sectors."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    header[30:32] = (9).to_bytes(2, "little")
    header[48:52] = directory[0].to_bytes(4, "little")
    header[56:60] = (4096).to_bytes(4, "little")
    header[68:76] = struct.pack("<2L", 0xFFFFFFFE, 0)
    header[76:512] = struct.pack("<109L", 0, *[0xFFFFFFFF] * 108)
    fat = [0xFFFFFFFF] * 128
    for sector, following in zip(directory, (*directory[1:], 0xFFFFFFFE), strict=True):
        fat[sector] = following
    entries = [_entry("Root Entry", child=1 if streams else 0xFFFFFFFF)]
    for number, name in enumerate(streams, start=2):
        entries.append(_entry(name, right=number if number <= len(streams) else None))
    body = b"".join(entries).ljust(512 * len(directory), b"\0")
    sectors = [bytes(512)] * (max(directory) + 1)
    sectors[0] = struct.pack("<128L", *fat)
    for place, sector in enumerate(directory):
        sectors[sector] = body[512 * place : 512 * (place + 1)]
    return bytes(header) + b"".join(sectors)


def _entry(name: str, child: int = 0xFFFFFFFF, right: int | None = None) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<3L", 0xFFFFFFFF, right or 0xFFFFFFFF, child)
    entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), 2, 1) + links
    return entry.ljust(128, b"\0")


MAIN = f"{_XML}document.main+xml"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
TEMPLATE = f"{_XML}template.main+xml"
MACRO_TEMPLATE = "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"
MAIL = (
    "Message-ID: <1@example.com>\r\nFrom: a@example.com\r\nTo: b@example.com\r\n\r\nHi"
)
PAGE = 'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="a"\n\n--a\n'
LETTER = (
    "From: Ada Example\nTo: A. Hirer\nDate: 1 May\nSubject: my application\n\nHello"
)
JAPANESE = "履歴書\n名前 アダ エグザンプル\n学歴 東京\n"
PDF_END = b"\nstartxref\n9\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7 ...", kinds.PDF),
        (b"\xef\xbb\xbf%PDF-1.7 ...", kinds.PDF),
        (b"\n\n%PDF-1.7 ...", kinds.PDF),
        (b"\r\n\x00 junk of a scanner %PDF-1.4", kinds.PDF),
        (b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n" + PDF_END, kinds.PDF),
        (b"I have written software that makes %PDF-1.7", kinds.TXT),
        (b"%PDF-1.7\ntrailer <</Encrypt 9 0 R>>" + PDF_END, "password"),
        (b"%PDF-1.7\n9 0 obj <</Type/XRef/Encrypt<</V 5>>>>" + PDF_END, "password"),
        (
            b"%PDF-1.7\nI wrote /Encrypt 9 0 R"
            + bytes(40_000)
            + b"\nstartxref\n99\n%%EOF",
            kinds.PDF,
        ),
        (b"{\\rtf1 Ada}", kinds.RTF),
        (b"\xef\xbb\xbf\r\n\r\n {\\rtf1 Ada}", kinds.RTF),
        (zipped((b"one.pdf", b"%PDF-1.7", 0)), kinds.ZIP),
        (b"MZ\x90\x00\x03", kinds.UNKNOWN),
        (b"", kinds.UNKNOWN),
        (b"\x1a\x1a\0\0", kinds.UNKNOWN),
    ],
)
def test_signatures_at_the_beginning_come_first(
    content: bytes, expected: DocumentKind | str
) -> None:
    """Only what is nothing else is a PDF by what stands within."""
    told = recognise(BytesIO(content))

    if isinstance(expected, str):
        assert told == kinds.PDF.but(DocumentProblem(expected))
    else:
        assert told == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (package(MAIN), kinds.DOCX),
        (package(MAIN, "/word/document2.xml"), kinds.DOCX),
        (package(MAIN, "/Word/Document.XML", entry="word/document.xml"), kinds.DOCX),
        (package(MAIN, target="/word/document.xml"), kinds.DOCX),
        (package(MAIN, target="word%2Fdocument.xml"), kinds.DOCX),
        (package(MAIN, target="word\\document.xml"), kinds.DOCX),
        (package(MAIN, entry="word\\document.xml"), kinds.DOCX),
        (package(MAIN, "/my cv.xml", target="my%20cv.xml"), kinds.DOCX),
        (package(MAIN, "/a/b.x", by_default=True), kinds.DOCX),
        (package(MAIN.upper(), relation=_STRICT), kinds.DOCX),
        (
            package(MAIN, other="word/vbaProject.bin"),
            kinds.DOCX.but(DocumentProblem.MACROS),
        ),
        (package(MACROS), kinds.DOCM),
        (package(TEMPLATE), kinds.DOTX),
        (package(MACRO_TEMPLATE), kinds.DOTM),
        (package(SHEET), kinds.XLSX),
        (package("application/x-unheard-of", "/a.xml"), kinds.ZIP),
        (package(MAIN, entry="word/other.xml"), kinds.UNREADABLE),
        (
            zipped((b"[Content_Types].xml", b"", 0), (b"word/document.xml", b"", 0)),
            kinds.DOCX,
        ),
        (open_document("text"), kinds.ODT),
        (open_document("text-template"), kinds.OTT),
        (open_document("spreadsheet"), kinds.ODS),
        (
            open_document("text", "Basic/script-lc.xml"),
            kinds.ODT.but(DocumentProblem.MACROS),
        ),
        (
            open_document("text", "encrypted-package"),
            kinds.ODT.but(DocumentProblem.PASSWORD),
        ),
        (zipped((b"mimetype", b"application/epub+zip", 0)), kinds.EPUB),
        (zipped((b"virus.exe", b"", 0)), kinds.ZIP),
    ],
)
def test_a_package_is_what_its_main_part_is(
    content: bytes, expected: DocumentKind
) -> None:
    """Whatever its files are called, and whoever wrote them."""
    assert recognise(BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ole("WordDocument"), kinds.DOC),
        (ole("1Table", "Data", "WordDocument", "CompObj", directory=(5, 2)), kinds.DOC),
        (
            ole("A", "B", "C", "D", "E", "F", "G", "WordDocument", directory=(9, 3, 7)),
            kinds.DOC,
        ),
        (ole("WordDocument", "Macros"), kinds.DOC.but(DocumentProblem.MACROS)),
        (ole("Workbook"), kinds.XLS),
        (ole("PowerPoint Document"), kinds.PPT),
        (
            ole("PowerPoint Document", "EncryptedSummary"),
            kinds.PPT.but(DocumentProblem.PASSWORD),
        ),
        (ole("__properties_version1.0", "WordDocument"), kinds.MSG),
        (ole("EncryptedPackage", "EncryptionInfo"), kinds.ENCRYPTED_OFFICE),
        (ole("MatOST"), kinds.WPS),
        (ole("Installer"), kinds.UNKNOWN),
        (ole(), kinds.UNKNOWN),
        (ole("WordDocument")[:700], kinds.UNREADABLE),
    ],
)
def test_a_compound_file_is_read_along_its_tables(
    content: bytes, expected: DocumentKind
) -> None:
    """Its directory may lie in pieces; what lies deeper does not count."""
    assert recognise(BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Ada Exämple\r\n\tCV".encode(), kinds.TXT),
        ("Ada Exämple".encode("latin-1"), kinds.TXT),
        ("Ada Exämple".encode("utf-16"), kinds.TXT),
        ("Ada Exämple\r\n".encode("utf-16-le"), kinds.TXT),
        ("Ada Exämple\r\n".encode("utf-16-be"), kinds.TXT),
        ("Ada Exämple\r\n".encode("utf-32"), kinds.TXT),
        (JAPANESE.encode("utf-16-le"), kinds.TXT),
        (JAPANESE.encode("utf-16-be"), kinds.TXT),
        (JAPANESE.encode("shift_jis"), kinds.TXT),
        (JAPANESE.encode("iso2022_jp"), kinds.TXT),
        ("Резюме\n".encode("koi8-r"), kinds.TXT),
        (b"Ada\x0bExample", kinds.TXT),
        (b"Ada Example\r\n\x1a", kinds.TXT),
        (b"Ada Example\r\n\x1a" + bytes(100), kinds.TXT),
        (b"Ada\x0cExample, a well\x1eread person who writes\x1f " * 20, kinds.TXT),
        (b"<!DOCTYPE html>\n<html>", kinds.HTML),
        (b"\xef\xbb\xbf\n<HTML lang=de>", kinds.HTML),
        (b"<!-- a --><!-- b -->\n<body>", kinds.HTML),
        ("<html><p>Ada".encode("utf-16"), kinds.HTML),
        (
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
            kinds.HTML,
        ),
        (b"<?xml version='1.0'?><cv/>", kinds.XML),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", kinds.SVG),
        (b"<ada@example.com> is my address", kinds.TXT),
        (MAIL.encode(), kinds.EML),
        (f"From ada 1 May\n{MAIL}".encode(), kinds.EML),
        (PAGE.encode(), kinds.MHTML),
        (f"From: <Saved by a browser>\r\n{PAGE}".encode(), kinds.MHTML),
        (LETTER.encode(), kinds.TXT),
        (b"Name: Ada\nAge: 33\nBorn: 1 May", kinds.TXT),
    ],
)
def test_a_text_is_what_it_is_written_in(
    content: bytes, expected: DocumentKind
) -> None:
    """In any encoding that people use; markup is told apart, and flagged."""
    assert recognise(BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xd8\xff\xe0", kinds.JPEG),
        (b"\x89PNG\r\n\x1a\n", kinds.PNG),
        (b"RIFF\0\0\0\0WEBPVP8 ", kinds.WEBP),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", kinds.HEIC),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf", kinds.HEIC),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", kinds.AVIF),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", kinds.HEIF),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", kinds.UNKNOWN),
        (b"BM very short text", kinds.TXT),
        (b"Rar!\x1a\x07\x01\0", kinds.RAR),
    ],
)
def test_an_image_or_an_archive_is_known_by_its_first_bytes(
    content: bytes, expected: DocumentKind
) -> None:
    """They are kept and flagged, as a person can look at them."""
    assert recognise(BytesIO(content)) == expected


_SEEDS = [
    package(MAIN),
    open_document("text"),
    ole("WordDocument", directory=(3, 1)),
    b"%PDF-1.7\ntrailer <</Encrypt 9 0 R>>" + PDF_END,
    MAIL.encode(),
    JAPANESE.encode("utf-16"),
]


@given(
    st.sampled_from(_SEEDS),
    st.integers(0, 2000),
    st.binary(max_size=8),
    st.binary(max_size=50),
)
def test_recognising_a_damaged_document_never_raises(
    seed: bytes, at: int, damage: bytes, tail: bytes
) -> None:
    """A damaged file has no type, or that which it still looks like."""
    content = bytearray(seed)
    content[at : at + len(damage)] = damage

    assert recognise(BytesIO(content + tail)) in set(_known()) | {
        kind.but(problem) for kind in _known() for problem in DocumentProblem
    }


def _known() -> list[DocumentKind]:
    return [one for one in vars(kinds).values() if isinstance(one, DocumentKind)]


@pytest.mark.parametrize("padding", [b"\n", b"\r\n", b"\0", bytes(512), b" ", b"\x1a"])
@pytest.mark.parametrize("comment", [b"", b"made by a program", b"zeros\0\0"])
def test_padding_behind_a_zip_is_no_part_of_it(padding: bytes, comment: bytes) -> None:
    """Programs write a line's end behind what they send, and disks fill blocks."""
    made = zipfile.ZipFile(buffer := BytesIO(), "w")
    with made:
        made.writestr("a.txt", "a")
        made.comment = comment

    assert recognise(BytesIO(buffer.getvalue() + padding)).extension == "zip"


def test_what_follows_a_zip_and_is_no_padding_makes_it_unreadable() -> None:
    """Nor does a record in the padding of another one hide it."""
    with zipfile.ZipFile(buffer := BytesIO(), "w") as made:
        made.writestr("a.txt", "a")
    whole = buffer.getvalue()
    empty = b"PK\5\6" + bytes(18)

    assert recognise(BytesIO(whole + b"more")) == UNREADABLE
    assert recognise(BytesIO(whole + empty)) == UNREADABLE
