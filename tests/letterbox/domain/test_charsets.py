"""Text is decoded as it was declared, or as old programs send it."""

import pytest

from letterbox.domain.charsets import decoded, is_ascii_compatible


@pytest.mark.parametrize(
    ("raw", "declared", "text", "charset"),
    [
        ("Äda".encode(), None, "Äda", "utf-8"),
        ("Äda".encode(), "UTF-8", "Äda", "utf-8"),
        ("Äda€".encode("cp1252"), None, "Äda€", "cp1252"),
        (b"\x81\xc4", None, "\x81Ä", "latin-1"),
        ("Ада".encode("koi8-r"), "KOI8-R", "Ада", "koi8-r"),
        ("履歴書".encode("shift_jis"), "Shift_JIS", "履歴書", "shift_jis"),
        ("Äda".encode(), "us-ascii", "Äda", "utf-8"),
        (b"Ada", "x-unheard-of", "Ada", "utf-8"),
        (b"Ada", "", "Ada", "utf-8"),
        (b"+AMQ-da", "utf-7", "+AMQ-da", "utf-8"),
        (b"\\u00c4da", "unicode-escape", "\\u00c4da", "utf-8"),
        (b"xn--da-via", "idna", "xn--da-via", "utf-8"),
        (b"Ada", "hex", "Ada", "utf-8"),
        (b"Ada", "ütf-8", "Ada", "utf-8"),
        (b"Ada", "u" * 41, "Ada", "utf-8"),
        (b"\xff\xfeA\0", "utf-16", "A", "utf-16"),
    ],
)
def test_a_declared_charset_is_obeyed_where_it_fits(
    raw: bytes, declared: str | None, text: str, charset: str
) -> None:
    """Never one that has no place in a form; nothing is lost, whatever it is."""
    assert decoded(raw, declared) == (text, charset)
    assert text.encode(charset) == raw


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("utf-8", True),
        ("ISO-8859-1", True),
        ("shift_jis", True),
        ("utf-16", False),
        ("cp500", False),
        ("utf-7", False),
        ("x-unheard-of", False),
    ],
)
def test_a_charset_is_ascii_compatible_where_ascii_stays_what_it_is(
    declared: str, *, expected: bool
) -> None:
    """Names of fields are looked for in ASCII."""
    assert is_ascii_compatible(declared) is expected
