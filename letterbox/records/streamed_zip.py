"""A zip that is sent while it is written: whoever writes yields what can be sent."""

import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(slots=True)
class ZippedFile:
    """A file of the zip, as its index has it."""

    path: str
    size: int
    sha256: str


class StreamedZip:
    """Writes files into a zip; one that is not ended cannot be opened."""

    def __init__(self, made_at: datetime) -> None:
        self._sink = _Sink()
        self._packing = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]
        self._date = made_at.timetuple()[:6]

    def file(
        self,
        files: list[ZippedFile],
        path: str,
        content: AbstractContextManager[Iterator[bytes]],
    ) -> Iterator[bytes]:
        """Write an object (FileNotFoundError before anything is), and list it."""
        with content as chunks:
            digest, size = sha256(), 0
            info = zipfile.ZipInfo(path, self._date)
            info.compress_type = zipfile.ZIP_DEFLATED
            with self._packing.open(info, "w", force_zip64=True) as member:
                for chunk in chunks:
                    digest.update(chunk)
                    size += member.write(chunk)
                    yield self._sink.take()
        files.append(ZippedFile(path, size, digest.hexdigest()))

    def listed(self, files: list[ZippedFile], path: str, text: str) -> Iterator[bytes]:
        """Write a text, and list it."""
        body = text.encode()
        files.append(ZippedFile(path, len(body), sha256(body).hexdigest()))
        yield from self.text(path, text)

    def text(self, path: str, text: str) -> Iterator[bytes]:
        """Write a text."""
        self._packing.writestr(
            zipfile.ZipInfo(path, self._date), text.encode(), zipfile.ZIP_DEFLATED
        )
        yield self._sink.take()

    def end(self) -> bytes:
        """Return its end."""
        self._packing.close()
        return self._sink.take()


class _Sink:
    """What a zip is written into, and taken out of again piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: zipfile wants it."""

    def take(self) -> bytes:
        """Return what was written, once."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
