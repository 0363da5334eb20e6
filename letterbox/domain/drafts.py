"""What is written before it has its place: objects on their way, and submissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

if TYPE_CHECKING:
    from letterbox.domain.submission import Submission


PIECE = 64 * 1024
"""What is written is cut to this, so that ``may_wait`` speaks of the whole of it."""


class Draft(Protocol):
    """
    An object that is written before its key is known; what is not kept leaves nothing.

    Small ones are in memory. Raises StoreUnavailableError where a disk says no.
    """

    @property
    def may_wait(self) -> bool:
        """Whether the next write may have to wait for a disk."""

    def write(self, data: bytes, /) -> int:
        """Write at the current position, like a file."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move the current position, like a file."""

    def tell(self) -> int:
        """Return the current position."""

    def flush(self) -> None:
        """Do what a file does."""

    def save(self, key: str) -> None:
        """Make it durable under a key, over an earlier object; nothing follows."""


class DocumentDraft(Protocol):
    """A document of a submission, while it is written."""

    def write(self, data: bytes) -> object:
        """Take the next bytes."""

    def end(self) -> tuple[str, int]:
        """Mark it as whole; return its SHA-256, in hex, and its size."""


class SubmissionDraft(Protocol):
    """A submission whose documents are written first, one after the other, as read."""

    @property
    def may_wait(self) -> bool:
        """Whether the next write may have to wait for a disk."""

    def begin(self) -> DocumentDraft:
        """Begin a document; the one before it must have ended."""

    def save(self, submission: Submission) -> None:
        """Write the submission behind its documents: now all of it is durable."""


class InboxDocuments(Protocol):
    """The documents that lie in the inbox with their submission."""

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Read a document, unchecked (FileNotFoundError)."""


Contents: TypeAlias = Mapping[str, BinaryIO] | SubmissionDraft
"""What a submission brings: documents by SHA-256, or what they were written into."""
