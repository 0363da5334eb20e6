"""Reads a form as it comes, its nested parts flattened, whole or not at all."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from starlette.requests import ClientDisconnect

from api.multipart.collector import FormCollector, FormLimits
from api.multipart.headers import parsed_options
from api.multipart.parser import MultipartReader
from api.multipart.shapes import FormShape
from letterbox.boards.base import Form
from letterbox.domain.errors import MalformedError, TooLargeError

__all__ = ["FormLimits", "ReceivedForm", "read_form"]


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """A whole form, and the contents of its documents."""

    form: Form
    contents: Mapping[str, BinaryIO]
    """By SHA-256; each may be positioned anywhere."""


@asynccontextmanager
async def read_form(
    chunks: AsyncIterator[bytes],
    content_type: str | None,
    limits: FormLimits,
    shape: FormShape,
) -> AsyncIterator[ReceivedForm]:
    """
    Read a multipart/form-data body, its nested parts flattened.

    The contents of its documents are closed on leaving. Raises MalformedError for
    what is no such body, TooLargeError over a limit; both only once the rest was read
    up to ``limits.body_bytes``, since one who is still sending sees no answer. What
    was seen until then is in ``shape``.
    """
    body = _within(limits.body_bytes, chunks)
    with ExitStack() as closing:
        try:
            collector = FormCollector(limits, closing, shape)
            reader = MultipartReader(_boundary(content_type), collector.open)
            async for chunk in body:
                if collector.is_decoding:
                    # Its end decodes it as a whole: megabytes, in one go.
                    await asyncio.to_thread(reader.write, chunk)
                else:
                    reader.write(chunk)
            reader.finalize()
        except MalformedError:
            closing.close()
            async for _ in body:
                pass
            raise
        yield ReceivedForm(collector.form(), collector.contents)


async def _within(most: int, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pass chunks on until they are too many, or until the sender is gone."""
    size = 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise TooLargeError("the body is too large")
            yield chunk
    except ClientDisconnect:
        raise MalformedError("the sender went away") from None


def _boundary(content_type: str | None) -> bytes:
    # The library takes text to be latin-1, and fails on any that is not.
    header = (content_type or "").encode("latin-1", "replace")
    kind, parameters = parsed_options(header)
    if kind != b"multipart/form-data":
        raise MalformedError("the body is not multipart/form-data")
    return parameters.get(b"boundary", b"")
