"""A zip is a document by what lies in it, also where programs differ."""

import struct
from io import BytesIO

import pytest

from letterbox.domain.documents import (
    UNREADABLE,
    DocumentKind,
    DocumentProblem,
    kinds,
    recognise,
)
from tests.hostile import zipped
from tests.letterbox.domain.documents.test_recognition import (
    MAIN,
    open_document,
    package,
)

_XML = "application/vnd.openxmlformats-officedocument."
_MICROSOFT = "application/vnd.ms-"


def holding(*names: str) -> bytes:
    """Zip empty files under these names."""
    return zipped(*((name.encode(), b"", 0) for name in names))


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (f"{_XML}spreadsheetml.template.main+xml", kinds.XLTX),
        (f"{_XML}presentationml.presentation.main+xml", kinds.PPTX),
        (f"{_XML}presentationml.slideshow.main+xml", kinds.PPSX),
        (f"{_XML}presentationml.template.main+xml", kinds.POTX),
        (f"{_MICROSOFT}excel.sheet.macroEnabled.main+xml", kinds.XLSM),
        (f"{_MICROSOFT}excel.template.macroEnabled.main+xml", kinds.XLTM),
        (f"{_MICROSOFT}excel.sheet.binary.macroEnabled.main", kinds.XLSB),
        (f"{_MICROSOFT}powerpoint.presentation.macroEnabled.main+xml", kinds.PPTM),
        (f"{_MICROSOFT}powerpoint.slideshow.macroEnabled.main+xml", kinds.PPSM),
        (f"{_MICROSOFT}powerpoint.template.macroEnabled.main+xml", kinds.POTM),
    ],
)
def test_every_kind_of_office_document_is_told(
    content_type: str, expected: DocumentKind
) -> None:
    """Templates, slide shows, binary workbooks; with macros, and flagged, or not."""
    assert recognise(BytesIO(package(content_type, "/a/b.xml"))) == expected


def test_a_page_as_microsoft_prints_it_is_told() -> None:
    """Its main part goes by another relation."""
    part = "FixedDocSeq.fdseq"
    content_type = f"{_MICROSOFT}package.xps-fixeddocumentsequence+xml"
    types = f'<T><Default Extension="fdseq" ContentType="{content_type}"/></T>'
    relation = "http://schemas.microsoft.com/xps/2005/06/fixedrepresentation"
    relations = f'<R><Relationship Type="{relation}" Target="/{part}"/></R>'
    content = zipped(
        (b"[Content_Types].xml", types.encode(), 0),
        (b"_rels/.rels", relations.encode(), 0),
        (part.encode(), b"", 0),
    )

    assert recognise(BytesIO(content)) == kinds.XPS


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (package(MAIN, "/a/b.x", by_default=True, entry="a/b.x"), kinds.DOCX),
        (package(MAIN, "/a/b.c.x", by_default=True), kinds.DOCX),
        (package(MAIN, "/word/document.xml", target="./word/document.xml"), kinds.DOCX),
        (package("text/xml", "/word/document.xml"), kinds.DOCX),
        (package("text/xml", "/xl/workbook.xml"), kinds.XLSX),
        (package("text/xml", "/ppt/presentation.xml"), kinds.PPTX),
        (package("text/xml", other="word/vbaProject.bin.txt"), kinds.DOCX),
    ],
)
def test_a_package_is_read_however_a_program_spells_its_parts(
    content: bytes, expected: DocumentKind
) -> None:
    """By the type, by the ending, by the usual name."""
    assert recognise(BytesIO(content)) == expected


def without_relations(*types: str) -> bytes:
    """Make a package that does not say which part is the main one."""
    listed = "".join(
        f'<Override PartName="/p{number}.xml" ContentType="{name}"/>'
        for number, name in enumerate(types)
    )
    xml = f'<Types xmlns="urn:x">{listed}</Types>'.encode()
    return zipped((b"[Content_Types].xml", xml, 0), (b"p0.xml", b"", 0))


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ((MAIN,), kinds.DOCX),
        ((MAIN, MAIN.upper()), kinds.DOCX),
        ((MAIN, f"{_XML}spreadsheetml.sheet.main+xml"), kinds.ZIP),
        (("text/xml",), kinds.ZIP),
        ((), kinds.ZIP),
        (
            (MAIN, "application/vnd.ms-office.vbaProject"),
            kinds.DOCX.but(DocumentProblem.MACROS),
        ),
    ],
)
def test_without_a_main_part_the_only_type_that_could_be_it_counts(
    types: tuple[str, ...], expected: DocumentKind
) -> None:
    """Two that could be are none; macros are flagged wherever they are listed."""
    assert recognise(BytesIO(without_relations(*types))) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (open_document("spreadsheet-template"), kinds.OTS),
        (open_document("presentation"), kinds.ODP),
        (open_document("presentation-template"), kinds.OTP),
        (open_document("graphics"), kinds.ODG),
        (open_document("text-master"), kinds.ODT),
        (
            open_document("text", "Scripts/python/a.py"),
            kinds.ODT.but(DocumentProblem.MACROS),
        ),
        (open_document("text", "mybasic/a", "Object/scripts/a"), kinds.ODT),
        (
            zipped((b"mimetype", b"application/vnd.sun.xml.writer\n", 0)),
            kinds.SXW,
        ),
        (zipped((b"mimetype", b"application/x-unheard-of", 0)), kinds.ZIP),
        (
            zipped((b"a", b"", 0), (b"mimetype", b"application/epub+zip", 0)),
            kinds.ZIP,
        ),
    ],
)
def test_every_kind_of_open_document_is_told(
    content: bytes, expected: DocumentKind
) -> None:
    """By a type that is the first thing in the file, and one that we know."""
    assert recognise(BytesIO(content)) == expected


def test_an_encrypted_book_is_a_book() -> None:
    """Shops protect books; a CV is none, and flagged as unusual either way."""
    content = zipped((b"mimetype", b"application/epub+zip", 0), (b"scripts/a", b"", 0))

    assert recognise(BytesIO(content)) == kinds.EPUB


def test_a_mimetype_behind_an_extra_field_is_read_where_it_lies() -> None:
    """Some programs write the time of the file there; the format forbids it."""
    body = b"application/vnd.oasis.opendocument.text"
    plain = zipped((b"mimetype", body, 0))
    extra = struct.pack("<2HL", 0x5455, 4, 0)
    head = plain[:28] + struct.pack("<H", len(extra)) + b"mimetype" + extra
    end = bytearray(plain[38:])
    struct.pack_into("<L", end, len(end) - 6, len(head) + len(body))

    assert recognise(BytesIO(head + bytes(end))) == kinds.ODT


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Index/Document.iwa",), kinds.PAGES),
        (("Index.zip", "Metadata/Properties.plist"), kinds.PAGES),
        (("Index.zip",), kinds.ZIP),
        (("Metadata/Properties.plist",), kinds.ZIP),
        (("Index/Document.iwa", "Index/Slide-1.iwa"), kinds.KEYNOTE),
        (("Index/Document.iwa", "Data/Index/Slide-1.iwa"), kinds.PAGES),
        (("index.xml", "buildVersionHistory.plist"), kinds.PAGES),
        (("index.xml",), kinds.ZIP),
        (("buildVersionHistory.plist",), kinds.ZIP),
        (("index.apxl",), kinds.KEYNOTE),
    ],
)
def test_what_apples_programs_write_is_told_by_its_files(
    names: tuple[str, ...], expected: DocumentKind
) -> None:
    """Those of today, and those of before 2013."""
    assert recognise(BytesIO(holding(*names))) == expected


@pytest.mark.parametrize(
    "part", [b"[Content_Types].xml", b"_rels/.rels", b"word/document.xml"]
)
def test_what_is_no_xml_at_all_is_no_package(part: bytes) -> None:
    """Programs are lenient with what follows an element, and not with none."""
    parts = {
        b"[Content_Types].xml": b"<a/>",
        b"_rels/.rels": b"<a/>",
        b"word/document.xml": b"",
    }
    parts[part] = b"no xml"
    content = zipped(*((name, body, 0) for name, body in parts.items()))

    told = recognise(BytesIO(content))

    assert told == (kinds.DOCX if part == b"word/document.xml" else UNREADABLE)
