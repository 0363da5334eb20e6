"""A store that fails when it is told to."""

from typing import BinaryIO

from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.directory import DirectoryStore


class FailingStore(DirectoryStore):
    """Fails for good once it has made so many changes."""

    changes_left = 1_000_000

    def put(self, key: str, body: bytes | BinaryIO, size: int | None = None) -> None:
        """Write, or fail."""
        self._change()
        super().put(key, body, size)

    def delete(self, key: str) -> None:
        """Remove, or fail."""
        self._change()
        super().delete(key)

    def drop(self, key: str) -> None:
        """Remove, or fail."""
        self._change()
        super().drop(key)

    def _change(self) -> None:
        self.changes_left -= 1
        if self.changes_left < 0:
            raise StoreUnavailableError("made to fail")
