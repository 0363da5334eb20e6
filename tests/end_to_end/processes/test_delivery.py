"""An ATS that fails three times in ten is told everything, in order, and once."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from letterbox.domain.application import Stage
from letterbox.domain.commands import Assignment, EraseRequest
from letterbox.temporal.updates import Updates
from tests.end_to_end.processes.ats_stack import OPEN, House, configured
from tests.receiver import SECRET, Fault, Receiver
from tests.workflows.running_worker import running_worker, wait_until_idle
from tests.workflows.step_interceptors import QuickDelivery

pytestmark = pytest.mark.processes

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OF_THE_CANDIDATE = (
    "Ada ",
    '"Ada"',
    "ada@",
    "Example",
    "example.com",
    "Please",
    "cv.pdf",
)


@pytest.fixture(name="ats")
def _ats() -> Iterator[Receiver]:
    with Receiver() as ats:
        yield ats


@pytest_asyncio.fixture(name="house")
async def _house(
    ats: Receiver,
    tmp_path: Path,
    temporal_client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[House]:
    settings = configured(
        monkeypatch,
        tmp_path,
        temporal_client,
        LETTERBOX_DELIVERY_URL=ats.url,
        LETTERBOX_DELIVERY_SECRET=SECRET,
    )
    async with running_worker(temporal_client, settings, QuickDelivery()):
        yield House(ats, settings, temporal_client)


async def test_each_event_arrives_once_and_in_order(house: House) -> None:
    """Through 30 % of failures, lost answers among them; as seen by their ids."""
    faults = (Fault.ERROR, Fault.BUSY, Fault.CUT, Fault.LOST)
    house.ats.failing = 0.3
    house.ats.answers.extend(faults)
    matched = await house.arrive(16)
    triage = await house.arrive(10, job_id="nobody-knows-it")
    archived = await house.arrive(4, received_at=LONG_AGO)
    expected = {
        **{one: ["recorded", "matched"] for one in matched},
        **{one: ["recorded"] for one in triage},
        **{one: ["recorded", "matched", "archived"] for one in archived},
    }
    await house.until_told(54, expected)
    updates = Updates(house.client, house.settings.task_queue)
    assigned = {triage.pop(): "matched" for _ in range(4)}
    erased = {one.pop(): "erased" for one in (matched, triage)}

    first, *others = assigned
    await house.letterbox("assign", first, OPEN)
    for one in others:
        await updates.assign(one, Assignment(reference=OPEN))
    for one in erased:
        await updates.erase(one, EraseRequest(reason="request 17"))

    for one, what in (assigned | erased).items():
        expected[one].append(what)
    await house.until_told(60, expected)
    assert house.told() == expected
    assert house.ats.forged == 0
    assert {one.fault for one in house.ats.attempts} == {*faults, None}
    bodies = b"\n".join(one.body for one in house.ats.attempts).decode()
    assert [word for word in OF_THE_CANDIDATE if word in bodies] == []
    delivered = {*matched, *assigned}
    records = map(house.applications.find, expected)
    assert delivered == {
        record.id for record in records if record and record.stage is Stage.DELIVERED
    }
    await house.until_listed(delivered, Stage.DELIVERED)
    await house.until_listed({*triage}, Stage.TRIAGE)


async def test_an_ats_that_was_gone_is_told_all_when_somebody_says_so(
    house: House,
) -> None:
    """`letterbox deliver --enable` tells what is owed, each event once."""
    house.switch.disable(house.ats.url)
    ids = await house.arrive(3)
    await house.until_told(0, ids)
    attempts = len(house.ats.attempts)
    before = [house.applications.find(one) for one in ids]

    said = await house.letterbox("deliver", "--enable")
    await house.until_told(6, ids)
    for one in ids:
        await wait_until_idle(house.client.get_workflow_handle(one))
    again = await house.letterbox("deliver", "--enable")

    after = [house.applications.find(one) for one in ids]
    assert (attempts, len(house.ats.attempts)) == (0, 6)
    assert "the ATS is being sent what it missed of 3 applications" in said
    assert "the ATS has missed nothing" in again
    assert [one.stage for one in before if one] == [Stage.MATCHED] * 3
    assert [one.stage for one in after if one] == [Stage.DELIVERED] * 3
