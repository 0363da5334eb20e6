"""SEEK's webhook over real HTTP: what is accepted, what is refused, and when."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from letterbox.domain.messages import SweepInput
from seek_sandbox.orders import EventOrder
from tests.end_to_end.seek.notices import SAMPLE, events, inbox
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import ANSWERED_WITHIN, Desk, of
from tests.support import eventually, free_port
from workflows.scheduled import InboxSweep

_QUICKLY = 3000  # ms; SEEK gives up after 10 s.


async def started(desk: Desk) -> list[str]:
    """Name the workflows of a desk's task queue."""
    query = f'TaskQueue = "{desk.settings.task_queue}"'
    return sorted([one.id async for one in desk.client.list_workflows(query)])


async def test_the_specifications_delivery_starts_exactly_its_two_workflows(
    tmp_path: Path, temporal_client: Client
) -> None:
    """Signed and posted as printed, less the comments; both are fetched."""
    said = json.loads(SAMPLE)["events"]
    # Of 2019: else their window would have ended.
    ages = timedelta(days=10_000)
    async with open_desk(tmp_path, temporal_client, retention=ages) as desk:
        emitted = [
            await desk.apply(
                event_id=one["id"],
                profile_id=one["candidateApplicationProfileId"],
                candidate_id=one["candidateId"],
                deliver=False,
            )
            for one in said
        ]

        answer = await desk.post(SAMPLE)

        assert (answer.status_code, answer.content) == (204, b"")
        async with desk.working():
            records = [await desk.recorded(one) for one in emitted]
        assert [record.source.profile_id for record in records] == [
            one["candidateApplicationProfileId"] for one in said
        ]
        assert await started(desk) == [
            "seek:seekAnzPublicTest:event:events:5cKZnRzXas97fyUAhpiAV1",
            "seek:seekAnzPublicTest:event:events:WBmJMt4uEbj72ZVMhGi2hS",
        ]
        for one in emitted:
            await desk.handle(one).terminate("these ids are not this test's alone")


async def test_ten_events_of_a_webhook_are_durable_before_the_answer(
    reception: Desk,
) -> None:
    """Whatever becomes of the process then; and each has its workflow soon."""
    answer = await reception.post(events(10))

    assert answer.status_code == 204
    assert inbox(reception) == 10

    async def all_started() -> bool:
        return len(await started(reception)) == 10

    await eventually(all_started)


async def test_webhook_answers_503_while_the_store_is_away_and_seek_sends_again(
    desk: Desk,
) -> None:
    """The one reason to say no: what is not durable must not be called accepted."""
    aside = desk.folder.with_name("aside")
    desk.folder.rename(aside)
    emitted = await desk.apply(wait=0)

    async def refused() -> bool:
        return 503 in [one.status for one in await desk.control.deliveries()]

    await eventually(refused)
    aside.rename(desk.folder)

    assert (await desk.recorded(emitted)).candidate.person.name.given == "Ella"


async def test_webhook_answers_204_while_temporal_is_away_and_the_sweep_starts_it(
    tmp_path: Path, temporal_client: Client
) -> None:
    """Accept first: the inbox holds it, and SEEK does not notice."""
    nobody = f"127.0.0.1:{free_port()}"
    async with open_desk(tmp_path, temporal_client, temporal=nobody) as desk:
        emitted = await desk.apply()
        [delivery] = await desk.control.deliveries()
        held = desk.waiting(of(emitted))

        async with desk.working():
            await desk.client.execute_workflow(
                InboxSweep.run,
                SweepInput(older_than_seconds=0),
                id=str(uuid4()),
                task_queue=desk.settings.task_queue,
            )
            record = await desk.recorded(emitted)

        assert (emitted.delivery, delivery.status) == ("accepted", 204)
        assert delivery.latency_ms is not None
        assert delivery.latency_ms < _QUICKLY
        assert [one.board_id for one in held] == [emitted.event_id]
        assert record.stage == "matched"


@pytest.mark.parametrize("kind", ["CandidateProfilePurchased", "SomethingNew"])
async def test_events_of_other_types_are_accepted_logged_and_counted(
    kind: str, reception: Desk
) -> None:
    """By type and by SEEK's id of the request; nothing is kept of them."""
    order = EventOrder(type=kind, wait=ANSWERED_WITHIN)

    emitted = await reception.control.emit(order)

    [line] = reception.logs.said("notice accepted")
    [delivery] = await reception.control.deliveries()
    counted = (await reception.api.get("/metrics")).text
    assert emitted.delivery == "accepted"
    assert line["others"] == [kind]
    assert line["request_id"] == delivery.request_id
    assert 'letterbox_events_total{board="seek",kind="other"} 1.0' in counted
    assert inbox(reception) == 0


@pytest.mark.parametrize("event_id", ["e" * 255, "a/../b?c=d%2F é☃", "~", ".."])
async def test_an_id_of_seek_may_be_of_any_length_and_characters(
    event_id: str, desk: Desk
) -> None:
    """However long or odd, it is one workflow and one folder, also a second time."""
    unique = f"{uuid4().hex}{event_id}"[:255]
    emitted = await desk.apply(event_id=unique, attachments=["Resume"])
    await desk.recorded(emitted)

    await desk.control.replay(unique, wait=ANSWERED_WITHIN)

    record = await desk.recorded(emitted, lambda record: len(record.views) == 2)
    assert record.source.board_id == unique
    assert await started(desk) == [of(emitted)]
    assert len(list((desk.folder / "applications").iterdir())) == 1
