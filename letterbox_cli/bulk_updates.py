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
            answers = await asyncio.gather(*(self._try(ask, one) for one in batch))
            silences = 0 if any(answers) else silences + answers.count(False)
            if silences >= _MAX_SILENCES:
                return
            self.last = batch[-1]
            done += len(batch)
            self._show("asking applications", done, len(ids))
            pause = len(batch) * self._seconds - (time.monotonic() - began)
            if done < len(ids) and pause > 0:
                await asyncio.sleep(pause)

    async def _try(self, ask: Ask, application_id: str) -> bool:
        """Return whether anybody answered, whatever it was."""
        try:
            await ask(application_id)
        except TemporalUnavailableError as error:
            self.failed.append((application_id, str(error)))
            return False
        except LetterboxError as error:
            self.failed.append((application_id, str(error)))
        else:
            self.answered += 1
        return True
