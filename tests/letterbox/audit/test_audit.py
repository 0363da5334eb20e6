"""The audit of a store and a Temporal that were broken in each action there is."""

import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client

from letterbox.audit.facts import Evidence, Facts, StoredObjects, stored_objects_of
from letterbox.audit.kinds import Kind
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
from tests.audit_fixture import AuditFixture, found
from tests.letterbox.audit.damage import (
    DAMAGES,
    HOURS,
    NOW,
    Damage,
    accept,
    delete_document,
    put_tombstone,
    put_tombstone_and_terminate,
    retire_half,
    terminate,
    upload,
)


@pytest_asyncio.fixture(name="system")
async def _system(system: AuditFixture) -> AuditFixture:
    """Fill the system with applications in which nothing is wrong."""
    await system.open(str(uuid4()))
    system.archived(str(uuid4()))
    put_tombstone(system, f"careerjet:{uuid4()}")
    return system


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.do.__name__)
async def test_each_damage_is_found_repaired_if_possible_and_nothing_else(
    system: AuditFixture, damage: Damage
) -> None:
    """Exactly that, of exactly that application; repaired, it is found no more."""
    application_id = await damage.do(system, str(uuid4()))
    expected = [(damage.kind, application_id)]

    fast = await system.audit(fast=True, later=damage.later)
    whole = await system.audit(later=damage.later)
    repairing = await system.audit(repair=True, later=damage.later)
    afterwards = await system.audit(later=damage.later)

    is_repaired = "--repair" in damage.kind.remedy
    assert found(fast) == ([] if damage.unseen_when_fast else expected)
    assert found(whole) == found(repairing) == expected
    assert [one.repaired for one in whole.findings] == [False]
    assert [one.repaired for one in repairing.findings] == [is_repaired]
    assert repairing.fine == is_repaired
    assert found(afterwards) == ([] if is_repaired else expected)


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
    system = AuditFixture(settings, temporal_client)
    damages = [one for one in DAMAGES if one.on_bucket]
    expected = {
        (damage.kind, await damage.do(system, str(uuid4()))) for damage in damages
    }

    repairing = await system.audit(repair=True, later=HOURS)
    afterwards = await system.audit(later=HOURS)
    await system.clear()

    assert set(found(repairing)) == expected
    assert set(found(afterwards)) == {
        (kind, one) for kind, one in expected if "--repair" not in kind.remedy
    }


async def test_what_has_just_begun_is_not_wrong(system: AuditFixture) -> None:
    """A request under action, a late repeat, a fresh start, an old backlog."""
    system.accept(str(uuid4()))
    upload(system, f"careerjet:{uuid4()}")
    await system.start(f"careerjet:{uuid4()}")
    await system.open(str(uuid4()), NOW - timedelta(days=300))
    repeated = str(uuid4())
    system.accept(repeated)
    put_tombstone(system, f"careerjet:{repeated}")
    erasing = await system.open(str(uuid4()))
    put_tombstone(system, erasing)
    await system.open(packing := str(uuid4()))
    system.pack(f"careerjet:{packing}")

    assert found(await system.audit()) == []


async def test_several_things_wrong_with_one_are_all_found(
    system: AuditFixture,
) -> None:
    """One repair does not hide what is left."""
    application_id = await terminate(system, str(uuid4()))
    system.store.delete(keys.source(application_id, 1))

    report = await system.audit(repair=True)

    assert {(one.kind, one.repaired) for one in report.findings} == {
        (Kind.RECORD_WITHOUT_WORKFLOW, True),
        (Kind.SOURCE_MISSING, False),
    }
    assert not report.fine


@pytest.mark.parametrize(
    "do",
    [accept, terminate, delete_document, retire_half, put_tombstone_and_terminate],
    ids=lambda do: do.__name__,
)
async def test_ids_too_long_for_a_key_are_found_and_mended(
    system: AuditFixture, do: Callable[[AuditFixture, str], Awaitable[str]]
) -> None:
    """Their keys do not tell them; what lies there, or Temporal, does."""
    [damage] = [one for one in DAMAGES if one.do is do]
    application_id = await do(system, "ü" * 100)

    whole = await system.audit(later=damage.later)
    repairing = await system.audit(repair=True, later=damage.later)

    is_repaired = "--repair" in damage.kind.remedy
    assert found(whole) == [(damage.kind, application_id)]
    assert [one.repaired for one in repairing.findings] == [is_repaired]
    assert (found(await system.audit(later=damage.later)) == []) == is_repaired


async def test_ids_that_begin_with_another_id_are_kept_apart(
    system: AuditFixture,
) -> None:
    """A folder and a file of the same name are not at the same place in a list."""
    ids = ["1", "1.b", "1.zz", "1.zz.zz", "1-b", "1%", "1 b", "10", "1:1"]
    for one in ids:
        await system.open(one)
        system.records.holds.place(
            f"careerjet:{one}", Hold(reason="case 4711", placed_at=NOW)
        )
        system.pack(f"careerjet:{one}")

    report = await system.audit()
    parts = [objects.part for objects in walk(system.store)]

    assert found(report) == []
    assert report.applications == len(parts) == len(set(parts)) == len(ids) + 3


async def test_leftovers_written_again_during_a_repair_stay(
    system: AuditFixture, tmp_path: Path
) -> None:
    """The board has sent the same once more, and the documents are the first of it."""
    upload(system, application_id := f"careerjet:{uuid4()}")
    [document] = system.documents(application_id)
    hours_ago = (NOW - HOURS).timestamp()
    os.utime(tmp_path / "store" / document, (hours_ago, hours_ago))
    before = _stored_objects(system, application_id)
    tools = open_tools(system.settings, system.client, fast=True, repair=True)
    assert tools.repairs
    upload(system, application_id)

    is_repaired = tools.repairs.repair(Kind.LEFTOVERS, Facts(before))

    assert not is_repaired
    assert system.documents(application_id)


async def test_a_marker_of_what_is_erased_meanwhile_is_not_left(
    system: AuditFixture,
) -> None:
    """The erasure had removed it already."""
    system.accept(uuid := str(uuid4()))
    record = system.record(application_id := f"careerjet:{uuid}")
    tools = open_tools(system.settings, system.client, fast=True, repair=True)
    assert tools.repairs
    put_tombstone(system, application_id)
    system.records.removal.resume_erasure(application_id)
    facts = Facts(_stored_objects(system, application_id), Evidence(record=record))

    tools.repairs.repair(Kind.MARKER_MISSING, facts)

    assert _all_of(system, application_id) == [keys.tombstone(application_id)]


def _stored_objects(system: AuditFixture, application_id: str) -> StoredObjects:
    found = [(placed(one.key), one) for one in system.store.list("")]
    part = key_part(application_id)
    ours = [(place, one) for place, one in found if place and place.part == part]
    return stored_objects_of(part, ours)


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
    system: AuditFixture, settings: Settings, tmp_path: Path
) -> None:
    """Whatever it left, the tombstone is all that remains after the repair."""
    store = Dying(tmp_path / "store")
    removal = open_records(settings, store).removal
    tombstone = Tombstone(reason="request 17", removed_at=NOW)
    for steps in range(10):
        application_id = await terminate(system, str(uuid4()))
        store.lives = steps
        try:
            removal.erase(application_id, tombstone)
        except StoreUnavailableError:
            expected = [(Kind.TOMBSTONE_WITH_LEFTOVERS, application_id)]
        else:
            expected = []
        repairing = await system.audit(repair=True)

        assert found(repairing) == expected
        assert repairing.fine
        assert _all_of(system, application_id) == [keys.tombstone(application_id)]
        if not expected:
            break
    assert steps > 3


def _all_of(system: AuditFixture, application_id: str) -> list[str]:
    uuid = application_id.partition(":")[2]
    return [one.key for one in system.store.list("") if uuid in one.key]


async def test_events_of_what_is_over_that_nobody_takes_are_found_and_told(
    system: AuditFixture,
) -> None:
    """Young ones are not late, and without an ATS none is; damaged ones always are."""
    late, young = system.archived(str(uuid4())), system.archived(str(uuid4()))
    owed = StoredOwedEvents(system.store)
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
    system.store.put(keys.owed(damaged), b"{]")
    system.store.put(keys.owed(foreign), system.store.get(keys.owed(young)))
    unreadable = {(Kind.OWED_UNREADABLE, damaged), (Kind.OWED_UNREADABLE, foreign)}
    ats = {"delivery_url": "http://127.0.0.1:9/"}

    assert set(found(await system.audit())) == unreadable
    assert set(found(await system.audit(settings=ats))) == {
        *unreadable,
        (Kind.UNTOLD, late),
    }


async def test_temporary_files_are_removed_and_foreign_objects_counted(
    system: AuditFixture, tmp_path: Path
) -> None:
    """Stale temporary files go; foreign objects are counted, and not named."""
    stale = tmp_path / "store" / ".tmp" / "left"
    stale.write_bytes(b"half a CV")
    (stale.parent / "young").write_bytes(b"under action")
    probe = f"health/{'a' * 32}"
    system.store.put(probe, b"letterbox")
    hours_ago = (NOW - HOURS).timestamp()
    for path in (stale, tmp_path / "store" / probe):
        os.utime(path, (hours_ago, hours_ago))
    system.store.put("Ada Example/cv.pdf", b"%PDF")
    system.store.put("applications/careerjet:1/Ada Example.pdf", b"%PDF")

    report = await system.audit()
    repairing = await system.audit(repair=True)

    foreign = [(Kind.FOREIGN_OBJECTS, None)]
    assert found(report) == [(Kind.TEMPORARY_FILES, None), *foreign]
    assert [one.count for one in report.findings] == [2, 2]
    assert report.findings[1].details == ("Ad… (1)", "applications/… (1)")
    assert "Example" not in report.model_dump_json()
    assert [one.repaired for one in repairing.findings] == [True, False]
    assert not stale.exists()
    assert found(await system.audit()) == foreign
