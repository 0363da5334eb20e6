"""To whom files belong: what root makes is for the processes, which run as another."""

import os
from contextlib import suppress
from pathlib import Path


def leave_to_owner(descriptor: int, folder: Path) -> None:
    """
    Have what root makes belong to whom the folder belongs: processes run as that user.

    Nobody else can read it. Where the file system refuses, it stays root's.
    """
    if owner := _other_owner(folder):
        with suppress(OSError):
            os.fchown(descriptor, *owner)


def leave_folder_to_owner(name: str | Path, parent: str | Path | int) -> None:
    """Do so with a new folder, which may be named from the descriptor of its parent."""
    if owner := _other_owner(parent):
        with suppress(OSError):
            # Not by its name: somebody could put a link in its place.
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
            within = parent if isinstance(parent, int) else None
            descriptor = os.open(name, flags, dir_fd=within)
            try:
                os.fchown(descriptor, *owner)
            finally:
                os.close(descriptor)


def _other_owner(folder: str | Path | int) -> tuple[int, int] | None:
    """Return to whom a folder belongs, for root, and unless it is root's own."""
    if os.geteuid() != 0:
        return None
    with suppress(OSError):
        status = os.stat(folder)  # noqa: PTH116 it takes a descriptor
        owner = status.st_uid, status.st_gid
        return None if owner == (0, os.getegid()) else owner
    return None
