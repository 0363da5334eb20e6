"""That there is an ATS is remembered for days, also by workers that have none."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr
from temporalio.client import Client

from letterbox.ats.presence import COUNTS_FOR, AtsMark, keep_renewed
from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.key_owners import placed
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from letterbox.temporal.namespace import AtsPresence
from tests.receiver import SECRET, Receiver
from tests.support import eventually
from tests.workflows.running_worker import running_worker

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def mark_at(store: DirectoryStore, now: datetime) -> AtsMark:
    """Open the mark as a worker whose clock says so."""
    return AtsMark(store, lambda: now)


@pytest.mark.parametrize(
    ("later", "counts"),
    [
        (timedelta(0), True),
        (timedelta(minutes=-5), True),
        (COUNTS_FOR - timedelta(seconds=1), True),
        (COUNTS_FOR, False),
        (timedelta(days=-30), False),
    ],
)
def test_an_ats_counts_as_there_for_three_days(
    later: timedelta,
    counts: bool,  # noqa: FBT001 pytest passes parameters by name
    tmp_path: Path,
) -> None:
    """Clocks may differ a little; one that is a month ahead is not believed."""
    store = DirectoryStore(tmp_path)
    store.prepare()
    assert not mark_at(store, NOON).is_fresh()

    mark_at(store, NOON).renew()

    assert mark_at(store, NOON + later).is_fresh() is counts


@pytest.mark.parametrize("body", [b"", b"{", b'{"seen_at": "2026-03-01"}', b"[]"])
def test_a_mark_that_cannot_be_read_says_nothing(body: bytes, tmp_path: Path) -> None:
    """The next hour writes it anew."""
    store = DirectoryStore(tmp_path)
    store.prepare()
    store.put(keys.DELIVERY_PRESENT, body)

    assert not mark_at(store, NOON).is_fresh()


def test_the_mark_is_a_key_of_ours() -> None:
    """The audit would call it a foreign object otherwise."""
    assert placed(keys.DELIVERY_PRESENT)


async def test_a_mark_is_renewed_again_and_again_though_the_store_is_away() -> None:
    """A worker does not end for it, and tries again soon."""
    outcomes = [StoreUnavailableError("put: away"), None, None]

    class Flaky(AtsMark):
        def renew(self) -> None:
            if outcomes and (outcome := outcomes.pop(0)):
                raise outcome

    at_once = timedelta(milliseconds=1)
    task = asyncio.create_task(
        keep_renewed(Flaky(DirectoryStore(Path())), at_once, at_once)
    )

    async def is_done() -> bool:
        return not outcomes

    await eventually(is_done)
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_worker_with_an_ats_notes_it_and_others_hear_of_it_after_it_has_gone(
    temporal_client: Client, tmp_path: Path
) -> None:
    """Temporal alone would say within minutes that there is none."""
    settings = Settings(store=f"file:{tmp_path}", task_queue=str(uuid4()))
    with Receiver() as ats:
        named = {"delivery_url": ats.url, "delivery_secret": (SecretStr(SECRET),)}
        store = open_store(settings)
        store.prepare()
        assert not AtsMark(store).is_fresh()
        async with running_worker(temporal_client, settings.model_copy(update=named)):

            async def is_noted() -> bool:
                return AtsMark(store).is_fresh()

            await eventually(is_noted)

    def asked(was_served: Callable[[], bool]) -> AtsPresence:
        return AtsPresence(temporal_client, "nobody-polls-here", was_served)

    assert await asyncio.to_thread(asked(AtsMark(store).is_fresh))
    assert not await asyncio.to_thread(asked(lambda: False))
