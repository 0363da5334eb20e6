"""A feed that can be read once only, as a pipe gives it: kept in a file first."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import BinaryIO

from letterbox.catalogue.feeds.download import DownloadLimits
from letterbox.domain.errors import FeedUnavailableError

_CHUNK = 1024 * 1024


def spooled(
    stream: BinaryIO,
    progress: Callable[[int, int | None], None],
    limits: DownloadLimits | None = None,
) -> BinaryIO:
    """
    Copy a stream to its end into a file without a name, which the caller closes.

    FeedUnavailableError where it is longer than a download may be, or breaks off.
    """
    most = (limits or DownloadLimits()).most
    file = TemporaryFile()  # noqa: SIM115 the caller closes it
    size, why = 0, ""
    try:
        while size <= most and (chunk := stream.read(_CHUNK)):
            size += len(chunk)
            file.write(chunk)
            progress(size, None)
    except OSError as error:
        why = f"the feed was interrupted: {error.strerror}"
    if size > most:
        why = f"the feed is longer than {most // _CHUNK} MiB"
    if why:
        file.close()
        raise FeedUnavailableError(why)
    file.seek(0)
    return file
