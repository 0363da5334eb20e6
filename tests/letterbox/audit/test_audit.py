"""The audit of a store and a Temporal that were broken in each way there is."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client

from letterbox.audit.facts import Evidence, Facts, StoredObjects, traces_of
from letterbox.audit.kinds import KINDS, Kind
from letterbox.audit.walk import walk
from letterbox.audit.wiring import open_tools
from letterbox.domain import keys
from letterbox.domain.application import EventType, Hold, Stage, Tombstone
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.events import Undelivered
from letterbox.domain.ids import key_part
from letterbox.domain.key_owners import placed
from letterbox.records.owed_events import StoredOwedEvents
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.audit_fixture import Estate, found
from tests.letterbox.audit.damage import (
    HARMS,
    HOURS,
    NOW,
    Harm,
    accept,
    bury,
    bury_and_terminate,
    delete_document,
    retire_half,
    terminate,
    upload,
)


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    return Settings(
        store=f"file:{tmp_path / 'store'}",
        task_queue=str(uuid4()),
        digest_key=("a key for tests",),
    )


@pytest_asyncio.fixture(name="estate")
async def _estate(settings: Settings, temporal_client: Client) -> AsyncIterator[Estate]:
    """Make an estate in which nothing is wrong."""
    estate = Estate(settings, temporal_client)
    await estate.open(str(uuid4()))
    estate.archived(str(uuid4()))
    bury(estate, f"careerjet:{uuid4()}")
    yield estate
    await estate.clear()


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.do.__name__)
async def test_each_harm_is_found_and_nothing_else(estate: Estate, harm: Harm) -> None:
    """Exactly that, of exactly that application; repaired, it is found no more."""
    application_id = await harm.do(estate, str(uuid4()))
    expected = [(harm.kind, application_id)]

    fast = await estate.audit(fast=True, later=harm.later)
    whole = await estate.audit(later=harm.later)
    repairing = await estate.audit(repair=True, later=harm.later)
    afterwards = await estate.audit(later=harm.later)

    is_mended = KINDS[harm.kind].repairable
    assert found(fast) == ([] if harm.unseen_when_fast else expected)
    assert found(whole) == found(repairing) == expected
    assert [one.repaired for one in whole.findings] == [False]
    assert [one.repaired for one in repairing.findings] == [is_mended]
    assert repairing.fine == is_mended
    assert found(afterwards) == ([] if is_mended else expected)


async def test_a_bucket_is_audited_as_a_folder_is(
    temporal_client: Client, moto_endpoint: str, bucket: str
) -> None:
    """Some of each sort, broken at once: found, and mended as far as can be."""
    settings = Settings(
        store=f"s3://{bucket}",
        s3_endpoint=moto_endpoint,
        s3_access_key=SecretStr("access"),
        s3_secret_key=SecretStr("secret"),
        task_queue=str(uuid4()),
        digest_key=("a key for tests",),
    )
    estate = Estate(settings, temporal_client)
    harms = [one for one in HARMS if one.on_bucket]
    expected = {(harm.kind, await harm.do(estate, str(uuid4()))) for harm in harms}

    repairing = await estate.audit(repair=True, later=HOURS)
    afterwards = await estate.audit(later=HOURS)
    await estate.clear()

    assert set(found(repairing)) == expected
    assert set(found(afterwards)) == {
        (kind, one) for kind, one in expected if not KINDS[kind].repairable
    }


async def test_what_has_just_begun_is_not_wrong(estate: Estate) -> None:
    """A request under way, a late repeat, a fresh start, an old backlog."""
    estate.accept(str(uuid4()))
    upload(estate, f"careerjet:{uuid4()}")
    await estate.start(f"careerjet:{uuid4()}")
    await estate.open(str(uuid4()), NOW - timedelta(days=300))
    repeated = str(uuid4())
    estate.accept(repeated)
    bury(estate, f"careerjet:{repeated}")
    erasing = await estate.open(str(uuid4()))
    bury(estate, erasing)
    await estate.open(packing := str(uuid4()))
    estate.pack(f"careerjet:{packing}")

    assert found(await estate.audit()) == []


async def test_several_things_wrong_with_one_are_all_found(estate: Estate) -> None:
    """One repair does not hide what is left."""
    application_id = await terminate(estate, str(uuid4()))
    estate.store.delete(keys.source(application_id, 1))

    report = await estate.audit(repair=True)

    assert {(one.kind, one.repaired) for one in report.findings} == {
        (Kind.RECORD_WITHOUT_WORKFLOW, True),
        (Kind.SOURCE_MISSING, False),
    }
    assert not report.fine


@pytest.mark.parametrize(
    "do",
    [accept, terminate, delete_document, retire_half, bury_and_terminate],
    ids=lambda do: do.__name__,
)
async def test_ids_too_long_for_a_key_are_found_and_mended(
    estate: Estate, do: Callable[[Estate, str], Awaitable[str]]
) -> None:
    """Their keys do not tell them; what lies there, or Temporal, does."""
    [harm] = [one for one in HARMS if one.do is do]
    application_id = await do(estate, "ü" * 100)

    whole = await estate.audit(later=harm.later)
    repairing = await estate.audit(repair=True, later=harm.later)

    is_mended = KINDS[harm.kind].repairable
    assert found(whole) == [(harm.kind, application_id)]
    assert [one.repaired for one in repairing.findings] == [is_mended]
    assert (found(await estate.audit(later=harm.later)) == []) == is_mended


async def test_ids_that_begin_with_another_id_are_kept_apart(estate: Estate) -> None:
    """A folder and a file of the same name are not at the same place in a list."""
    ids = ["1", "1.b", "1.zz", "1.zz.zz", "1-b", "1%", "1 b", "10", "1:1"]
    for one in ids:
        await estate.open(one)
        estate.records.holds.place(
            f"careerjet:{one}", Hold(reason="case 4711", placed_at=NOW)
        )
        estate.pack(f"careerjet:{one}")

    report = await estate.audit()
    parts = [traces.part for traces in walk(estate.store)]

    assert found(report) == []
    assert report.applications == len(parts) == len(set(parts)) == len(ids) + 3


async def test_what_is_put_again_meanwhile_stays(
    estate: Estate, tmp_path: Path
) -> None:
    """The board has sent the same once more, and the documents are the first of it."""
    upload(estate, application_id := f"careerjet:{uuid4()}")
    [document] = estate.documents(application_id)
    hours_ago = (NOW - HOURS).timestamp()
    os.utime(tmp_path / "store" / document, (hours_ago, hours_ago))
    before = _traces(estate, application_id)
    tools = open_tools(estate.settings, estate.client, fast=True, repair=True)
    assert tools.repairs
    upload(estate, application_id)

    is_repaired = tools.repairs.repair(Kind.LEFTOVERS, Facts(before))

    assert not is_repaired
    assert estate.documents(application_id)


async def test_a_marker_of_what_is_erased_meanwhile_is_not_left(estate: Estate) -> None:
    """The erasure had removed it already."""
    estate.accept(uuid := str(uuid4()))
    record = estate.record(application_id := f"careerjet:{uuid}")
    tools = open_tools(estate.settings, estate.client, fast=True, repair=True)
    assert tools.repairs
    bury(estate, application_id)
    estate.records.removal.resume_erasure(application_id)
    facts = Facts(_traces(estate, application_id), Evidence(record=record))

    tools.repairs.repair(Kind.MARKER_MISSING, facts)

    assert _all_of(estate, application_id) == [keys.tombstone(application_id)]


def _traces(estate: Estate, application_id: str) -> StoredObjects:
    found = [(placed(one.key), one) for one in estate.store.list("")]
    part = key_part(application_id)
    ours = [(place, one) for place, one in found if place and place.part == part]
    return traces_of(part, ours)


class Dying(DirectoryStore):
    """A store whose process dies at its n-th delete."""

    lives = 0

    def delete(self, key: str) -> None:
        """Delete, while there is life."""
        if not self.lives:
            raise StoreUnavailableError("killed")
        self.lives -= 1
        super().delete(key)


async def test_an_erasure_killed_at_any_step_is_found_and_ended(
    estate: Estate, settings: Settings, tmp_path: Path
) -> None:
    """Whatever it left, the tombstone is all that remains after the repair."""
    store = Dying(tmp_path / "store")
    removal = open_records(settings, store).removal
    tombstone = Tombstone(reason="request 17", removed_at=NOW)
    for steps in range(10):
        application_id = await terminate(estate, str(uuid4()))
        store.lives = steps
        try:
            removal.erase(application_id, tombstone)
        except StoreUnavailableError:
            expected = [(Kind.TOMBSTONE_WITH_LEFTOVERS, application_id)]
        else:
            expected = []
        repairing = await estate.audit(repair=True)

        assert found(repairing) == expected
        assert repairing.fine
        assert _all_of(estate, application_id) == [keys.tombstone(application_id)]
        if not expected:
            break
    assert steps > 3


def _all_of(estate: Estate, application_id: str) -> list[str]:
    uuid = application_id.partition(":")[2]
    return [one.key for one in estate.store.list("") if uuid in one.key]


async def test_events_of_what_is_over_that_nobody_takes_are_found_and_told(
    estate: Estate,
) -> None:
    """Young ones are not late, and without an ATS none is; damaged ones always are."""
    late, young = estate.archived(str(uuid4())), estate.archived(str(uuid4()))
    owed = StoredOwedEvents(estate.store)
    for one, days in ((late, 5), (young, 3)):
        event = Undelivered(
            application_id=one,
            type=EventType.ARCHIVED,
            happened_at=NOW - timedelta(days=days),
            stage=Stage.ARCHIVED,
            delivery_id=f"an id of {one}",
        )
        owed.save(one, (event,))
    damaged, foreign = "careerjet:damaged", "careerjet:foreign"
    estate.store.put(keys.owed(damaged), b"{]")
    estate.store.put(keys.owed(foreign), estate.store.get(keys.owed(young)))
    unreadable = {(Kind.OWED_UNREADABLE, damaged), (Kind.OWED_UNREADABLE, foreign)}
    ats = {"delivery_url": "http://127.0.0.1:9/"}

    assert set(found(await estate.audit())) == unreadable
    assert set(found(await estate.audit(settings=ats))) == {
        *unreadable,
        (Kind.UNTOLD, late),
    }


async def test_what_belongs_to_no_application(estate: Estate, tmp_path: Path) -> None:
    """Stale temporary files go; foreign objects are counted, and not named."""
    stale = tmp_path / "store" / ".tmp" / "left"
    stale.write_bytes(b"half a CV")
    (stale.parent / "young").write_bytes(b"under way")
    probe = f"health/{'a' * 32}"
    estate.store.put(probe, b"letterbox")
    hours_ago = (NOW - HOURS).timestamp()
    for path in (stale, tmp_path / "store" / probe):
        os.utime(path, (hours_ago, hours_ago))
    estate.store.put("Ada Example/cv.pdf", b"%PDF")
    estate.store.put("applications/careerjet:1/Ada Example.pdf", b"%PDF")

    report = await estate.audit()
    repairing = await estate.audit(repair=True)

    foreign = [(Kind.FOREIGN_OBJECTS, None)]
    assert found(report) == [(Kind.TEMPORARY_FILES, None), *foreign]
    assert [one.count for one in report.findings] == [2, 2]
    assert report.findings[1].details == ("Ad… (1)", "applications/… (1)")
    assert "Example" not in report.model_dump_json()
    assert [one.repaired for one in repairing.findings] == [True, False]
    assert not stale.exists()
    assert found(await estate.audit()) == foreign
