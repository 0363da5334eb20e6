"""
What the core needs from the outside, in as few verbs as possible.

A port is for what several modules ask, or what is more than a call. All block: call
them from a thread. Every verb may be repeated, and raises StoreUnavailableError where
the store is away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

# Who opens a store does not build the models of all that lies in it: `up`, for one.
if TYPE_CHECKING:
    from letterbox.domain.application import Application, Stage, Tombstone
    from letterbox.domain.drafts import Contents, Draft, InboxDocuments, SubmissionDraft
    from letterbox.domain.submission import Submission


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of a listing; ``modified`` is the store's own clock, in UTC."""

    key: str
    size: int
    modified: datetime


class ObjectStore(Protocol):
    """
    Objects under keys.

    An object is there whole or not at all, and once ``put`` has returned it survives
    the loss of power. An absent object is the builtin ``FileNotFoundError``; else what
    goes wrong is ``StoreUnavailableError``. A key is parts joined by ``/``; none is
    empty, ``.`` or ``..`` (``ValueError``).
    """

    def put(self, key: str, body: bytes | BinaryIO, size: int | None = None) -> None:
        """Write an object whole, over an earlier one; ``size`` goes with a file."""

    def get(self, key: str) -> bytes:
        """Read a small object whole."""

    def get_start(self, key: str, size: int) -> bytes:
        """Read the first bytes of an object of any size, and no more of it."""

    def get_end(self, key: str, size: int) -> tuple[bytes, int]:
        """Read the last bytes of an object, and how large all of it is."""

    def draft(self) -> AbstractContextManager[Draft]:
        """Begin an object whose key is known at its end."""

    def get_version(self, key: str) -> tuple[bytes, str]:
        """Read a small object whole, with an opaque name of this state of it."""

    def replace(self, key: str, body: bytes, version: str | None) -> bool:
        """
        Write an object if its version is still this one; None: if there is none.

        False where it was changed meanwhile or the answer was lost: read it again.
        """

    def open(self, key: str) -> AbstractContextManager[Iterator[bytes]]:
        """Read an object of any size in chunks."""

    def stat(self, key: str) -> StoredObject:
        """Describe an object without reading it."""

    def delete(self, key: str) -> None:
        """Remove an object; an absent one is removed already."""

    def drop(self, key: str) -> None:
        """Remove an object that a loss of power may bring back without harm."""

    def together(self, folder: str) -> AbstractContextManager[None]:
        """Put objects below a folder: durable at the end of the block, not before."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Walk the objects whose key begins with ``prefix``, by key, lazily."""

    def strays(self) -> Counter[str]:
        """Count what no list shows, by the first part of its name. Slow."""

    def remove_below(self, folder: str) -> None:
        """Remove all below a folder (a key and a slash), whatever it is called."""

    def remove_unfinished(self, key: str) -> None:
        """Remove what cut-short puts left below the first two parts of a key."""

    def prepare(self) -> None:
        """Make the bucket or the folder; harmless to repeat."""

    def check(self) -> None:
        """Check that the store takes an object and gives it back."""


@runtime_checkable
class Expiry(Protocol):
    """A store that removes objects by itself, once they are old: S3 alone."""

    def let_expire(self, key: str) -> None:
        """Leave an object to the store's own expiry; harmless where it is absent."""

    def retain(self, key: str) -> None:
        """Except an object from the store's own expiry, as it is when put."""


class Applications(Protocol):
    """What the store has of applications."""

    def accept(self, submission: Submission, contents: Contents) -> None:
        """Make a submission and its documents durable, as one object."""

    def draft(self) -> AbstractContextManager[SubmissionDraft]:
        """Begin with the documents of a submission; what is not kept leaves nothing."""

    def inbox_documents(
        self, submission: Submission
    ) -> AbstractContextManager[InboxDocuments]:
        """Read the documents that lie in the inbox with a submission, if any do."""

    def with_stored_names(self, submission: Submission) -> Submission:
        """Name documents as those that are stored are named."""

    def submissions(self, application_id: str) -> Iterator[Submission]:
        """Read the inbox of one application, one at a time, the oldest first."""

    def has_submission(self, application_id: str, fingerprint: str) -> bool:
        """Return whether this very submission was accepted before."""

    def find(self, application_id: str) -> Application | None:
        """Read the canonical record (DamagedError)."""

    def ended(self, application_id: str) -> Stage | None:
        """Return how it ended: erased, discarded, or archived without an open copy."""

    def is_archive_damaged(self, application_id: str) -> bool:
        """Return whether anything in its archive cannot be read, to its last byte."""

    def tombstone(self, application_id: str) -> Tombstone | None:
        """Read when and why it was removed; an unreadable tombstone counts too."""

    def together(self, application_id: str) -> AbstractContextManager[None]:
        """
        Write what an application has: durable at the end of the block.

        EndedError there, and nothing stays, where it has been removed meanwhile.
        """

    def view(self, application_id: str, number: int) -> Submission:
        """Read what the board said, as it was (FileNotFoundError, DamagedError)."""

    def save_view(self, submission: Submission, number: int) -> Submission:
        """
        Write what the board said under a number of its own (EndedError).

        Return it as it is read from now on.
        """

    def demographics(self, application_id: str, number: int) -> object:
        """Read what was kept apart of a view; None where there is none."""

    def view_numbers(self, application_id: str) -> Sequence[int]:
        """List the numbers of the sources in the open copy, readable or not."""

    def update(
        self, application: Application, before: Application | None = None
    ) -> None:
        """
        Write the record, if it is still as ``before``; None: if there is none.

        ``take_back_if_ended`` comes next. StoreUnavailableError: changed meanwhile,
        EndedError: the application has ended.
        """

    def take_back_if_ended(self, application_id: str) -> None:
        """Remove a record just written of one that has ended meanwhile (EndedError)."""

    def clear(self, submission: Submission) -> None:
        """Take a submission out of the inbox, unless a later one has its place."""

    def clear_repeat(self, submission: Submission) -> None:
        """Take a repeat out of the inbox, and what it brought that is infected."""

    def discard(self, submission: Submission) -> None:
        """Remove a submission and its documents."""

    def open_document(
        self, application_id: str, name: str
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Read a document in chunks (FileNotFoundError)."""

    def put_document(
        self,
        application_id: str,
        name: str,
        body: bytes | BinaryIO,
        size: int | None = None,
    ) -> None:
        """Write a document named by its content (EndedError); ``size`` of a file."""

    def looking(self, application_id: str, name: str) -> AbstractContextManager[bool]:
        """Mark a look into a document; False where an earlier one never ended."""

    def known(self, application_id: str) -> bool:
        """Return whether there is anything of an application, or ever was."""


class Candidates(Protocol):
    """Finds the applications of one person, by digests of addresses."""

    def mark(self, record: Application, others: Iterable[str] = ()) -> Application:
        """Write markers of the candidate's addresses, and ``others``, of its views."""

    def unmark(self, record: Application) -> None:
        """Remove what ``mark`` wrote, whatever the keys are by now."""

    def find(self, address: str, *, widely: bool = True) -> Sequence[str]:
        """List a person's applications; ``widely``: some twenty lists, not two."""

    def unmark_by_scan(self, application_id: str) -> None:
        """Remove every marker of an application: a walk over all markers."""
