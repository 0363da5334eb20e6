"""SEEK closes an ad: its applications are kept longer, and nobody is refused."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from letterbox.domain.application import Stage
from letterbox.domain.positions import Aliases, Position, PositionStatus
from letterbox.temporal import search_attributes as attributes
from letterbox_cli.samples import OPEN_POSITION
from seek_sandbox.orders import Ad, Emitted, EventOrder
from tests.end_to_end.seek.seek_stack import ANSWERED_WITHIN, Desk
from tests.support import eventually

_KEPT = timedelta(days=180 - 14)
NOW = datetime.now(UTC).replace(microsecond=0)
APPLIED = NOW - timedelta(days=40)
EARLIER, LATER = NOW - timedelta(days=6), NOW - timedelta(days=3)


async def known(desk: Desk, ad: Ad) -> str:
    """Give the sample position the name that SEEK has for an ad."""
    posting = next(
        one.profile_id
        for one in await desk.control.positions()
        if (one.reference, one.created_by_self) == (ad.reference, ad.created_by_self)
    )
    position = desk.catalogue.get(OPEN_POSITION)
    aliases = Aliases(profile=(posting,))
    desk.catalogue.put(position.model_copy(update={"aliases": aliases}))
    return posting


async def listed(desk: Desk, *emitted: Emitted) -> None:
    """Wait until Temporal's list finds the applications by their ad."""

    async def are_listed() -> bool:
        postings = {one.position_profile_id for one in emitted}
        names = " OR ".join(f'{attributes.POSTING.name} = "{one}"' for one in postings)
        query = f'TaskQueue = "{desk.settings.task_queue}" AND ({names})'
        return (await desk.client.count_workflows(query)).count == len(emitted)

    await eventually(are_listed)


def closed(posting: str, at: datetime, *, deliver: bool = True) -> EventOrder:
    """Order the news."""
    return EventOrder(
        type="PositionProfileClosed",
        position_profile_id=posting,
        created_at=at,
        deliver=deliver,
        wait=ANSWERED_WITHIN,
    )


@pytest.mark.parametrize("deliver", [True, False])
async def test_a_closed_ad_moves_the_archive_date_and_leaves_the_position_open(
    deliver: bool,  # noqa: FBT001 pytest passes parameters by name
    desk: Desk,
) -> None:
    """
    Told by webhook or found by polling.

    Other ads' applications are left alone, and other boards go on applying.
    """
    posting = await known(desk, Ad())
    mine = await desk.apply(created_at=APPLIED)
    others = await desk.apply(created_at=APPLIED, ad=Ad(reference=None))
    before = [await desk.recorded(one) for one in (mine, others)]
    await listed(desk, mine, others)

    await desk.control.emit(closed(posting, LATER, deliver=deliver))
    if not deliver:
        await desk.reconcile()

    after = await desk.recorded(mine, lambda record: record != before[0])
    position = desk.catalogue.get(OPEN_POSITION)
    assert before[0].archive_by == APPLIED + _KEPT
    assert after.archive_by == LATER + _KEPT
    await desk.dated(mine, LATER + _KEPT)
    assert (position.status, position.closed_at) == (PositionStatus.OPEN, None)
    assert await desk.recorded(others) == before[1]


async def test_a_close_only_ever_moves_the_archive_date_later(desk: Desk) -> None:
    """Repeated, or out of order: the latest moment counts."""
    posting = await known(desk, Ad())
    emitted = await desk.apply(created_at=APPLIED)
    await desk.recorded(emitted)
    await listed(desk, emitted)

    for moment, latest in (
        (EARLIER, EARLIER),
        (LATER, LATER),
        (EARLIER, LATER),
        (LATER, LATER),
    ):
        await desk.control.emit(closed(posting, moment))
        await desk.dated(emitted, latest + _KEPT)

    status = await desk.handle(emitted).query("status", result_type=dict)
    assert datetime.fromisoformat(status["archive_by"]) == LATER + _KEPT


async def test_an_application_that_arrives_after_the_close_is_taken_in(
    desk: Desk,
) -> None:
    """It lay in SEEK's queue while the ad was closed; its window is never too long."""
    posting = await known(desk, Ad())
    await desk.control.emit(closed(posting, LATER))

    record = await desk.recorded(await desk.apply(created_at=APPLIED))

    assert record.stage is Stage.MATCHED
    assert record.archive_by == APPLIED + _KEPT


async def test_a_replayed_close_event_moves_no_archive_date(desk: Desk) -> None:
    """SEEK sends again on request what it told up to 90 days ago: 204, and no more."""
    ads = [Ad(reference=f"ad {number} {uuid4()}") for number in range(2)]
    mine, others = [await desk.apply(created_at=APPLIED, ad=ad) for ad in ads]
    before = await desk.recorded(mine)
    await desk.recorded(others)
    await listed(desk, mine, others)

    for one, moment in ((mine, NOW - timedelta(days=8)), (others, LATER)):
        await desk.control.emit(closed(one.position_profile_id or "", moment))

    # News is told in order, one at a time.
    await desk.dated(others, LATER + _KEPT)
    assert await desk.recorded(mine) == before


async def test_the_same_reference_of_another_hirer_is_another_position(
    desk: Desk,
) -> None:
    """References are not unique: who applied to the other hirer keeps the date."""
    reference = f"R {uuid4()}"
    ads = [Ad(reference=reference, hirer_id=hirer) for hirer in ("Post", 'The "Bank"')]
    emitted = [await desk.apply(created_at=APPLIED, ad=ad) for ad in ads]
    for one, ad in zip(emitted, ads, strict=True):
        aliases = Aliases(profile=(one.position_profile_id or "",))
        desk.catalogue.put(
            Position(reference=reference, hirer=ad.hirer_id, aliases=aliases)
        )
    for one in emitted:
        await desk.recorded(one)
    await listed(desk, *emitted)

    shown = []
    for one, moment in zip(emitted, (LATER, EARLIER), strict=True):
        await desk.control.emit(closed(one.position_profile_id or "", moment))
        # The later of two moments counts: who was told both has the first.
        shown.append(await desk.dated(one, moment + _KEPT))
    dates = [one.get(attributes.ARCHIVE_BY) for one in shown]
    assert dates == [LATER + _KEPT, EARLIER + _KEPT]


@pytest.mark.parametrize("deliver", [True, False])
async def test_each_of_many_ads_that_close_at_once_reaches_its_applications(
    deliver: bool,  # noqa: FBT001 pytest passes parameters by name
    desk: Desk,
) -> None:
    """At midnight, say: each of their applications learns of its own."""
    emitted = [
        await desk.apply(ad=Ad(reference=f"ad {number}"), created_at=APPLIED)
        for number in range(6)
    ]
    for one in emitted:
        await desk.recorded(one)
    await listed(desk, *emitted)

    for one in emitted:
        order = closed(one.position_profile_id or "", LATER, deliver=deliver)
        await desk.control.emit(order)
    if not deliver:
        await desk.reconcile()

    records = [
        await desk.recorded(one, lambda record: record.archive_by == LATER + _KEPT)
        for one in emitted
    ]
    assert [record.archive_by for record in records] == [LATER + _KEPT] * len(emitted)


async def test_a_close_event_of_an_ad_that_was_reopened_closes_nothing(
    desk: Desk,
) -> None:
    """Asked from the beginning, SEEK tells of ads that were opened again since."""
    posting = await known(desk, Ad())
    long_ago = NOW - timedelta(days=30)
    await desk.control.emit(closed(posting, long_ago, deliver=False))

    await desk.reconcile()

    assert desk.catalogue.get(OPEN_POSITION).status is PositionStatus.OPEN
