"""Text without any format, in the encodings that people save it in."""

import codecs
import unicodedata

from letterbox.domain.charsets import BYTE_ORDER_MARKS

# With a blank, since a page and a column end with it in old files.
_ALWAYS = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1B}
# Ends of files and cells, soft and hard hyphens of word processors: here and there.
_SELDOM = {0x07, 0x08, 0x1A, 0x1C, 0x1D, 0x1E, 0x1F}
_MAX_SELDOM = 0.05
_PADDING = b"\x1a\x00"
_WITHOUT_MARK = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_NO_CHARACTER = {"Cn", "Co", "Cs"}
# Latin letters and marks, and blanks: what is in any text, and not by chance.
_COMMON = (range(0x20, 0x7F), range(0xA0, 0x250))
_ENOUGH = 0.5
# Of a Latin text every other byte is zero, and of a Chinese one any.
_MAX_ASCII = 0.75
# Japanese has three, and Latin words among them.
_MAX_SCRIPTS = 4


def as_text(head: bytes, *, is_whole: bool) -> str | None:
    """
    Decode the beginning of a text; None where it is none.

    The encodings with one byte a character are taken for one another: who reads the
    text knows better. ``is_whole`` says that the file ends here.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            text = _decoded(head[len(mark) :], encoding)
            return text if text is not None and _is_readable(text) else None
    # Without what DOS and CP/M wrote behind the end.
    plain = head.rstrip(_PADDING) if is_whole else head
    if _is_bytewise(plain):
        return plain.decode("latin-1")
    return _wide(head, is_whole=is_whole)


def _wide(head: bytes, *, is_whole: bool) -> str | None:
    """Decode what has two or four bytes a character and does not say so."""
    if is_whole and len(head) % 2:
        return None
    ascii_bytes = sum(0x20 <= byte < 0x7F for byte in head)  # noqa: PLR2004
    if ascii_bytes > _MAX_ASCII * len(head):
        return None
    for encoding in _WITHOUT_MARK:
        text = _decoded(head, encoding)
        if text and _is_readable(text) and _is_likely(text):
            return text
    return None


def _is_bytewise(data: bytes) -> bool:
    if not data:
        return False
    controls = [byte for byte in data if byte < 0x20 or byte == 0x7F]  # noqa: PLR2004
    seldom = [byte for byte in controls if byte not in _ALWAYS]
    if not _SELDOM.issuperset(seldom):
        return False
    return len(seldom) <= max(1, _MAX_SELDOM * len(data)) < len(data)


def _decoded(data: bytes, encoding: str) -> str | None:
    """Decode what may be cut off within its last character."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return None


def _is_readable(text: str) -> bool:
    controls = _ALWAYS | _SELDOM | {0}
    return not any(
        unicodedata.category(char) in _NO_CHARACTER
        or (ord(char) < 0x20 and ord(char) not in controls)  # noqa: PLR2004
        for char in text
    )


def _is_likely(text: str) -> bool:
    """Return whether it is text and no numbers: by blanks, letters and scripts."""
    shown = text.rstrip("\x1a\0")
    if not shown or "\0" in shown:
        return False
    common = sum(_is_common(char) for char in shown)
    if common >= _ENOUGH * len(shown):
        return True
    letters = [char for char in shown if char.isalpha()]
    # The names of letters begin with that of their script.
    scripts = {unicodedata.name(char, "?").partition(" ")[0] for char in letters}
    is_of_one_language = len(scripts) <= _MAX_SCRIPTS
    return bool(common) and len(letters) > _ENOUGH * len(shown) and is_of_one_language


def _is_common(char: str) -> bool:
    return char in "\r\n\t" or any(ord(char) in some for some in _COMMON)
