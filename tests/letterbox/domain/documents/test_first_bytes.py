"""Kinds that a file's first bytes name, and those that only look like it."""

from io import BytesIO

import pytest

from letterbox.domain.documents import DocumentKind, DocumentProblem, kinds, recognise

_PDF_END = b"\nstartxref\n9\n%%EOF\n"
_ENCRYPTED = b"trailer <</Encrypt 9 0 R>>"


def brands(size: int, major: bytes, *others: bytes) -> bytes:
    """Make the first box of an ISO media file."""
    return size.to_bytes(4, "big") + b"ftyp" + major + bytes(4) + b"".join(others)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (bytes(257) + b"ustar\x0000", kinds.TAR),
        (bytes(256) + b"ustar\x0000", kinds.UNKNOWN),
        (b"RIFF\0\0\0\0WAVEfmt ", kinds.UNKNOWN),
        (b"LIST\0\0\0\0WEBPVP8 ", kinds.UNKNOWN),
        (b"BM" + bytes(12) + b"\x28\0\0\0", kinds.BMP),
        (b"BM" + bytes(12) + b"\x29\0\0\0", kinds.UNKNOWN),
        (b"BM" + bytes(12) + b"\x28\0\0\x01", kinds.UNKNOWN),
        (b"MB" + bytes(12) + b"\x28\0\0\0", kinds.UNKNOWN),
        (brands(24, b"heix", b"mif1", b"avif"), kinds.HEIC),
        (brands(28, b"mif1", b"miaf", b"mif1", b"avis"), kinds.AVIF),
        (brands(20, b"msf1", b"mif1"), kinds.HEIF),
        (brands(20, b"mif1", b"mif1", b"heic"), kinds.HEIF),
        (brands(20, b"isom", b"heic"), kinds.UNKNOWN),
        (brands(2**31, b"mif1", *[b"miaf"] * 31, b"heic"), kinds.HEIC),
        (brands(2**31, b"mif1", *[b"miaf"] * 32, b"heic"), kinds.HEIF),
        (b"\0\0\0\x18moovheic\0\0\0\0", kinds.UNKNOWN),
    ],
)
def test_an_image_or_an_archive_is_told_where_its_format_says_so(
    content: bytes, expected: DocumentKind
) -> None:
    """A mark somewhere else is none."""
    assert recognise(BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (bytes(1019) + b"%PDF-" + _PDF_END, kinds.PDF),
        (b"\x05" * 1020 + b"%PDF-" + _PDF_END, kinds.UNKNOWN),
        (b"a" * 1019 + b"%PDF-", kinds.TXT),
        (b"a" * 1019 + b"%PDF-" + b"a" * 2000 + _PDF_END, kinds.PDF),
        (b"a" * 1019 + b"%PDF-" + _PDF_END + b"a" * 2048, kinds.TXT),
        (b"\x01%PDF-1.7", kinds.PDF),
    ],
)
def test_a_late_header_is_one_within_the_first_kilobyte(
    content: bytes, expected: DocumentKind
) -> None:
    """A text that speaks of PDF does not end as one."""
    assert recognise(BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"%PDF-1.7\n" + _ENCRYPTED, DocumentProblem.PASSWORD),
        (b"%PDF-1.7\n" + _ENCRYPTED + b" " * 32_742, DocumentProblem.PASSWORD),
        (b"%PDF-1.7\n" + _ENCRYPTED + b" " * 32_743, None),
        (b"%PDF-1.7\n/Encrypt 9 0 R\ntrailer <<>>", None),
        (b"%PDF-1.7\n" + _ENCRYPTED + b"trailer <<>>", None),
        (b"%PDF-1.7\ntrailer <</Encrypted 9 0 R>>", None),
        (
            b"%PDF-1.7\n/Encrypt 9 0 R" + b" " * 33_000 + b"\nstartxref\n9\n%%EOF",
            DocumentProblem.PASSWORD,
        ),
        (
            b"%PDF-1.7\n/Encrypt 9 0 R"
            + b" " * 33_000
            + b"\nstartxref\n9\n%%EOF\nstartxref\n500\n%%EOF",
            None,
        ),
        (b"%PDF-1.7\n" + b"%%EOF\n" * 100, None),
        (b"%PDF-1.7\n" + b"%%EOF\n" * 101, DocumentProblem.UNREADABLE),
        (b"%PDF-1.7\n" + b"/Prev 1\n" * 101, DocumentProblem.UNREADABLE),
    ],
)
def test_the_last_trailer_of_a_pdf_says_whether_it_wants_a_password(
    content: bytes, problem: DocumentProblem | None
) -> None:
    """Where it lies at the end, or where the end says; more than a hundred are odd."""
    expected = kinds.PDF.but(problem) if problem else kinds.PDF

    assert recognise(BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{\\rtf1", None),
        (b"{\\rtf1 " + b"{" * 999, None),
        (b"{\\rtf1 " + b"{" * 1000, DocumentProblem.UNREADABLE),
        (b"{\\rtf1 " + b"\\\\{" * 1000, DocumentProblem.UNREADABLE),
        (b"{\\rtf1 " + b"\\{" * 1000, None),
        (b"{\\rtf1 " + b"{}" * 1000, None),
    ],
)
def test_an_rtf_is_odd_beyond_a_thousand_groups_in_each_other(
    content: bytes, problem: DocumentProblem | None
) -> None:
    """Braces of the text itself are escaped, and no groups."""
    expected = kinds.RTF.but(problem) if problem else kinds.RTF

    assert recognise(BytesIO(content)) == expected
