"""Objects that are written before their keys are known: in memory, then on disk."""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import BinaryIO

from letterbox.domain.drafts import PIECE
from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.disk_errors import translated

# Most CVs are smaller. Of larger ones so much is held until a disk takes it, and many
# may come at once.
_MAX_IN_MEMORY = 208 * 1024 + PIECE

SaveBytes = Callable[[str, bytes], None]
SaveFile = Callable[[str, BinaryIO], None]


class SpooledDraft:
    """
    The ``Draft`` port over memory, and over a file once it grows.

    ``make_file`` opens that file; one of ``save_bytes`` and ``save_file`` puts what
    was written under its key.
    """

    def __init__(
        self,
        *,
        make_file: Callable[[], BinaryIO],
        save_bytes: SaveBytes,
        save_file: SaveFile,
    ) -> None:
        self._file: BinaryIO = BytesIO()
        self.is_on_disk = False
        """Whether it has grown too large for memory."""
        self._is_closed = False
        self._make_file = make_file
        self._save_bytes = save_bytes
        self._save_file = save_file

    @property
    def may_wait(self) -> bool:
        """Whether the next write, of a ``PIECE`` at most, may go to a disk."""
        return self.is_on_disk or self._file.tell() + PIECE > _MAX_IN_MEMORY

    def write(self, data: bytes, /) -> int:
        """Write on, and move to a file before it is too large for memory."""
        if not self.is_on_disk and self._file.tell() + len(data) <= _MAX_IN_MEMORY:
            return self._file.write(data)
        with translated("put"):
            if not self.is_on_disk:
                self._move_to_disk()
            return self._file.write(data)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move the current position; what was written before gets to the disk."""
        if not self.is_on_disk:
            return self._file.seek(offset, whence)
        with translated("put"):
            return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the current position."""
        return self._file.tell()

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        with translated("put"):
            self._file.flush()

    def save(self, key: str) -> None:
        """
        Put it under its key, from its first byte to its last.

        Raises StoreUnavailableError where it was closed: who wrote it was given up, and
        what is there by now may be the whole of what was sent again.
        """
        file, body = self._file, b""
        if self.is_on_disk:
            self.flush()
            self._refuse_if_closed()
            self._save_file(key, file)
            return
        with suppress(ValueError):  # Closed meanwhile.
            file.seek(0)
            body = file.read()
        self._refuse_if_closed()
        self._save_bytes(key, body)

    def close(self) -> None:
        """Let go of memory and file; whoever writes on writes nowhere."""
        self._is_closed = True
        with suppress(OSError):  # A full disk; it is closed all the same.
            self._file.close()
        self._file = BytesIO()

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise StoreUnavailableError("put: it took too long, and was given up")

    def _move_to_disk(self) -> None:
        file = self._make_file()
        self.is_on_disk = True
        position = self._file.tell()
        self._file.seek(0)
        file.write(self._file.read())
        file.seek(position)
        self._file = file
