"""Reads a form as it comes, its nested parts flattened, whole or not at all."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

from starlette.requests import ClientDisconnect

from api.multipart.collector import FormCollector, FormLimits
from api.multipart.shapes import FormShape
from letterbox.boards.base import MultipartForm
from letterbox.domain.drafts import PIECE, SubmissionDraft
from letterbox.domain.errors import (
    MalformedError,
    StoreUnavailableError,
    TooLargeError,
)
from letterbox.multipart.options import parsed_options
from letterbox.multipart.parser import MultipartReader

__all__ = ["Files", "FormLimits", "ReceivedForm", "read_form"]


InTime = Callable[[Callable[[], None]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Files:
    """Where a form's documents are written; ``in_time`` does in a thread what waits."""

    open_draft: Callable[[], AbstractContextManager[SubmissionDraft]]
    in_time: InTime

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[SubmissionDraft, ExitStack]]:
        """Open them for as long as the block lasts, with what is closed after it."""
        closing = ExitStack()
        draft = closing.enter_context(self.open_draft())
        try:
            yield draft, closing
        finally:
            if draft.may_wait:
                # What it leaves behind then is removed as stale.
                with suppress(StoreUnavailableError):
                    await self.in_time(closing.close)
            else:
                closing.close()


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """A whole form, and where its documents are written."""

    form: MultipartForm
    draft: SubmissionDraft


@asynccontextmanager
async def read_form(
    chunks: AsyncIterator[bytes],
    content_type: str | None,
    limits: FormLimits,
    shape: FormShape,
    files: Files,
) -> AsyncIterator[ReceivedForm]:
    """
    Read a multipart/form-data body, its nested parts flattened.

    Of what is not kept until the block is left nothing stays. Raises MalformedError for
    what is no such body, TooLargeError over a limit; both only once the rest was read
    up to ``limits.body_bytes``, since one who is still sending sees no answer. What
    was seen until then is in ``shape``.
    """
    body = _within(limits.body_bytes, chunks)
    async with files.opened() as (draft, closing):
        try:
            collector = FormCollector(limits, closing, shape, draft)
            reader = MultipartReader(_boundary(content_type), collector.open)
            async for piece in body:
                if collector.is_decoding or draft.may_wait:
                    # An end decodes a part as a whole: megabytes, in one go.
                    await files.in_time(partial(reader.write, piece))
                else:
                    reader.write(piece)
            reader.finalize()
        except (MalformedError, StoreUnavailableError, OSError):
            async for _ in body:
                pass
            raise
        yield ReceivedForm(collector.form(), draft)


async def _within(max_bytes: int, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pass chunks on, cut, until they are too many or the sender is gone."""
    size = 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > max_bytes:
                raise TooLargeError("the body is too large")
            for start in range(0, len(chunk), PIECE):
                yield chunk[start : start + PIECE]
    except ClientDisconnect:
        raise MalformedError("the sender went away") from None


def _boundary(content_type: str | None) -> bytes:
    # The library takes text to be latin-1, and fails on any that is not.
    header = (content_type or "").encode("latin-1", "replace")
    kind, parameters = parsed_options(header)
    if kind != b"multipart/form-data":
        raise MalformedError("the body is not multipart/form-data")
    return parameters.get(b"boundary", b"")
