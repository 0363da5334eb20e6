"""An ATS that is set up after applications came in is told of them, by `deliver`."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client

from letterbox.domain.application import Stage
from letterbox.resources import open_store
from tests.end_to_end.processes.ats_stack import OPEN, House, configured
from tests.receiver import SECRET, Receiver
from tests.workflows.running_worker import running_worker, wait_until_idle

pytestmark = pytest.mark.processes


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
    """Have five applications come in without an ATS; then workers have one."""
    settings = configured(monkeypatch, tmp_path, temporal_client)
    early = House(ats, settings, temporal_client)
    async with running_worker(temporal_client, settings):
        ids = [*await early.arrive(3), *await early.arrive(2, job_id="nobody-knows")]
        for one in ids:
            await wait_until_idle(temporal_client.get_workflow_handle(one))
    monkeypatch.setenv("LETTERBOX_DELIVERY_URL", ats.url)
    monkeypatch.setenv("LETTERBOX_DELIVERY_SECRET", SECRET)
    settings = settings.model_copy(
        update={"delivery_url": ats.url, "delivery_secret": (SecretStr(SECRET),)}
    )
    async with running_worker(temporal_client, settings):
        yield House(ats, settings, temporal_client)


def ids_in(house: House, stage: Stage) -> list[str]:
    """List the applications whose record is in a stage, by id."""
    records = [*map(house.applications.find, house_ids(house))]
    return sorted(one.id for one in records if one and one.stage is stage)


def house_ids(house: House) -> set[str]:
    """List the applications that the store has."""
    listed = open_store(house.settings).list("applications/")
    return {one.key.split("/")[1] for one in listed}


async def test_an_ats_that_is_set_up_later_is_told_what_was_recorded_before(
    house: House,
) -> None:
    """One by its id, one by a choice, all others in bulk: each event once, in order."""
    matched, triage = ids_in(house, Stage.MATCHED), ids_in(house, Stage.TRIAGE)
    by_id, by_choice, *others = matched[0], triage[0], *matched[1:], triage[1]

    await house.letterbox("deliver", by_id)
    await house.letterbox("assign", by_choice, OPEN)
    await house.until_told(3 + 2, [by_id, by_choice])
    planned = json.loads(
        await house.letterbox("deliver", "--stage", "matched", "--dry-run", "--json")
    )
    before = len(house.ats.events)
    await house.letterbox("assign", by_choice, OPEN)
    await wait_until_idle(house.client.get_workflow_handle(by_choice))
    unchanged = len(house.ats.events)
    done = await house.letterbox("deliver", "--all", "--after", min(others)[:-1])

    assert {one["id"] for one in planned["items"]} == {*matched[1:]}
    assert unchanged == before == 5
    assert "applications sent to the ATS" in done
    await house.until_told(5 + 3 + 3 + 2, matched + triage)
    told = house.told()
    for one in matched:
        assert told[one][:3] == ["recorded", "matched", "updated"], told[one]
    assert told[by_choice][:2] == ["recorded", "matched"]
    assert told[triage[1]][:2] == ["recorded", "updated"]


async def test_a_test_event_is_signed_and_says_that_it_is_a_test(house: House) -> None:
    """The ATS's answer is printed; nothing of any application is in it."""
    answer = json.loads(await house.letterbox("deliver", "--test", "--json"))

    [attempt] = house.ats.attempts
    assert (answer["status"], answer["taken"]) == (204, True)
    assert answer["webhook_id"] == attempt.id
    assert attempt.event["type"] == "letterbox.test"
    assert attempt.event["data"]["id"] is None
    assert house.ats.forged == 0
