"""A lock between processes that share a folder; a killed process lets go of it."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from letterbox.storage.owners import leave_to_owner

_TIMEOUT = 10.0
_LOOK_EVERY = 0.01
_MODE = 0o600
# What a network file system says that cannot lock: there the last writer wins.
_CANNOT = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}


@contextmanager
def locked(path: Path, timeout: float = _TIMEOUT) -> Iterator[None]:
    """Hold the lock for as long as the block lasts (TimeoutError, an OSError)."""
    deadline = time.monotonic() + timeout
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        try:
            leave_to_owner(descriptor, path.parent)
            if _lock(descriptor) and _is_at(path, descriptor):
                # What is old is taken for left behind, and removed.
                os.utime(descriptor)
                try:
                    yield
                finally:
                    # Whoever waits for it sees that it is not there any more.
                    with suppress(OSError):
                        path.unlink()
                return
        finally:
            os.close(descriptor)
        if time.monotonic() > deadline:
            raise TimeoutError(errno.ETIMEDOUT, "another process holds the lock")
        time.sleep(_LOOK_EVERY)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    """Return whether the file still has that name: it may have been removed."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
