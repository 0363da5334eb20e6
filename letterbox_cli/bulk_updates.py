"""Asks many applications for the same thing, a few at a time, at a bounded rate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from letterbox.domain.errors import LetterboxError, TemporalUnavailableError

if TYPE_CHECKING:
    from letterbox_cli.output import ShowProgress

_CONCURRENCY = 8
# Then there is no worker, and each one costs half a minute.
_MAX_SILENCES = 3

Ask = Callable[[str], Awaitable[object]]


class BulkUpdates:
    """
    Asks one batch after the other, in the order of the ids.

    ``last`` is the last application of the last batch that was answered: whoever goes
    on after it leaves none out. ``failed`` has those that
    were not done, each with the reason.
    """

    def __init__(self, show: ShowProgress, per_second: float | None = None) -> None:
        self._show = show
        self._seconds = 1 / per_second if per_second else 0.0
        self.last = ""
        self.answered = 0
        self.failed: list[tuple[str, str]] = []

    async def run(self, ids: Sequence[str], ask: Ask) -> None:
        """Ask each, until all are asked or nobody answers."""
        remaining = iter(ids)
        done = silences = 0
        while batch := list(islice(remaining, _CONCURRENCY)):
            began = time.monotonic()
            errors = await asyncio.gather(*(_error_of(ask, one) for one in batch))
            self._count(batch, errors)
            silent = [isinstance(error, TemporalUnavailableError) for error in errors]
            silences = silences + len(batch) if all(silent) else 0
            if silences >= _MAX_SILENCES:
                return
            self.last = batch[-1]
            done += len(batch)
            self._show("asking applications", done, len(ids))
            pause = len(batch) * self._seconds - (time.monotonic() - began)
            if done < len(ids) and pause > 0:
                await asyncio.sleep(pause)

    def _count(
        self, batch: Sequence[str], errors: Sequence[LetterboxError | None]
    ) -> None:
        for application_id, error in zip(batch, errors, strict=True):
            if error is None:
                self.answered += 1
            else:
                self.failed.append((application_id, str(error)))


async def _error_of(ask: Ask, application_id: str) -> LetterboxError | None:
    """Ask, and return why it could not be done; None where it was."""
    try:
        await ask(application_id)
    except LetterboxError as error:
        return error
    return None
