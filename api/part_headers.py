"""What the headers of one part of a form say (RFC 7578, section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote_to_bytes

from python_multipart.multipart import parse_options_header


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHeaders:
    """What a part says about itself."""

    name: str
    """Empty where it has none: such a part is odd, but not lost."""
    filename: str | None
    declared_type: str | None
    boundary: bytes | None
    """Of the parts inside, where this part is a container and not a file."""
    size: int

    @classmethod
    def read(cls, headers: Mapping[bytes, bytes]) -> Self:
        """Read the headers of one part; their names are in lower case."""
        disposition = headers.get(b"content-disposition", b"")
        _, options = parse_options_header(disposition)
        filename = _filename(disposition, options)
        declared = headers.get(b"content-type", b"")
        kind, parameters = parse_options_header(declared)
        nested = kind == b"multipart/mixed" and filename is None
        return cls(
            name=_text(options.get(b"name", b"")),
            filename=filename,
            declared_type=_text(declared) or None,
            boundary=parameters.get(b"boundary", b"") if nested else None,
            size=sum(map(len, headers.values())),
        )


def _filename(disposition: bytes, options: Mapping[bytes, bytes]) -> str | None:
    """Prefer ``filename*`` (RFC 8187), which the library skips, to its ASCII twin."""
    if b"*=" in disposition:
        _, extended = parse_options_header(disposition.replace(b"*=", b"-extended="))
        if (value := extended.get(b"filename-extended")) is not None:
            return _text(unquote_to_bytes(value.split(b"'", 2)[-1]))
    plain = options.get(b"filename")
    return None if plain is None else _text(plain)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
