"""Text whose charset a stranger declares, or does not."""

import codecs

_GUESSES = ("utf-8", "cp1252")
# Never declared by a form, and slow or treacherous with hostile bytes.
_NO_CHARSETS = {
    "idna",
    "punycode",
    "raw-unicode-escape",
    "raw_unicode_escape",
    "undefined",
    "unicode-escape",
    "unicode_escape",
    "utf-7",
}
_MAX_NAME = 40


def decoded(raw: bytes, declared: str | None = None) -> tuple[str, str]:
    """
    Decode without loss; give the text, and the charset that turns it back.

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
    """Give Python's name of a charset; None for what is none."""
    if len(declared) > _MAX_NAME or not declared.isascii() or "\0" in declared:
        return None
    try:
        found = codecs.lookup(declared.strip())
        "".encode(found.name)
    except (LookupError, ValueError):
        return None
    return None if found.name in _NO_CHARSETS else found.name
