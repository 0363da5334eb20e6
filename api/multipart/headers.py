"""The headers of one part of a form (RFC 7578, section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from letterbox.multipart.options import file_name, parsed_options, text_of

# What parsers of forms have made of a field with several files (RFC 2388, section 4.2).
_CONTAINERS = {b"multipart/mixed", b"multipart/form-data", b"multipart/related"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHeaders:
    """What a part's headers declare."""

    name: str
    """Empty where it has none: such a part is odd, but not lost."""
    filename: str | None
    declared_type: str | None
    charset: str | None
    encoding: bytes
    """In which it is transferred, in lower case."""
    boundary: bytes | None
    """
    Of the parts inside, where this part is a container and not a file.

    Empty where it does not say: then its first line does.
    """
    size: int

    @classmethod
    def read(cls, headers: Mapping[bytes, bytes], container: str = "") -> Self:
        """
        Read the headers of one part; their names are in lower case.

        ``container`` is the name of the part that it lies in: what has none of its own
        goes by that.
        """
        disposition = headers.get(b"content-disposition", b"")
        _, options = parsed_options(disposition)
        filename = file_name(disposition, options)
        declared = headers.get(b"content-type", b"")
        kind, parameters = parsed_options(declared)
        encoding = headers.get(b"content-transfer-encoding", b"")
        is_container = kind in _CONTAINERS and filename is None
        return cls(
            name=text_of(options.get(b"name", b"")) or container,
            filename=filename,
            declared_type=text_of(declared) or None,
            charset=text_of(parameters.get(b"charset", b"")) or None,
            encoding=encoding.lower(),
            boundary=parameters.get(b"boundary", b"") if is_container else None,
            size=sum(map(len, headers.values())),
        )
