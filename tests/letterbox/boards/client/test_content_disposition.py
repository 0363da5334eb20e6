"""The header is a stranger's: whatever it says is read, or is nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.boards.client.content_disposition import filename_of

ODD = st.text("filename*=019;'\"%\\ UTF-8é")
LATIN = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('attachment; filename="cv.pdf"', "cv.pdf"),
        ("attachment; filename=cv.pdf", "cv.pdf"),
        ('inline; FILENAME= "an example.html"', "an example.html"),
        ("attachment;filename=\"x\"; filename*=utf-8''%e2%82%ac%20x", "€ x"),
        ("attachment; filename*=UTF-8''%e2%82%ac; filename=\"EUR\"", "€"),
        ("attachment; filename*=UTF-8'en'a%2Fb.pdf", "a/b.pdf"),
        ("attachment; filename*=iso-8859-1''r%E9sum%E9.pdf", "résumé.pdf"),
        ('attachment; filename="résumé 履歴書.pdf"', "résumé 履歴書.pdf"),
        (r'attachment; filename="the \"last\" one.pdf"', 'the "last" one.pdf'),
        (r'attachment; filename="back\\slash.pdf"', "back\\slash.pdf"),
        (r'attachment; filename="C:\Users\me\cv.pdf"', r"C:\Users\me\cv.pdf"),
        ('attachment; filename="../../etc/passwd"', "../../etc/passwd"),
        ('attachment; filename="a; b.pdf"; size=1', "a; b.pdf"),
        ("attachment; filename=O'Brien.pdf", "O'Brien.pdf"),
        ('attachment; filename="50%25.pdf"', "50%25.pdf"),
        ('attachment; filename="a.pdf"; filename="b.pdf"', "a.pdf"),
        ("attachment; filename=ok.pdf; filename*=UTF-8''%ff.pdf", "ok.pdf"),
        ("attachment; filename=ok.pdf; filename*=utf-16''%00%d8", "ok.pdf"),
        ("attachment; filename*=unicode_escape''%5Cud800", None),
        ('attachment; filename=""', None),
        ("attachment", None),
        ("", None),
        (None, None),
        (";;=;*=''", None),
        ("attachment; filename*=utf-8''a; filename*0=b", None),
        (f"attachment; filename*{'1' * 5000}=a", None),
        (f'attachment; filename=a; size="{";" * 60_000}', None),
    ],
)
def test_the_name_of_a_file(header: str | None, expected: str | None) -> None:
    """As RFC 6266 has it; what is odd is kept, and what cannot be read is left out."""
    assert filename_of(header) == expected


@given(st.one_of(LATIN, ODD.map(lambda text: f"attachment; filename{text}")))
def test_any_header_is_read_or_is_nothing(header: str) -> None:
    """And what was read can be written down."""
    assert (filename_of(header) or "").encode() is not None
