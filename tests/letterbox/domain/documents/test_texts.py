"""A text is told from numbers, and from what is more than a text."""

from io import BytesIO

import pytest

from letterbox.domain.documents import DocumentKind, DocumentProblem, kinds, recognise

_JAPANESE = "履歴書\n名前 アダ エグザンプル\n学歴 東京\n"
_OF_A_PROGRAM = "Message-ID: <1@example.com>\n"
_FLAT = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_WORD = "http://schemas.microsoft.com/office/word/2003/wordml"
_PACKAGE = "http://schemas.microsoft.com/office/2006/xmlPackage"
_SVG = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{\\rtf1 Ada}", kinds.RTF),
        ("%!PS-Adobe-3.0", kinds.POSTSCRIPT),
        ("I like %!PS", kinds.TXT),
        ("\n \f<p>Ada", kinds.HTML),
        ("\ufeff<p>Ada", kinds.HTML),
        ("<Table\n>", kinds.HTML),
        ("<abc>", kinds.TXT),
        ("<!-- a", kinds.HTML),
        ("<!-- a -->Ada", kinds.TXT),
        ("<!-- a --><!-- b --> <ul>", kinds.HTML),
        ("<!-- a -->" * 20 + "<p>", kinds.HTML),
        ("<!-- a -->" * 20 + "Ada", kinds.TXT),
        ("<!-- a -->" * 21 + "Ada", kinds.HTML),
        ("<?xml version='1.0'?>\n<!-- a -->\n<html>", kinds.HTML),
        ("<?XML version='1.0'?><cv/>", kinds.XML),
        ("<?xml version='1.0'?><!-- a", kinds.XML),
        ("<?xml version='1.0'?><!-- a <HTML> without an end", kinds.HTML),
        ("<Svg width='1'>", kinds.SVG),
        (f"<a:svg xmlns:a='{_SVG}'>", kinds.SVG),
        (f"<?xml version='1.0'?><o:document xmlns:o='{_FLAT}'>", kinds.FODT),
        (f"<?xml version='1.0'?><?a b?><w:doc xmlns:w='{_WORD}'>", kinds.WORD_XML),
        (f"<?xml version='1.0'?><p:package xmlns:p='{_PACKAGE}'>", kinds.WORD_XML),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_markup_is_told_whatever_it_is_encoded_in(
    text: str, expected: DocumentKind, encoding: str
) -> None:
    """By what a browser, or Word, would take it for."""
    assert recognise(BytesIO(text.encode(encoding))) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("From: a\nTo: b\n", kinds.TXT),
        (_OF_A_PROGRAM, kinds.TXT),
        (f"{_OF_A_PROGRAM}Foo: b\n", kinds.TXT),
        ("X-Mailer: a\nFrom: b\n", kinds.EML),
        (f"{_OF_A_PROGRAM}From: a\n", kinds.EML),
        (f"From ada@example.com 1 May\n{_OF_A_PROGRAM}Sender: a\n", kinds.EML),
        (f"{_OF_A_PROGRAM}From here on it is a letter\nFrom: a\n", kinds.TXT),
        (f"{_OF_A_PROGRAM}Subject: a\n long one\n\tof three lines\n", kinds.EML),
        (f"{_OF_A_PROGRAM}no field\nFrom: a\n", kinds.TXT),
        (f"{_OF_A_PROGRAM}\nFrom: a\n", kinds.TXT),
        (f"{_OF_A_PROGRAM}{'x' * 77}: a\nFrom: a\n", kinds.TXT),
        (f"{_OF_A_PROGRAM}{'x' * 76}: a\nFrom: a\n", kinds.EML),
        ("MIME-Version: 1\nContent-Type: Multipart/Related\n", kinds.MHTML),
        ("MIME-Version: 1\nContent-Type: multipart/mixed\n", kinds.EML),
        ("MIME-Version: 1\nSubject: multipart/related\nDate: 1\n", kinds.EML),
        ("MIME-Version: 1\nContent-Type: multipart/related\nTo: a\n", kinds.EML),
        ("Received: b\nContent-Type: multipart/related\n", kinds.EML),
        (
            "MIME-Version: 1\nContent-Type: multipart/related\nDelivered-To: a\n",
            kinds.EML,
        ),
        (f"{_OF_A_PROGRAM}From: a\n" + "x:\n" * 198, kinds.EML),
        (
            f"{_OF_A_PROGRAM}From: a\n" + "x:\n" * 199,
            kinds.EML.but(DocumentProblem.UNREADABLE),
        ),
    ],
)
def test_a_mail_is_told_by_fields_that_only_programs_write(
    header: str, expected: DocumentKind
) -> None:
    """A letter may have From, To and Date; a saved page is from nobody to nobody."""
    assert recognise(BytesIO(f"{header}\nHello".encode())) == expected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        "Ada",
        "Ada\x1a\0",
        "Резюме: Ада Пример, учитель",
        "\u202eAda Example\n",
        _JAPANESE,
        "Ärzte und Köche",
        "履歴 ひらがな カタカナ CV\n",
    ],
)
def test_a_text_of_two_bytes_a_character_is_told_without_a_mark(
    text: str, encoding: str
) -> None:
    """Its first character says what its bytes are; not every program writes it."""
    assert recognise(BytesIO(text.encode(encoding))) == kinds.TXT


@pytest.mark.parametrize(
    "content",
    [
        b"\0\0\0\0",
        b"\0\x1a\0\x1a",
        b"\x03\0\x04\0\x05\0\x06\0",
        "Ada\0Example".encode("utf-16-le"),
        "Ada\x03".encode("utf-16-le"),
        "Ada\ufffe".encode("utf-16-le"),
        "Ada\ue123".encode("utf-16-le"),
        "Ada ".encode("utf-16-le") + b"\0",
        "1 אλжกあ漢한".encode("utf-16-le"),
        "1 אλжกあ漢한𐎀".encode("utf-16-be"),
        "七丅七".encode("utf-16-le"),
        "→→→→ →→→→".encode("utf-16-le"),
        b"\xff\xfe\0\xd8\x41\0",
        b"\xef\xbb\xbf\xff\xff",
        b"\xff\xfe\x01\0",
    ],
)
def test_numbers_and_rubbish_are_no_text(content: bytes) -> None:
    """Any two bytes are a character; a text has blanks, letters and one language."""
    assert recognise(BytesIO(content)) == kinds.UNKNOWN


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x07", kinds.UNKNOWN),
        (b"Ada\x07", kinds.TXT),
        (b"Ada\x07\x08", kinds.UNKNOWN),
        (b"Ada Example\x01", kinds.UNKNOWN),
        (b"Ada\x7f", kinds.UNKNOWN),
        (b"Ada\0\0", kinds.TXT),
        (b"Ada\0b", kinds.UNKNOWN),
        (b"a\x1f" + b"a" * 38, kinds.TXT),
        ((b"a\x1f" * 2 + b"a" * 36) * 2, kinds.TXT),
        ((b"a\x1f" * 3 + b"a" * 34) * 2, kinds.UNKNOWN),
        (b"Ada\0" + b"a" * 5000, kinds.UNKNOWN),
        (b"a" * 4095 + b"\0" + b"a", kinds.UNKNOWN),
        ("ä".encode() * 2000 + b"a" + "ä".encode() * 200, kinds.TXT),
        (b"\xff\xfe" + "ä".encode("utf-16-le") * 3000, kinds.TXT),
        (b"\xef\xbb\xbf" + "漢".encode() * 3000, kinds.TXT),
    ],
)
def test_a_text_may_hold_a_few_marks_of_word_processors_and_no_others(
    content: bytes, expected: DocumentKind
) -> None:
    """Cells, pages and soft hyphens; one in twenty at most."""
    assert recognise(BytesIO(content)) == expected
