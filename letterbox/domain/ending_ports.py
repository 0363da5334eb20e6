"""
What ends an application, and what keeps it from that: archives, removal, holds.

As with the other ports, all block, and every verb may be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbox.domain.application import Application, Hold, Tombstone
    from letterbox.domain.ports import Applications


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive that was read back and found whole."""

    size: int
    files: int
    """In its payload: the record, the sources, the documents."""


class Archives(Protocol):
    """
    Archives of applications: BagIt bags, zipped (RFC 8493).

    DamagedError for an archive that is not whole, FileNotFoundError for an absent one.
    """

    def pack(self, record: Application) -> Packed:
        """
        Pack all of an open application under its final record, and verify it.

        Packed again it is the same, with what only an earlier archive has any more.
        """

    def record(self, application_id: str) -> Application:
        """Read the record that was packed."""

    def verify(self, application_id: str) -> Packed:
        """Read all of it, and compare it with what was packed."""

    def intact_paths(self, application_id: str) -> frozenset[str]:
        """List what the archive has as it was packed; nothing where it is absent."""

    def unpack(self, application_id: str, folder: Path) -> Packed:
        """Verify, then unpack the bag into a folder, which must be new or empty."""


class Removal(Protocol):
    """Removes applications; every verb may be cut short."""

    def erase(
        self,
        application_id: str,
        tombstone: Tombstone,
        unrecorded: Application | None = None,
    ) -> Tombstone:
        """
        Write a tombstone, then remove all there is of an application (HeldError).

        ``unrecorded`` is what would have been the record where there is none.
        """

    def active_hold(self, application_id: str) -> Hold | None:
        """Read the hold that keeps an application from being removed, if any does."""

    def resume_erasure(self, application_id: str) -> None:
        """Remove what an erasure that was cut short, or a late put, has left."""

    def is_held_first(self, application_id: str) -> bool:
        """Return whether a hold keeps all there is, in spite of a tombstone."""

    def verify_archived(self, application_id: str) -> None:
        """Check that an archive is whole, or has expired (DamagedError)."""

    def delete_open_copy(self, application_id: str) -> None:
        """Remove what is archived from the open applications (DamagedError)."""


class Holds(Protocol):
    """Legal holds on applications, open or archived."""

    def find(self, application_id: str) -> Hold | None:
        """Read a hold, whether or not it has ended."""

    def place(self, application_id: str, hold: Hold) -> None:
        """Write a hold over any earlier one (EndedError once its archive expires)."""

    def release(self, application_id: str) -> None:
        """Remove a hold; harmless where there is none."""


def find_record(
    applications: Applications, archives: Archives, application_id: str
) -> Application | None:
    """Read a record, open or archived (DamagedError); None where there is neither."""
    if record := applications.find(application_id):
        return record
    try:
        return archives.record(application_id)
    except FileNotFoundError:
        return None


def is_orphaned(holds: Holds, applications: Applications, application_id: str) -> bool:
    """Return whether a hold is of what is gone itself: no workflow need be asked."""
    if holds.find(application_id) is None:
        return False
    is_removed = applications.tombstone(application_id) is not None
    return is_removed or not applications.known(application_id)
