"""The text of a document, by what kind it is; runs in the limited process only."""

import codecs
from collections.abc import Iterable, Iterator

from striprtf.striprtf import rtf_to_text

from letterbox.domain.charsets import BYTE_ORDER_MARKS, decoded
from letterbox.rendering.messages import RenderingTrouble, TroubleError
from letterbox.rendering.packages import texts_in

MAX_CHARACTERS = 1_000_000
_NEVER_TEXT = dict.fromkeys((*range(9), *range(14, 32), 127, 0xFEFF, 0xFFFE, 0xFFFF))
_BREAKS = str.maketrans("\r\v\f", "\n\n\n")
_PARTS_OF_ZEROS = 8
_RTF_CODE_PAGES = ("cp437", "cp850", "cp932", "cp936", "cp949", "cp950", "mac-roman")
_CODE_PAGES = ("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257")
_CHARSETS = ("utf-8", "cp1252", "latin-1", *(name for _, name in BYTE_ORDER_MARKS))


def load_charsets() -> None:
    """Load what is read from files on first use: later no file can be opened."""
    for name in (*_CHARSETS, *_CODE_PAGES, *_RTF_CODE_PAGES):
        codecs.lookup(name)


def texts_of(document: bytes, kind: str) -> Iterator[str]:
    """Yield the text of what is no PDF (TroubleError)."""
    if kind in {"docx", "odt"}:
        yield from texts_in(document, kind)
    elif kind == "rtf":
        yield _rtf(document)
    else:
        yield _plain(document)


def joined(pieces: Iterable[str]) -> tuple[str, bool]:
    """Return the whole text, and whether it was cut at its limit (TroubleError)."""
    kept: list[str] = []
    size = 0
    for piece in pieces:
        clean = piece.translate(_NEVER_TEXT).replace("\r\n", "\n").translate(_BREAKS)
        kept.append(clean)
        size += len(clean)
        if size > MAX_CHARACTERS:
            break
    text = "".join(kept)
    if not text.strip():
        raise TroubleError(RenderingTrouble.NO_TEXT)
    return text[:MAX_CHARACTERS].strip() + "\n", size > MAX_CHARACTERS


def _plain(document: bytes) -> str:
    for mark, charset in BYTE_ORDER_MARKS:
        if document.startswith(mark):
            return document.removeprefix(mark).decode(charset, "replace")
    # Half of what is written in UTF-16, and is no Chinese, is zeros.
    high, low = document[0::2].count(0), document[1::2].count(0)
    if max(high, low) > len(document) // _PARTS_OF_ZEROS:
        charset = "utf-16-be" if high > low else "utf-16-le"
        return document.decode(charset, "replace")
    return decoded(document)[0]


def _rtf(document: bytes) -> str:
    try:
        plain = document.removeprefix(codecs.BOM_UTF8).decode("latin-1")
        text: str = rtf_to_text(plain, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, AttributeError):
        raise TroubleError(RenderingTrouble.BROKEN) from None
    return text
