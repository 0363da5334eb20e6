"""What a disk or its file system says, in the words of the store."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from letterbox.domain.errors import StoreUnavailableError


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Raise StoreUnavailableError for the system's errors."""
    try:
        yield
    except OSError as error:
        raise unavailable(operation, error) from None


def unavailable(operation: str, error: OSError) -> StoreUnavailableError:
    """Name the operation and the error, not the path that its own text quotes."""
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return StoreUnavailableError(f"{operation}: {code}", code=code)
