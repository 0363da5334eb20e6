"""That there is an ATS, noted in the store by the workers that deliver to it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import AwareDatetime, BaseModel, ValidationError

from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore

log = structlog.get_logger()

RENEWED_EVERY = timedelta(hours=1)
"""How often a worker that has an ATS notes it."""
COUNTS_FOR = timedelta(days=3)
"""A weekend without any such worker: what happens meanwhile is delivered after it."""
_SKEW = timedelta(hours=1)
_AGAIN_AFTER = timedelta(minutes=1)


class _Present(BaseModel):
    seen_at: AwareDatetime


class AtsMark:
    """
    The note that some worker has an ATS to tell. Blocking.

    Temporal forgets within minutes who has polled; this outlives a deployment.
    """

    def __init__(
        self,
        store: ObjectStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._now = now

    def renew(self) -> None:
        """Note that there is one now."""
        present = _Present(seen_at=self._now())
        self._store.put(keys.DELIVERY_PRESENT, present.model_dump_json().encode())

    def is_fresh(self) -> bool:
        """
        Return whether there was one within three days.

        What cannot be read, or comes from a clock far ahead, says nothing.
        """
        try:
            body = self._store.get(keys.DELIVERY_PRESENT)
            seen_at = _Present.model_validate_json(body).seen_at
        except (FileNotFoundError, ValidationError):
            return False
        return -_SKEW <= self._now() - seen_at < COUNTS_FOR


async def keep_renewed(
    mark: AtsMark,
    every: timedelta = RENEWED_EVERY,
    again_after: timedelta = _AGAIN_AFTER,
) -> None:
    """Renew a mark until cancelled; a store that is away is tried again soon."""
    while True:
        pause = every
        try:
            await asyncio.to_thread(mark.renew)
        except StoreUnavailableError as error:
            log.warning("the ATS is not noted in the store", reason=str(error))
            pause = again_after
        await asyncio.sleep(pause.total_seconds())
