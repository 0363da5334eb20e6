"""Headers' values and their parameters, file names among them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from urllib.parse import unquote_to_bytes

from python_multipart.multipart import parse_options_header

from letterbox.domain.charsets import decoded
from letterbox.domain.errors import TooLargeError

# To take a value apart costs more than to read it. A name of 255 characters, each of
# them an entity with its semicolon, stays far below both.
_MAX_VALUE_BYTES = 16 * 1024
_MAX_SEMICOLONS = 1024
# So begins nearly each part that is no file: read at once, it is half of a part's time.
_PLAIN = re.compile(rb'form-data; name="([A-Za-z0-9_.\-\[\]]{1,100})"')


def parsed_options(value: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Take a header's value apart, one of bearable length (TooLargeError)."""
    if plain := _PLAIN.fullmatch(value):
        return b"form-data", {b"name": plain[1]}
    if len(value) > _MAX_VALUE_BYTES or value.count(b";") > _MAX_SEMICOLONS:
        raise TooLargeError("a header of a part is too large")
    return parse_options_header(value)


def file_name(disposition: bytes, options: Mapping[bytes, bytes]) -> str | None:
    """Prefer ``filename*`` (RFC 8187, or in pieces RFC 2231) to its ASCII twin."""
    if b"*" in disposition:
        starred = _starred(disposition)
        if (value := starred.get(b"filename*")) is not None:
            return _extended([(value, True)])
        if pieces := list(_pieces(starred)):
            return _extended(pieces)
    plain = options.get(b"filename")
    return None if plain is None else text_of(plain)


def _pieces(starred: Mapping[bytes, bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield the pieces of a value in order, each with whether it is encoded."""
    for number in count():
        name = b"filename*%d" % number
        if (encoded := starred.get(name + b"*")) is not None:
            yield encoded, True
        elif (plain := starred.get(name)) is not None:
            yield plain, False
        else:
            return


def _extended(pieces: Sequence[tuple[bytes, bool]]) -> str:
    """Put a value together; its first piece begins with charset and language."""
    value, is_encoded = pieces[0]
    charset = b""
    if is_encoded and value.count(b"'") > 1:
        charset, _, value = value.split(b"'", 2)
    raw = b"".join(
        unquote_to_bytes(piece) if encoded else piece
        for piece, encoded in [(value, is_encoded), *pieces[1:]]
    )
    if charset:
        return decoded(raw, text_of(charset))[0]
    return text_of(raw)


def _starred(disposition: bytes) -> dict[bytes, bytes]:
    """Read the options that the library skips for the asterisk in their names."""
    _, options = parsed_options(disposition.replace(b"*", b"\0"))
    return {
        name.replace(b"\0", b"*").strip(): value.replace(b"\0", b"*")
        for name, value in options.items()
        if b"\0" in name
    }


def text_of(raw: bytes) -> str:
    """Decode a header's value, whose charset is not declared."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
