"""A form: the application as one part of JSON, and its files as the others."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import BinaryIO

from letterbox.domain.errors import MalformedError, TooLargeError
from letterbox.multipart.options import file_name, parsed_options, text_of
from letterbox.multipart.parser import MultipartReader
from letterbox.multipart.transfer_encodings import Sink, decoding
from letterbox.streams import chunks_of, open_spool

APPLICATION = "application"
MEDIA_TYPE = "multipart/form-data"
# Each is in memory for as long as it is small, and together they are few.
_IN_MEMORY = 16 * 1024
_MAX_PARTS = 101


class FormPart:
    """One part: what its headers declare, and its content as a file."""

    def __init__(self, headers: Mapping[bytes, bytes], file: BinaryIO) -> None:
        disposition = headers.get(b"content-disposition", b"")
        _, options = parsed_options(disposition)
        self.name = text_of(options.get(b"name", b""))
        self.filename = file_name(disposition, options)
        self.declared_type = text_of(headers.get(b"content-type", b"")) or None
        self.file = file
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes of the content."""
        self.size += self.file.write(data)

    def finalize(self) -> None:
        """Mark it as whole: its content is read from the beginning."""
        self.file.seek(0)

    def chunks(self) -> Iterator[bytes]:
        """Read the content."""
        return chunks_of(self.file)


def read_form(body: BinaryIO, content_type: str, closing: ExitStack) -> list[FormPart]:
    """
    Take a form apart; ``closing`` closes its parts. Blocking.

    Raises MalformedError for what is none, TooLargeError for more than a hundred parts.
    """
    _, options = parsed_options(content_type.encode("latin-1", "replace"))
    parts: list[FormPart] = []

    def open_part(headers: Mapping[bytes, bytes]) -> Sink:
        if len(parts) == _MAX_PARTS:
            raise TooLargeError("the form has too many parts")
        file = closing.enter_context(open_spool(_IN_MEMORY))
        parts.append(FormPart(headers, file))
        encoding = headers.get(b"content-transfer-encoding", b"").strip().lower()
        return decoding(parts[-1], encoding, closing)

    reader = MultipartReader(options.get(b"boundary", b""), open_part)
    body.seek(0)
    for chunk in chunks_of(body):
        reader.write(chunk)
    reader.finalize()
    return parts


def application_of(parts: list[FormPart]) -> FormPart:
    """Return the part that is the application (MalformedError)."""
    # A second one would be kept as a document, with all that is to be kept apart.
    found = [part for part in parts if part.name == APPLICATION]
    if len(found) == 1:
        return found[0]
    raise MalformedError(
        f"a form needs exactly one part named {APPLICATION}, in JSON; this one has "
        f"{len(found)}",
        field=APPLICATION,
    )
