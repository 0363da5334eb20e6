"""Text whose charset a stranger declares, or does not."""

import codecs
import encodings
import pkgutil
from encodings.aliases import aliases

_GUESSES = ("utf-8", "cp1252")
# Never declared by a form, and slow or treacherous with hostile bytes.
NO_CHARSETS = {
    "idna",
    "punycode",
    "raw-unicode-escape",
    "raw_unicode_escape",
    "undefined",
    "unicode-escape",
    "unicode_escape",
    "utf-7",
}
# The longer first: UTF-32 begins as UTF-16 does.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAX_NAME = 40
# Python keeps every name that it was ever asked for, invented ones too.
_NAMES = {module.name for module in pkgutil.iter_modules(encodings.__path__)} | {
    *aliases
}
_ASCII = bytes(range(0x20, 0x7F))


def decoded(raw: bytes, declared: str | None = None) -> tuple[str, str]:
    """
    Decode without loss; return the text, and the charset that turns it back.

    A declared charset is obeyed where it fits. Else it is UTF-8, or what old programs
    send without saying so.
    """
    if declared and (known := _known(declared)):
        try:
            text = raw.decode(known)
            if text.encode(known) == raw:
                return text, known
        except UnicodeError:
            pass
    for charset in _GUESSES:
        try:
            return raw.decode(charset), charset
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "latin-1"


def _known(declared: str) -> str | None:
    """Return Python's name of a charset; None for what is none."""
    if len(declared) > _MAX_NAME or not declared.isascii():
        return None
    name = encodings.normalize_encoding(declared).lower()
    if name not in _NAMES:
        return None
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)
    except (LookupError, ValueError):
        return None
    return None if codec.name in NO_CHARSETS else codec.name


def is_ascii_compatible(declared: str) -> bool:
    """Return whether ASCII is itself in a charset; False where it is none."""
    return (known := _known(declared)) is not None and (
        _ASCII.decode(known, "replace") == _ASCII.decode()
    )
