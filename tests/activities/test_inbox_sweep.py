"""The sweep: nothing that lies in the inbox stops it, or costs a start a minute."""

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

from activities.inbox import InboxActivities
from activities.inbox_folders import is_time_to_signal
from activities.seldom import Seldom
from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError, TemporalUnavailableError
from letterbox.domain.ids import key_part
from letterbox.domain.messages import SweepInput, SweepResult
from letterbox.domain.ports import ObjectStore, StoredObject
from letterbox.records import inbox
from letterbox.records.applications import StoredApplications
from letterbox.records.inbox import read_any
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.activities.conftest import over
from tests.activities.steps import go_through
from tests.factories import careerjet
from tests.older_inbox import APPLICATIONS

DIGEST = "0" * 64
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
OVERLONG = "ü" * 100


@pytest.fixture(autouse=True)
def _removed(tmp_path: Path) -> Iterator[None]:
    """Remove what Python, and so pytest, cannot: it goes as deep as its stack."""
    yield
    subprocess.run(["rm", "-rf", tmp_path / "store"], check=True)


@pytest.fixture(name="applications", params=sorted(APPLICATIONS))
def _applications(
    request: pytest.FixtureRequest, store: ObjectStore
) -> StoredApplications:
    """Have applications wait in the form of today, or of before."""
    return APPLICATIONS[request.param](store)


class Started:
    """Stands where Temporal is: notes who is started, fails for whom it is told to."""

    def __init__(self, *failing: str) -> None:
        self.told: list[str] = []
        self.only: list[str] = []
        self.failing = failing

    async def start(self, application_id: str) -> None:
        """Start, or tell."""
        self._fail(application_id)
        self.told.append(application_id)

    async def start_only(self, application_id: str) -> None:
        """Start."""
        self._fail(application_id)
        self.only.append(application_id)

    def _fail(self, application_id: str) -> None:
        if application_id in self.failing:
            raise ZeroDivisionError(application_id)


def accept(applications: StoredApplications, uuid: str) -> str:
    """Have an application lie in the inbox."""
    delivery, contents = careerjet(uuid)
    applications.accept(delivery, contents)
    return delivery.application_id


async def swept(sweep: InboxActivities, older_than: float = -5) -> SweepResult:
    """Sweep once."""
    given = SweepInput(older_than_seconds=older_than)
    found: SweepResult = await ActivityEnvironment().run(sweep.sweep, given)
    return found


def sweep_of(store: ObjectStore, started: Started) -> InboxActivities:
    """Put a sweep together."""
    return InboxActivities(
        store=store,
        read=read_any,
        start=started.start,
        start_only=started.start_only,
    )


def litter(root: Path) -> None:
    """Leave in an inbox what people, tools and crashes leave."""
    waiting = root / "inbox"
    (waiting / os.fsdecode(b"careerjet:\xff\xfe")).mkdir()
    (waiting / os.fsdecode(b"careerjet:\xff\xfe") / f"{DIGEST}.json").write_text("{}")
    (waiting / "careerjet:1").mkdir(exist_ok=True)
    (waiting / "careerjet:1" / os.fsdecode(b"\xe9.json")).write_text("{}")
    (waiting / "00" / os.fsdecode(b"careerjet:\xff~1.zip")).write_text("")
    (waiting / "00" / "Ada Example.zip").write_bytes(b"PK")
    (waiting / "00" / f"careerjet:1~{DIGEST}.zip").write_text("in another's folder")
    (waiting / "0g").mkdir()
    (waiting / "0g" / f"careerjet:1~{DIGEST}.zip").write_text("in none of ours")
    (root / keys.inbox_record("careerjet:h", DIGEST)).mkdir()
    os.mkfifo(root / keys.inbox_record("careerjet:i", DIGEST))
    (root / keys.inbox_record("careerjet:j", DIGEST)).write_bytes(b"PK\5\6" * 9)
    (waiting / os.fsdecode(b"\xff")).write_text("")
    (waiting / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (waiting / "Ada Example.pdf").write_bytes(b"%PDF")
    (waiting / "careerjet:a-file").write_text("where a folder should be")
    (waiting / "careerjet:b" / f"{DIGEST}.json" / "deep").mkdir(parents=True)
    (waiting / "careerjet:b" / f"{DIGEST}.json" / "deep" / "er").write_text("")
    (waiting / "careerjet:c").mkdir()
    os.mkfifo(waiting / "careerjet:c" / f"{DIGEST}.json")
    (waiting / "careerjet:d").symlink_to(waiting / "careerjet:1")
    (waiting / "careerjet:e").mkdir()
    (waiting / "careerjet:e" / f"{DIGEST}.json").symlink_to("nowhere")
    (waiting / "careerjet:%zz").mkdir()
    (waiting / "careerjet:%zz" / f"{DIGEST}.json").write_text("{}")
    (waiting / "careerjet:f").mkdir()
    (waiting / "careerjet:f" / f"{'1' * 64}.json").write_text("")
    (waiting / "careerjet:g").mkdir()
    (waiting / "careerjet:g" / f"{'2' * 64}.json").write_bytes(b"[" * 100_000)


def deep(root: Path) -> None:
    """Leave folders that are deeper than a path may be long, and many."""
    at = os.open(root / "inbox", os.O_RDONLY)
    try:
        for name in ["careerjet:0", *(["x" * 4] * 1200)]:
            os.mkdir(name, dir_fd=at)
            below = os.open(name, os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = below
    finally:
        os.close(at)


@pytest.mark.parametrize("leave", [litter, deep], ids=lambda one: one.__name__)
async def test_stray_files_and_folders_hide_nothing_that_is_behind_them(
    leave: Callable[[Path], None],
    tmp_path: Path,
    store: ObjectStore,
    applications: StoredApplications,
) -> None:
    """At any depth, of any kind, whatever their names; they cost a line a day each."""
    waiting = [accept(applications, uuid) for uuid in ("1", "zz", OVERLONG)]
    leave(tmp_path / "store")
    started = Started()
    sweep = sweep_of(store, started)

    with capture_logs() as first:
        await swept(sweep)
    with capture_logs() as second:
        await swept(sweep)

    assert sorted(started.told) == sorted(waiting * 2)
    assert first
    assert second == []
    assert "Ada" not in str(first)


async def test_one_that_cannot_be_started_does_not_stop_the_others(
    store: ObjectStore, applications: StoredApplications
) -> None:
    """Whatever is raised; it is logged once, and tried again by the next sweep."""
    bad, good = accept(applications, "1"), accept(applications, "2")
    started = Started(bad)
    sweep = sweep_of(store, started)

    with capture_logs() as logs:
        results = [await swept(sweep) for _ in range(3)]

    assert started.told == [good] * 3
    assert results == [SweepResult(started=1, left=1)] * 3
    [line] = logs
    assert (line["folder"], line["error"]) == (bad, "ZeroDivisionError")


@pytest.mark.parametrize("uuid", ["1", OVERLONG])
async def test_an_unreadable_record_does_not_keep_the_others_of_its_folder(
    uuid: str, store: ObjectStore, applications: StoredApplications
) -> None:
    """The first, the last, or both: one that can be read is enough."""
    application_id = accept(applications, uuid)
    for fingerprint in ("0" * 64, "f" * 64):
        store.put(keys.inbox_record(application_id, fingerprint), b"{")
    started = Started()

    assert await swept(sweep_of(store, started)) == SweepResult(started=1)
    assert started.told == [application_id]


@pytest.mark.parametrize("body", [b"", b"{", b'{"version": 2}', b"\0\xff", b"[]"])
@pytest.mark.parametrize("stage", ["recorded", "archived", "alone"])
async def test_where_nothing_can_be_read_nobody_is_woken_up(
    body: bytes, stage: str, store: ObjectStore, applications: StoredApplications
) -> None:
    """Not each minute for half a year: a person is told, once a day."""
    delivery, contents = careerjet("1")
    if stage == "recorded":
        applications.accept(delivery, contents)
        go_through(over(store, Settings()), delivery)
    elif stage == "archived":
        store.put(keys.archive(delivery.application_id), b"PK")
    store.put(keys.inbox_record(delivery.application_id, DIGEST), body)
    clock = [0.0]
    started = Started()
    sweep = InboxActivities(
        store=store,
        read=read_any,
        start=started.start,
        seldom=Seldom(lambda: clock[0]),
    )

    with capture_logs() as logs:
        for minute in range(0, 3 * 24 * 60, 120):
            clock[0] = minute * 60.0
            assert await swept(sweep) == SweepResult(left=1)

    assert started.told == []
    assert [line["event"] for line in logs] == ["unreadable inbox record"] * 3


async def test_another_application_s_record_starts_nobody(
    store: ObjectStore, applications: StoredApplications
) -> None:
    """Copied by hand: its workflow would find nothing in its own inbox."""
    application_id = accept(applications, "1")
    [waiting] = inbox.waiting(store, key_part(application_id))
    body = store.get(waiting.key)
    store.put(keys.inbox_record("careerjet:2", DIGEST), body)
    started = Started()

    assert await swept(sweep_of(store, started)) == SweepResult(started=1, left=1)
    assert started.told == [application_id]


class Breaking(DirectoryStore):
    """A store whose list breaks off: a folder that may not be read, a page lost."""

    after = 0

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """List so many, and no more."""
        for number, stored in enumerate(super().list(prefix)):
            if number == self.after:
                raise StoreUnavailableError("list: EACCES")
            yield stored


async def test_what_was_listed_before_the_list_broke_off_is_started(
    store: ObjectStore, applications: StoredApplications, tmp_path: Path
) -> None:
    """All of it; where nothing was listed, the store is away, and that is an error."""
    for number in range(11):
        accept(applications, f"{number:02}")
    listed = [inbox.part_of(found.key) for found in store.list(keys.INBOX)]
    breaking = Breaking(tmp_path / "store")
    started = Started()
    sweep = sweep_of(breaking, started)

    with pytest.raises(StoreUnavailableError):
        await swept(sweep)
    breaking.after = 10
    assert (await swept(sweep)).started == 10

    assert sorted(started.told) == sorted(listed[:10])


async def test_while_temporal_is_away_the_sweep_says_so_once(
    store: ObjectStore, applications: StoredApplications
) -> None:
    """Not once for each that waits."""
    for number in range(5):
        accept(applications, str(number))

    async def start(_: str) -> None:
        raise TemporalUnavailableError("start failed: UNAVAILABLE")

    with capture_logs() as logs:
        left = await swept(InboxActivities(store=store, read=read_any, start=start))

    assert left == SweepResult(left=5)
    assert len(logs) == 1


@pytest.mark.parametrize(
    ("age", "is_started"), [(30, False), (90, True), (-1800, False), (-90_000, True)]
)
async def test_what_is_old_enough_is_started_though_a_clock_was_wrong(
    age: int,
    is_started: bool,  # noqa: FBT001 pytest's to give
    store: ObjectStore,
    applications: StoredApplications,
    tmp_path: Path,
) -> None:
    """One that was put tomorrow, by its file's time, does not wait until then."""
    application_id = accept(applications, "1")
    [waiting] = inbox.waiting(store, key_part(application_id))
    put_at = datetime.now(UTC).timestamp() - age
    os.utime(tmp_path / "store" / waiting.key, (put_at, put_at))
    started = Started()

    await swept(sweep_of(store, started), 60)

    assert bool(started.told) == is_started


async def test_a_file_of_an_impossible_year_stops_nothing(
    store: ObjectStore, applications: StoredApplications, tmp_path: Path
) -> None:
    """File systems take times that Python does not."""
    application_id = accept(applications, "1")
    [waiting] = inbox.waiting(store, key_part(application_id))
    os.utime(tmp_path / "store" / waiting.key, (2**38, 2**38))
    started = Started()

    await swept(sweep_of(store, started), 60)

    assert started.told == [application_id]


async def test_what_waits_for_long_is_started_each_time_and_told_seldom(
    store: ObjectStore, applications: StoredApplications, tmp_path: Path
) -> None:
    """To start is harmless where it runs; each signal is seven events of a history."""
    application_id = accept(applications, "1")
    [waiting] = inbox.waiting(store, key_part(application_id))
    started = Started()
    sweep = sweep_of(store, started)
    for minutes in range(1000, 1300):
        put_at = datetime.now(UTC).timestamp() - 60 * minutes
        os.utime(tmp_path / "store" / waiting.key, (put_at, put_at))
        await swept(sweep, 60)

    assert len(started.told) + len(started.only) == 300
    assert 1 <= len(started.told) <= 4


def test_telling_again_becomes_ever_rarer_and_never_ends() -> None:
    """At each sweep at first; in half a year less than a hundred times."""
    sweep = 5 * MINUTE
    half_a_year = [number * sweep for number in range(1, 180 * 24 * 12)]
    told = [age for age in half_a_year if is_time_to_signal(age, sweep)]
    pauses = [later - sooner for sooner, later in pairwise(told)]

    assert told[:4] == [number * sweep for number in range(1, 5)]
    assert len(told) < 100
    assert all(
        pause <= max(2 * sweep, age / 3)
        for age, pause in zip(told, pauses, strict=False)
    )
    assert max(told) > 120 * DAY
