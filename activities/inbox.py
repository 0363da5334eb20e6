"""The sweep: start every application that could not be started at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from temporalio import activity

from activities.inbox_folders import InboxFolders, WaitingFolder, is_time_to_signal
from activities.seldom import Seldom
from activities.threads import heartbeating
from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError, TemporalUnavailableError
from letterbox.domain.ids import key_part
from letterbox.domain.messages import SweepInput, SweepResult
from letterbox.domain.ports import ObjectStore, StoredObject
from letterbox.domain.submission import Submission
from letterbox.logs import log_failure

# A sweep shares the machine with the answers: few at a time.
_CONCURRENCY = 8
# The older form of an inbox record is read whole: a file as large as this is none.
_MAX_SIZE = 64 * 1024 * 1024
_MIN_LENGTH = timedelta(seconds=1)

Read = Callable[[ObjectStore, str], Submission]
Start = Callable[[str], Awaitable[object]]

log = structlog.get_logger()


class InboxActivities:
    """
    Walk the inbox, and start what waits there; ``read`` reads a submission by its key.

    ``start`` starts an application, or signals the one that runs already;
    ``start_only`` leaves alone what runs.
    """

    def __init__(
        self,
        *,
        store: ObjectStore,
        read: Read,
        start: Start,
        start_only: Start | None = None,
        seldom: Seldom | None = None,
    ) -> None:
        self._store = store
        self._read_key = partial(read, store)
        self._start = start
        self._start_only = start_only or start
        self._seldom = seldom or Seldom()

    @activity.defn(name="sweep_inbox")
    async def sweep(self, args: SweepInput) -> SweepResult:
        """
        Start all that lay in the inbox for so long; it may run twice.

        Nothing that lies there stops it: what is odd is left, and logged once a day.
        """
        now = datetime.now(UTC)
        age = timedelta(seconds=args.older_than_seconds)
        every = max(age, _MIN_LENGTH)
        inbox = InboxFolders(self._store.list(keys.INBOX), now - age, now)
        folders, started, left = iter(inbox), 0, 0
        async with heartbeating():
            while True:
                batch, broken = await asyncio.to_thread(_take, folders)
                outcomes = await asyncio.gather(
                    *(self._try(waiting, now, every) for waiting in batch)
                )
                started += sum(outcomes)
                left += len(outcomes) - sum(outcomes)
                if broken and not inbox.is_begun:
                    raise broken  # Nothing was swept: the store is away.
                if broken and self._seldom.is_time("list"):
                    log_failure("the inbox cannot be listed to its end", broken)
                if broken or not batch:
                    break
        if inbox.strays and self._seldom.is_time("strays"):
            log.warning("objects in the inbox that are not ours", n=inbox.strays)
        return SweepResult(started=started, left=left)

    async def _try(
        self, waiting: WaitingFolder, now: datetime, every: timedelta
    ) -> bool:
        """Start one; whatever goes wrong, the next sweep finds it there again."""
        try:
            application_id = await asyncio.to_thread(self._named_in, waiting)
            if application_id is None:
                return False
            is_signalled = any(
                is_time_to_signal(now - stored.modified, every)
                for stored in waiting.objects
            )
            await (self._start if is_signalled else self._start_only)(application_id)
        except TemporalUnavailableError:
            if self._seldom.is_time("temporal"):
                log.warning("the sweep cannot start anything: Temporal is away")
            return False
        except Exception as error:  # noqa: BLE001 the others must not suffer from it
            if self._seldom.is_time(waiting.part):
                log_failure("cannot be started", error, folder=waiting.part)
            return False
        return True

    def _named_in(self, waiting: WaitingFolder) -> str | None:
        """
        Find the application by the first of its submissions that can be read.

        Where none can be, its workflow could not read it either: it is left to a
        person, and ``letterbox audit`` reports it, too.
        """
        is_unreadable = False
        for stored in waiting.objects:
            try:
                submission = self._read(stored)
            except FileNotFoundError:
                continue  # Taken over meanwhile.
            except (ValueError, StoreUnavailableError):
                is_unreadable = True
                continue
            if key_part(submission.application_id) == waiting.part:
                return submission.application_id
            is_unreadable = True
        if is_unreadable and self._seldom.is_time(waiting.part):
            log.error("unreadable inbox record", folder=waiting.part)
        return None

    def _read(self, stored: StoredObject) -> Submission:
        if stored.size > _MAX_SIZE and stored.key.endswith(".json"):
            raise ValueError("too large to be an inbox record")
        return self._read_key(stored.key)


def _take(
    folders: Iterator[WaitingFolder],
) -> tuple[list[WaitingFolder], Exception | None]:
    """Take a few; those before the listing broke off count."""
    batch: list[WaitingFolder] = []
    try:
        for waiting in folders:
            batch.append(waiting)
            if len(batch) == _CONCURRENCY:
                break
    except Exception as error:  # noqa: BLE001 raised or logged by the caller
        return batch, error
    return batch, None
