"""What boards were refused is counted by the hour, and outlives the process."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.desk.arrivals import DAY, HOUR
from api.desk.charts import reasons_of, refused_by
from api.desk.refusals import Refusals
from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import ObjectStore
from letterbox.domain.refusals import Refusal
from letterbox.records.refusals import StoredRefusals
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.api.operator.serving import TOKEN, served
from tests.support import free_port

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WRITER = "0" * 32


class Away(StoredRefusals):
    """A store that is away for as long as it is told to be."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store)
        self.store = store
        self.is_away = False

    def write(self, writer: str, day: date, counts: object) -> None:
        """Fail, or write."""
        if self.is_away:
            raise StoreUnavailableError("away")
        super().write(writer, day, counts)  # type: ignore[arg-type]

    def read(self, day: date) -> Counter[Refusal]:
        """Fail, or read."""
        if self.is_away:
            raise StoreUnavailableError("away")
        return super().read(day)


class Process:
    """One process of the API: what it has answered, and the time that it is."""

    def __init__(self, kept: StoredRefusals) -> None:
        self.answers: dict[tuple[str, str], float] = {}
        self.now = NOON
        self.refusals = Refusals(kept, lambda: self.answers, now=lambda: self.now)

    def answer(self, answer: str, times: int = 1, board: str = "careerjet") -> None:
        """Answer a board."""
        key = board, answer
        self.answers[key] = self.answers.get(key, 0) + times

    async def lately(self) -> dict[tuple[str, str, datetime], int]:
        """Return what the charts are made of."""
        found = await self.refusals.lately(10)
        assert found is not None
        return {
            (one.board, one.answer, one.hour): count for one, count in found.items()
        }


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Away:
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    return Away(store)


async def test_what_was_refused_is_counted_by_the_hour(kept: Away) -> None:
    """What was taken is no refusal, and nothing is counted twice."""
    process = Process(kept)
    process.answer("accepted", 7)
    process.answer("duplicate", 2)
    process.answer("not-found", 3)
    await process.refusals.count()
    await process.refusals.count()
    process.now += timedelta(hours=1, minutes=20)
    process.answer("not-found")
    await process.refusals.count()

    assert await process.lately() == {
        ("careerjet", "not-found", NOON): 3,
        ("careerjet", "not-found", NOON + HOUR): 1,
    }


async def test_the_counts_of_all_processes_are_one(kept: Away) -> None:
    """Those of one that has died, too; what cannot be read counts nothing."""
    for times in (1, 2):
        process = Process(kept)
        process.answer("invalid-source", times)
        await process.refusals.count()
    broken = keys.refusals(NOON.date(), WRITER)
    kept.store.put(broken, b"{")

    assert await Process(kept).lately() == {("careerjet", "invalid-source", NOON): 3}


async def test_a_day_begins_anew_and_old_ones_go(kept: Away) -> None:
    """Fourteen days are shown; after a month they are not there any more."""
    process = Process(kept)
    process.answer("closed", 4)
    await process.refusals.count()
    process.now += 13 * DAY
    process.answer("closed")
    await process.refusals.count()
    assert sum((await process.lately()).values()) == 5

    later = process.now + 30 * DAY
    process = Process(kept)
    process.now = later
    process.answer("closed")
    await process.refusals.count()

    assert await process.lately() == {("careerjet", "closed", process.now): 1}
    assert kept.read(NOON.date()) == {}
    assert kept.read(NOON.date() + 13 * DAY)


async def test_a_store_that_is_away_costs_no_count(kept: Away) -> None:
    """It is written when the store is back; meanwhile the page has what it had."""
    process = Process(kept)
    process.answer("closed")
    await process.refusals.count()
    before = await process.lately()
    kept.is_away = True
    process.answer("closed")
    await process.refusals.count()
    process.now += timedelta(minutes=1)
    assert await process.lately() == before
    kept.is_away = False

    await process.refusals.count()

    process.now += timedelta(minutes=1)
    assert await process.lately() == {("careerjet", "closed", NOON): 2}


async def test_a_page_does_not_wait_for_a_store_that_was_never_read(kept: Away) -> None:
    """It says nothing of refusals then."""
    kept.is_away = True

    assert await Process(kept).refusals.lately(5) is None


async def test_a_process_that_ends_writes_what_it_has_counted(
    tmp_path: Path, temporal_address: str
) -> None:
    """A deployment loses no minute of it."""
    settings = Settings(
        store=f"file:{tmp_path / 'store'}",
        api_port=free_port(),
        operator_token=TOKEN,
        careerjet_secrets="a secret for tests",
    )
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    async with served(settings, temporal_address), httpx.AsyncClient() as board:
        address = f"http://127.0.0.1:{settings.api_port}/apply/careerjet"
        answer = await board.post(address, files={"cv": b"%PDF-1.4"})

    found = StoredRefusals(store).read(datetime.now(UTC).date())
    assert answer.status_code == 403
    assert [(one.board, one.answer) for one in found] == [
        ("careerjet", "invalid-source")
    ]
    assert set(found.values()) == {1}


def test_an_audit_knows_the_counts_as_ours() -> None:
    """And a file that somebody put beside them as foreign."""
    known = placed(keys.refusals(NOON.date(), WRITER))

    assert known
    assert known.place is Place.OTHER
    assert placed(f"{keys.refusals_of(NOON.date())}Ada.json") is None


def test_refusals_are_drawn_and_explained() -> None:
    """By the hour and by the day; the most frequent reason comes first."""
    refused = Counter(
        {
            Refusal("careerjet", "closed", NOON): 2,
            Refusal("careerjet", "not-found", NOON - 2 * HOUR): 1,
            Refusal("careerjet", "not-found", NOON - 5 * DAY): 9,
            Refusal("seek", "SignatureError", NOON): 1,
        }
    )

    hours = refused_by(refused, "careerjet", HOUR, NOON)
    days = refused_by(refused, "careerjet", DAY, NOON)
    reasons = reasons_of(refused, "careerjet", NOON)

    assert [bar.count for bar in hours[-3:]] == [1, 0, 2]
    assert (days[-1].count, days[-6].count, sum(bar.count for bar in days)) == (
        3,
        9,
        12,
    )
    assert [(one.answer, one.today, one.all) for one in reasons] == [
        ("not-found", 1, 10),
        ("closed", 2, 2),
    ]
