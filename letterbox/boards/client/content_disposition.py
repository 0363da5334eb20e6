"""The file's name in a ``Content-Disposition`` header (RFC 6266)."""

from email.message import Message
from email.utils import collapse_rfc2231_value

# Plain, or charset, language and what is encoded.
_Value = str | tuple[str | None, str | None, str]

# RFC 8187 asks for the first; the others are in the wild. No other of Python's codecs:
# some of them make text of bytes that no one can write down again.
_CHARSETS = {"utf-8", "iso-8859-1", "us-ascii"}
_HEADER = "content-disposition"
# The library's time grows with the square of it.
_MAX_CHARACTERS = 4096


def filename_of(header: str | None) -> str | None:
    """
    Read the name as it was sent, path and all: it is data and never a path.

    ``filename*`` wins wherever it stands, unless it cannot be decoded. The parsing is
    the standard library's; only the choice between the two is ours, since ``Message``
    takes the poorer one (RFC 6266, section 4.3).
    """
    for value in sorted(_names(header or ""), key=_is_plain):
        if text := _decoded(value):
            return text
    return None


def _names(header: str) -> list[_Value]:
    if len(header) > _MAX_CHARACTERS:
        return []
    message = Message()
    message[_HEADER] = header
    try:
        parameters = message.get_params(failobj=[], header=_HEADER)
    except (TypeError, ValueError):  # From continuations that are numbered madly.
        return []
    return [value for name, value in parameters[1:] if name.lower() == "filename"]


def _is_plain(value: _Value) -> bool:
    return isinstance(value, str)


def _decoded(value: _Value) -> str | None:
    if isinstance(value, tuple) and (value[0] or "").lower() not in _CHARSETS:
        return None
    try:
        return collapse_rfc2231_value(value, errors="strict")
    except UnicodeError:
        return None
