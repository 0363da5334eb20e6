"""What follows SEEK's news of hirers and ads: nothing missed, less in triage."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest_asyncio
from temporalio.client import Client, WorkflowHandle

from letterbox.catalogue.lessons import StoredLessons
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain.application import Flag, Stage
from letterbox.domain.board_news import BackfillInput, BackfillResult
from letterbox.domain.matching import References
from letterbox.domain.positions import Position, ReferenceKind
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.board_news import start_backfill
from seek_sandbox.faults import NullProfile, ServerError
from seek_sandbox.orders import Ad, Emitted, EventOrder
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import ANSWERED_WITHIN, Desk, of
from tests.support import eventually, free_port

_EXPORT = "ApplicationExport"


@pytest_asyncio.fixture
async def cut_off(tmp_path: Path, temporal_client: Client) -> AsyncIterator[Desk]:
    """Open where the API does not reach Temporal."""
    nowhere = f"127.0.0.1:{free_port()}"
    async with open_desk(tmp_path, temporal_client, temporal=nowhere) as desk:
        yield desk


async def related(desk: Desk, *relationships: str, **order: str) -> Emitted:
    """Have the hirer allow this and no more, and SEEK tell of it."""
    return await desk.control.emit(
        EventOrder.model_validate(
            {
                "type": "HirerRelationshipChanged",
                "relationships": list(relationships),
                "wait": ANSWERED_WITHIN,
                **order,
            }
        )
    )


async def backfill(desk: Desk, hirer: str, *, dry_run: bool = False) -> BackfillResult:
    """Take in what was missed of a hirer, as the command does."""
    handle: WorkflowHandle[object, BackfillResult] = await start_backfill(
        desk.client,
        desk.settings.task_queue,
        BackfillInput(board="seek", hirer=hirer, dry_run=dry_run),
    )
    return await handle.result()


async def test_a_relationship_that_comes_back_brings_all_that_was_withheld_and_missed(
    desk: Desk,
) -> None:
    """What is `unavailable` is asked for within the minute, not within the week."""
    await related(desk, "JobPosting")
    withheld = await desk.apply()
    missed = await desk.apply(deliver=False)
    refused = await desk.recorded(withheld)
    flag = Flag.UNAVAILABLE

    async def is_listed() -> bool:
        query = f'WorkflowId = "{of(withheld)}" AND {attributes.FLAGS.name} = "{flag}"'
        return (await desk.client.count_workflows(query)).count == 1

    await eventually(is_listed)

    await related(desk, "JobPosting", _EXPORT)

    shown = await desk.recorded(withheld, lambda record: len(record.views) == 2)
    found = await desk.recorded(missed)
    assert Flag.UNAVAILABLE in refused.flags
    assert (shown.stage, shown.flags) == (Stage.MATCHED, ())
    assert found.stage is Stage.MATCHED


async def test_news_is_refused_while_nothing_could_keep_it(cut_off: Desk) -> None:
    """SEEK is told 503, and sends it again: Temporal alone would remember it."""
    emitted = await related(cut_off, _EXPORT, wait="0.1")

    await eventually(cut_off.control.deliveries)

    deliveries = await cut_off.control.deliveries()
    assert emitted.delivery in {"pending", "refused"}
    assert {one.status for one in deliveries} == {503}


async def test_a_backfill_takes_in_what_is_missing_of_one_hirer_once(
    desk: Desk,
) -> None:
    """A dry run counts; the real one takes in; another finds nothing to do."""
    ours = [await desk.apply(deliver=False) for _ in range(3)]
    others = await desk.apply(deliver=False, ad=Ad(hirer_id="seekAnz:other:hirer"))
    hirer = str(ours[0].hirer_id)

    counted = await backfill(desk, hirer, dry_run=True)
    waiting = [desk.applications.known(of(one)) for one in ours]
    taken = await backfill(desk, hirer)
    for one in ours:
        await desk.recorded(one)
    again = await backfill(desk, hirer)

    assert (counted.found, counted.taken_in, waiting) == (3, 3, [False] * 3)
    assert (taken.found, taken.taken_in) == (3, 3)
    assert (again.found, again.taken_in) == (3, 0)
    assert not desk.applications.known(of(others))


async def test_a_backfill_goes_on_after_seek_was_away(reception: Desk) -> None:
    """A worker that is lost and a SEEK that fails cost time, and nothing else."""
    missed = await reception.apply(deliver=False)
    await reception.control.fault(ServerError(times=2))
    handle = await start_backfill(
        reception.client,
        reception.settings.task_queue,
        BackfillInput(board="seek", hirer=str(missed.hirer_id)),
    )
    async with reception.working():
        await reception.until_asked(1)
    await reception.control.lift()
    async with reception.working():
        result = await handle.result()
        await reception.recorded(missed)

    assert (result.found, result.taken_in) == (1, 1)


async def test_a_posted_ad_is_known_by_its_id_when_somebody_applies(
    desk: Desk,
) -> None:
    """SEEK shows the application's ad without the reference; its id is enough."""
    ad = Ad(reference=f"NIGHT-{uuid4()}")
    first = await desk.apply(ad=ad, deliver=False)
    desk.catalogue.put(Position(reference=str(ad.reference), title="Night letters"))
    order = EventOrder(
        type="PositionProfilePosted",
        position_profile_id=first.position_profile_id,
        wait=ANSWERED_WITHIN,
    )
    await desk.control.emit(order)
    lessons = StoredLessons(desk.store)
    profile = str(first.position_profile_id)

    async def is_learned() -> bool:
        return lessons.find(ReferenceKind.PROFILE, profile.casefold()) is not None

    await eventually(is_learned)

    await desk.reconcile()

    record = await desk.recorded(first)
    assert record.position.reference == ad.reference
    assert record.position.matched_by is ReferenceKind.PROFILE


async def test_what_a_person_has_set_outweighs_what_a_board_tells(
    reception: Desk,
) -> None:
    """The position's own aliases come first, before and after the lesson."""
    desk = reception
    mine = Position.model_validate(
        {"reference": "MINE", "aliases": {"profile": ["ad-1"]}}
    )
    desk.catalogue.put(mine)
    desk.catalogue.put(Position(reference="THEIRS"))
    lessons = StoredLessons(desk.store)

    lessons.learn(References(profile="ad-1", job_reference="THEIRS"))
    lessons.learn(References(profile="ad-2", job_reference="THEIRS"))
    lessons.learn(References(profile="ad-3", job_reference="unknown"))

    catalogue = StoredCatalogue(desk.store)
    found = {
        name: [one.reference for one in catalogue.find(ReferenceKind.PROFILE, name)]
        for name in ("ad-1", "ad-2", "ad-3")
    }
    assert found == {"ad-1": ["MINE"], "ad-2": ["THEIRS"], "ad-3": []}


async def test_an_ad_that_seek_does_not_show_teaches_nothing(desk: Desk) -> None:
    """A null, a refusal: the application waits for a person as before."""
    await desk.control.fault(NullProfile())
    order = EventOrder(
        type="PositionProfileUpdated",
        details={"positionProfileId": "seekAnz:positionProfile:jobAd:gone"},
        wait=ANSWERED_WITHIN,
    )
    emitted = await desk.control.emit(order)

    async def was_asked() -> bool:
        return await desk.asked("positionProfile") > 0

    await eventually(was_asked)
    assert emitted.delivery == "accepted"
