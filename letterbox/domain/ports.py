"""What the core needs from the outside, in as few verbs as possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

# Who opens a store does not build the models of all that lies in it: `up`, for one.
if TYPE_CHECKING:
    from letterbox.domain.application import Application, Hold, Stage, Tombstone
    from letterbox.domain.positions import Position, ReferenceKind
    from letterbox.domain.region import Country
    from letterbox.domain.repeats import Repeat
    from letterbox.domain.submission import Submission


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of a listing; ``modified`` is the store's own clock, in UTC."""

    key: str
    size: int
    modified: datetime


class ObjectStore(Protocol):
    """
    Objects under keys. Blocking: call it from a thread.

    An object is there whole or not at all, and once ``put`` has returned it
    survives the loss of power. An absent object is the builtin
    ``FileNotFoundError``; everything else that goes wrong is
    ``StoreUnavailableError``. A key is parts joined by ``/``; none is empty, ``.``
    or ``..`` (``ValueError``).
    """

    def put(self, key: str, body: bytes | BinaryIO, size: int | None = None) -> None:
        """Write an object whole, over an earlier one; ``size`` goes with a file."""

    def get(self, key: str) -> bytes:
        """Read a small object whole."""

    def get_start(self, key: str, size: int) -> bytes:
        """Read the first bytes of an object of any size, and no more of it."""

    def get_version(self, key: str) -> tuple[bytes, str]:
        """Read a small object whole, with an opaque name of this state of it."""

    def replace(self, key: str, body: bytes, version: str | None) -> bool:
        """
        Write an object if it is still as ``get_version`` found it.

        ``version`` None: if there is none. False where it was changed meanwhile, and
        where an answer was lost on the way: read it again to know.
        """

    def open(self, key: str) -> AbstractContextManager[Iterator[bytes]]:
        """Read an object of any size in chunks."""

    def stat(self, key: str) -> StoredObject:
        """Describe an object without reading it."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is removed already."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """
        Walk all objects whose key begins with ``prefix``, by key, lazily.

        What others have put under names that are no keys is left out.
        """

    def strays(self) -> Counter[str]:
        """Count what is in no list, by the first part of its name. Slow."""

    def remove_below(self, folder: str) -> None:
        """
        Remove all below a folder, whatever it is called.

        ``folder`` is a key with a slash at its end (ValueError).
        """

    def remove_unfinished(self, key: str) -> None:
        """
        Remove what puts that were cut short have left of an object, or of a folder.

        ``key`` is the first two parts of a key. No put may be under way there.
        """

    def let_expire(self, key: str) -> None:
        """Leave an object to the store's own expiry; one not there is left at that."""

    def keep(self, key: str) -> None:
        """Except an object from the store's own expiry, as it is when put."""

    def prepare(self) -> None:
        """Make the bucket or the folder; harmless to repeat."""

    def check(self) -> None:
        """Prove that the store takes and gives back an object."""


class Applications(Protocol):
    """
    What the store holds of applications. Blocking; every verb may be repeated.

    Raises StoreUnavailableError where the store does.
    """

    def accept(self, submission: Submission, contents: Mapping[str, BinaryIO]) -> None:
        """Keep the documents, by SHA-256, then the submission: now it is durable."""

    def submissions(self, application_id: str) -> Iterator[Submission]:
        """Read the inbox of one application, one at a time, the oldest first."""

    def waiting(self, application_id: str) -> Sequence[Submission]:
        """Do as ``deliveries``, all at once: for who knows that there are few."""

    def holds(self, application_id: str, fingerprint: str) -> bool:
        """Tell whether this very submission was accepted before."""

    def find(self, application_id: str) -> Application | None:
        """Read the canonical record."""

    def ended(self, application_id: str) -> Stage | None:
        """Tell whether it was erased, discarded, or archived and has no hot copy."""

    def is_archive_damaged(self, application_id: str) -> bool:
        """Tell whether anything in an archive cannot be read, to its last byte."""

    def tombstone(self, application_id: str) -> Tombstone | None:
        """Tell when and why it was removed; one that cannot be read counts too."""

    def view(self, application_id: str, number: int) -> Submission:
        """Read what the board said, as kept (FileNotFoundError, DamagedError)."""

    def keep_view(self, submission: Submission, number: int) -> None:
        """Keep what the board said under a number of its own (EndedError)."""

    def kept_views(self, application_id: str) -> Sequence[int]:
        """Give the numbers of the sources that are kept open, readable or not."""

    def update(
        self, application: Application, before: Application | None = None
    ) -> None:
        """
        Write the record, if it is still as ``before``; None: if there is none.

        ``take_back_if_ended`` comes behind it. StoreUnavailableError where it was
        changed meanwhile, EndedError where the application has ended.
        """

    def take_back_if_ended(self, application_id: str) -> None:
        """
        Remove a record that was just written, if the application has ended meanwhile.

        Who wrote it may have stood still since before the end (EndedError).
        """

    def clear(self, submission: Submission) -> None:
        """Take a submission out of the inbox, unless a later one has its place."""

    def clear_repeat(self, submission: Submission) -> None:
        """Take a repeat out of the inbox, and what it brought that is infected."""

    def discard(self, submission: Submission, but: Container[str] = ()) -> None:
        """Remove a submission and its documents, ``but`` those named."""

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
        """
        Keep a document that is named by its content; ``size`` goes with a file.

        EndedError where the application was removed meanwhile.
        """

    def looking(self, application_id: str, name: str) -> AbstractContextManager[bool]:
        """Mark a look into a document; False where an earlier one never ended."""

    def known(self, application_id: str) -> bool:
        """Tell whether there is anything of an application, or ever was."""


class Repeats(Protocol):
    """Tells new submissions of an application from those that are kept. Blocking."""

    def judge(self, submission: Submission) -> Repeat:
        """Tell what a submission is to those that are kept (StoreUnavailableError)."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive that was read back and found whole."""

    size: int
    files: int
    """In its payload: the record, the sources, the documents."""


class Archives(Protocol):
    """
    Archives of applications: BagIt bags, zipped (RFC 8493). Blocking.

    Raises StoreUnavailableError where the store does, DamagedError for an archive
    that is not whole, FileNotFoundError where there is none.
    """

    def pack(self, record: Application) -> Packed:
        """
        Pack all there is of an open application under its final record.

        Written, read back and verified; the hot copy is left as it is. Repeating it
        writes the same bytes. What an earlier archive holds, and the open copy does
        not any more, is packed again.
        """

    def record(self, application_id: str) -> Application:
        """Read the record that was packed."""

    def verify(self, application_id: str) -> Packed:
        """Read all of it, and compare it with what was packed."""

    def sound(self, application_id: str) -> frozenset[str]:
        """
        Name what the archive holds as it was packed, ``documents/…`` for example.

        Nothing where there is no archive, or none that can be read.
        """

    def unpack(self, application_id: str, folder: Path) -> Packed:
        """Verify, then unpack the bag into a folder, which must be new or empty."""


class Removal(Protocol):
    """Removes applications. Blocking; every verb may be cut short and repeated."""

    def bury(
        self,
        application_id: str,
        tombstone: Tombstone,
        unrecorded: Application | None = None,
    ) -> Tombstone:
        """
        Remember that an application was, then remove all there is of it.

        ``unrecorded`` is what would have been the record where there is none.
        HeldError where a legal hold is in force.
        """

    def held(self, application_id: str) -> Hold | None:
        """Read the hold that keeps an application from being removed, if any does."""

    def finish(self, application_id: str) -> None:
        """Remove what a burial that was cut short, or a late put, has left."""

    def verify_archived(self, application_id: str) -> None:
        """
        Raise DamagedError unless an archive stands for the application.

        Or did, and was kept as long as it was to be.
        """

    def retire(self, application_id: str) -> None:
        """
        Remove the hot copy of what is archived; the record goes first.

        DamagedError where the archive is not whole: then nothing is removed.
        """


class Candidates(Protocol):
    """Finds the applications of one person, by digests of addresses. Blocking."""

    def mark(self, record: Application, others: Iterable[str] = ()) -> Application:
        """
        Note under each of the candidate's addresses whose this is; say so in it.

        ``others`` are the addresses of views that the record does not show.
        """

    def unmark(self, record: Application) -> None:
        """Remove what ``mark`` wrote, whatever the keys are by now."""

    def find(self, address: str, *, widely: bool = True) -> Sequence[str]:
        """
        Name the applications of a person, open or archived, however typed.

        ``widely`` looks under the spellings that earlier versions told apart, too:
        some twenty lists of the store.
        """

    def forget(self, application_id: str) -> None:
        """Remove every marker of an application: a walk over all markers."""


class Holds(Protocol):
    """Legal holds on applications, open or archived. Blocking."""

    def find(self, application_id: str) -> Hold | None:
        """Read a hold, whether or not it has ended."""

    def place(self, application_id: str, hold: Hold) -> None:
        """Hold, or hold otherwise; EndedError where its archive is being removed."""

    def release(self, application_id: str) -> None:
        """Hold no longer; harmless where nothing is held."""


class Catalogue(Protocol):
    """The positions that applications can be for. Blocking."""

    def imported(self) -> bool:
        """Tell whether any catalogue was ever imported."""

    def is_whole(self) -> bool:
        """Tell whether what it does not hold is surely not advertised."""

    def find(self, kind: ReferenceKind, reference: str) -> tuple[Position, ...]:
        """Find every position that goes by this name, of any hirer."""


class Locator(Protocol):
    """Tells the country of an IP address."""

    def country(self, address: str) -> Country | None:
        """None where the address is absent, odd, private or unknown."""
