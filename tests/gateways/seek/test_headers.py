"""Headers are a stranger's: whatever they say is read, or is nothing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.content_disposition import filename_of
from gateways.seek_http import wait_asked

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


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 120 ", 120),
        ("0", 0),
        ("9" * 5000, 86400),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("Mon, 01 Jan 2024 00:00:00", 0),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
    ],
)
def test_how_long_to_wait(header: str, seconds: int | None) -> None:
    """Seconds or a date, never negative and never longer than a day."""
    expected = None if seconds is None else timedelta(seconds=seconds)

    assert wait_asked(httpx.Headers({b"Retry-After": header.encode()})) == expected


def test_a_moment_is_a_wait() -> None:
    """Counted from now."""
    moment = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    wait = wait_asked(httpx.Headers({"Retry-After": moment}))

    assert wait is not None
    assert timedelta(minutes=4) < wait <= timedelta(minutes=5)


@given(LATIN)
def test_any_wait_is_read_or_is_nothing(header: str) -> None:
    """A board cannot trip us by asking us to wait."""
    wait = wait_asked(httpx.Headers({b"Retry-After": header.encode("latin-1")}))

    assert wait is None or timedelta() <= wait <= timedelta(days=1)
