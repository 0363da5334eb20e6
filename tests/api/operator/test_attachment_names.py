"""Under which name a document is saved: the candidate's, made harmless."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.operator.downloads import content_disposition
from letterbox.boards.client.content_disposition import filename_of

NAME = "0" * 64 + ".pdf"


@pytest.mark.parametrize(
    ("filename", "saved"),
    [
        ("cv.pdf", "cv.pdf"),
        ("Lebenslauf Müller.pdf", "Lebenslauf Müller.pdf"),
        ("履歴書.docx", "履歴書.docx"),
        ('my "best" cv; really.pdf', "my _best_ cv; really.pdf"),
        ("100%.pdf", "100%.pdf"),
        ("C:\\Users\\ada\\cv.pdf", "cv.pdf"),
        ("../../etc/passwd", "passwd"),
        ("cv.pdf\r\nSet-Cookie: a=b", "cv.pdfSet-Cookie_ a=b"),
        ("cv\u202efdp.exe", "cvfdp.exe"),
        ("cv\ud800.pdf", "cv.pdf"),
        (".bashrc", "bashrc"),
        ("a" * 500 + ".pdf", "a" * 251 + ".pdf"),
        ("", NAME),
        ("/", NAME),
        ("...", NAME),
        (None, NAME),
    ],
)
def test_a_file_name_is_made_harmless_and_kept_readable(
    filename: str | None, saved: str
) -> None:
    """Any reader of RFC 6266 finds the name, and never a folder."""
    assert filename_of(content_disposition(filename, NAME)) == saved


@given(filename=st.text(st.characters(), max_size=300))
@example("\ud800")
@example("a.\x00/\u2028")
def test_no_file_name_breaks_the_content_disposition_header(filename: str) -> None:
    """The header has two parameters, in ASCII, without control characters."""
    header = content_disposition(filename, NAME)

    saved = filename_of(header) or ""
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
    assert 0 < len(saved.encode()) <= 255
    assert not set(saved) & {"/", "\\"}
    assert not any(unicodedata.category(one)[0] == "C" for one in saved)
