"""What a file that a stranger named may be called on anybody's disk. Pure."""

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header
from urllib.parse import unquote_to_bytes

_MAX_BYTES = 255
"""Of a name on most file systems."""
_MAX_CHARACTERS = 4096
_MAX_ENDING = 20
_WORD = re.compile(r"=\?[\w.-]{1,40}\?[bqBQ]\?")
_EXTENDED = re.compile(r"([A-Za-z][\w.-]{1,39})'[\w-]{0,40}'(.+)", re.DOTALL)
# Control and format characters, among them those that turn the direction of writing.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Windows' rules are the strictest:
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_DEVICES = {
    *("con", "prn", "aux", "nul", "conin$", "conout$"),
    *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"),
}


def safe_file_name(raw_name: str | None) -> str | None:
    """
    Return a file's name without folders, decoded and safe to save; None for nothing.

    At most 255 bytes of UTF-8, cut before its ending, which tells people what it is.
    """
    decoded = _decoded((raw_name or "")[:_MAX_CHARACTERS])
    last = decoded.replace("\\", "/").rpartition("/")[2]
    composed = unicodedata.normalize("NFC", last)
    shown = (char for char in composed if unicodedata.category(char) not in _INVISIBLE)
    name = "".join(shown).translate(_FORBIDDEN).strip(" .")
    if name.partition(".")[0].rstrip().casefold() in _DEVICES:
        name = f"_{name}"
    return _shortened(name) or None


def _decoded(name: str) -> str:
    """Read what mail programs make of a name: RFC 2047, or the value of RFC 2231."""
    try:
        if _WORD.search(name):
            return _joined(name)
        if "%" in name and (extended := _EXTENDED.fullmatch(name)):
            return unquote_to_bytes(extended[2]).decode(extended[1])
    except (HeaderParseError, LookupError, ValueError):
        pass  # It only looks like it.
    return name


def _joined(name: str) -> str:
    """Decode words together: a character may begin in one and end in the next."""
    text, waiting, charset = "", b"", None
    for part, of in decode_header(name):
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        if of != charset:
            text += waiting.decode(charset or "utf-8")
            waiting, charset = b"", of
        waiting += raw
    return text + waiting.decode(charset or "utf-8")


def _shortened(name: str) -> str:
    if len(name.encode()) <= _MAX_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > _MAX_ENDING:
        stem, dot, ending = name, "", ""
    rest = dot + ending
    left = _MAX_BYTES - len(rest.encode())
    return stem.encode()[:left].decode(errors="ignore").rstrip(" .") + rest
