"""What is asked before an application is taken: of a real catalogue in a folder."""

import asyncio
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleSpec,
    ScheduleState,
)

from api.acceptance import Acceptance
from api.app import _ask_for_import
from api.metrics import Metrics
from api.unknown_references import UnknownReferences
from letterbox.boards.base import FormField, MultipartForm, Outcome
from letterbox.boards.careerjet import BOARD
from letterbox.catalogue.changes import CatalogueWriter
from letterbox.catalogue.feeds.read import read_feed
from letterbox.catalogue.imports.report import ImportOrder
from letterbox.catalogue.imports.run import CatalogueImport
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.catalogue.refused_references import RefusedReferenceCounter, load_refused
from letterbox.domain.positions import Aliases, Position, PositionStatus
from letterbox.domain.region import Country, RegionPolicy
from letterbox.records.applications import StoredApplications
from letterbox.records.repeats import StoredRepeats
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from letterbox.temporal.schedules import POSITION_IMPORT, schedule_id
from tests.factories import SECRET, careerjet_fields
from tests.support import eventually

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ACCEPTED, CLOSED, GONE = Outcome.ACCEPTED, Outcome.CLOSED, Outcome.NOT_FOUND


class Everywhere:
    """Finds every candidate in one country."""

    def __init__(self, code: str) -> None:
        self._country = Country(code=code, database_built=NOW)

    def country(self, address: str) -> Country:
        """Tell it."""
        del address
        return self._country


class CountedRounds(RefusedReferenceCounter):
    """Counts how often it was written: once in each round of the work behind."""

    rounds = 0

    def flush(self) -> None:
        """Write it, and count."""
        super().flush()
        self.rounds += 1


class House:
    """An intake on a folder, as the API composes it, and a clock."""

    def __init__(self, folder: Path, country: str = "NZ") -> None:
        self.store = DirectoryStore(folder)
        self.store.prepare()
        self.now = NOW
        self.asked = 0
        self.metrics = Metrics()
        self.refused = CountedRounds(self.store)
        self.unknown = UnknownReferences(
            self.refused, self._ask, self.metrics, look_every=0.01
        )
        applications = StoredApplications(self.store)
        self.acceptance = Acceptance(
            applications=applications,
            repeats=StoredRepeats(self.store, applications),
            catalogue=StoredCatalogue(self.store, timedelta(0), now=lambda: self.now),
            locator=Everywhere(country),
            region_policy=RegionPolicy.REFUSE,
            unknown=self.unknown,
        )
        self.writer = CatalogueWriter(self.store, lambda: self.now)

    async def _ask(self) -> None:
        self.asked += 1
        raise RuntimeError("Temporal is away")

    async def has_looked(self) -> None:
        """Wait for a whole round of the work behind: it ends where the next begins."""
        for _ in range(2):
            before = self.refused.rounds
            self.unknown.refuse("careerjet", "a round")

            async def has_begun(before: int = before) -> bool:
                return self.refused.rounds > before

            await eventually(has_begun)

    def names(self, *references: str, **order: Any) -> None:
        """Import a list of references."""
        body = json.dumps([{"reference": name} for name in references])
        CatalogueImport(self.store, now=lambda: self.now).run(
            read_feed(io.BytesIO(body.encode())), ImportOrder(source="test", **order)
        )

    def apply(self, job_id: str) -> Outcome:
        """Apply for a job as an invented person."""
        uuid = str(uuid4())
        fields = careerjet_fields(uuid, job_id=job_id, candidate_ip="192.0.2.1")
        form = MultipartForm(
            fields=[FormField(name, said.encode()) for name, said in fields.items()],
            files=(),
        )
        delivery = BOARD.receive(form, [SECRET.encode()], self.now)
        return self.acceptance.accept(delivery, BOARD.read(delivery), {}).outcome


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> House:
    return House(tmp_path / "store")


def test_without_a_whole_import_nobody_is_told_that_there_is_no_job(
    house: House,
) -> None:
    """A position put by hand, and a part, speak of themselves only."""
    house.writer.put(Position(reference="TEST-1"))
    house.names("part", partial=True)

    assert house.apply("unheard of") is ACCEPTED
    assert house.apply("TEST-1") is ACCEPTED


def test_410_for_what_a_whole_and_fresh_catalogue_does_not_hold(house: House) -> None:
    """Until it is stale, or an import has failed; then a person looks."""
    house.names("a", every=timedelta(hours=1))
    house.now += timedelta(hours=2)
    fresh = house.apply("unheard of")
    house.now += timedelta(seconds=1)

    assert (fresh, house.apply("unheard of")) == (GONE, ACCEPTED)


def test_410_for_what_was_removed_by_name_whatever_the_imports_do(
    house: House,
) -> None:
    """What a feed only no longer names may be back by now."""
    house.names("a", "b", "c")
    house.names("a", "b")
    house.writer.remove("b")
    whole = house.apply("b"), house.apply("c")
    house.now += timedelta(days=30)

    assert whole == (GONE, GONE)
    assert (house.apply("b"), house.apply("c")) == (GONE, ACCEPTED)


@pytest.mark.parametrize(
    ("statuses", "answer"),
    [
        ("removed open", ACCEPTED),
        ("closed open", ACCEPTED),
        ("open removed", ACCEPTED),
        ("removed closed", CLOSED),
        ("closed removed", CLOSED),
        ("removed removed", GONE),
    ],
)
@pytest.mark.parametrize("kind", ["other", "profile", "opening"])
def test_an_open_position_of_a_name_wins_over_a_closed_one_and_that_over_a_removed(
    house: House, statuses: str, answer: Outcome, kind: str
) -> None:
    """Whether the name is its reference or an alias."""
    house.names("x")
    first, second = map(PositionStatus, statuses.split())
    house.writer.put(Position(reference="1", status=first))
    house.writer.put(
        Position(reference="R1", status=second, aliases=Aliases(**{kind: ("1",)}))
    )
    if kind != "other" and first is not PositionStatus.REMOVED:
        answer = {"open": ACCEPTED, "closed": CLOSED}[first]

    assert house.apply("1") is answer


def test_references_that_differ_in_case_are_answered_each_as_its_own(
    house: House,
) -> None:
    """One spelled otherwise is whichever takes candidates."""
    house.names("aB3x", "Ab3X", "other")
    house.writer.close("aB3x")

    answers = [house.apply(name) for name in ("aB3x", "Ab3X", "AB3X", "OTHER")]

    assert answers == [CLOSED, ACCEPTED, ACCEPTED, ACCEPTED]


@pytest.mark.parametrize(
    ("named", "country", "answer"),
    [
        ("GB", "GB", ACCEPTED),
        ("UK", "GB", ACCEPTED),
        ("US", "PR", ACCEPTED),
        ("RE", "FR", ACCEPTED),
        ("FR", "XK", ACCEPTED),
        ("FR", "A1", ACCEPTED),
        ("FR", "DE", Outcome.REGION),
        ("US", "UM", ACCEPTED),
        ("AU", "NZ", Outcome.REGION),
    ],
)
def test_451_only_for_who_is_surely_elsewhere(
    tmp_path: Path, named: str, country: str, answer: Outcome
) -> None:
    """A territory and its state may be meant by each other; odd codes are anywhere."""
    house = House(tmp_path, country)
    house.writer.put(Position(reference="a", countries=(named,)))

    assert house.apply("a") is answer


async def test_what_is_refused_is_counted_behind_the_answer(house: House) -> None:
    """By metric and in the store; a repeat and a closed position are no refusals."""
    house.names("a", "b")
    house.writer.close("b")

    async with house.unknown.running():
        for reference in ("X", "X", "Y", "a", "b"):
            house.apply(reference)
        await eventually(
            lambda: asyncio.to_thread(lambda: [*load_refused(house.store)])
        )

    found = {one.reference: one.times for one in load_refused(house.store)}
    counted = house.metrics.registry.get_sample_value(
        "letterbox_refused_references_total", {"board": "careerjet"}
    )
    assert (found, counted) == ({"X": 2, "Y": 1}, 3)


async def test_what_is_unknown_asks_for_an_import_at_most_once_a_minute(
    house: House,
) -> None:
    """Whether it is refused or not; Temporal being away harms nobody."""
    async with house.unknown.running():
        assert house.apply("unheard of") is ACCEPTED

        async def asked() -> bool:
            return house.asked > 0

        await eventually(asked)
        for _ in range(5):
            house.apply("unheard of")
            await house.has_looked()

    assert house.asked == 1


async def test_what_is_known_asks_for_no_import(house: House) -> None:
    """Open, closed or removed by name."""
    house.names("a", "b", "c")
    house.writer.close("b")
    house.writer.remove("c")

    async with house.unknown.running():
        for reference in "abc":
            house.apply(reference)
        await house.has_looked()

    assert house.asked == 0


async def test_an_import_is_asked_for_by_its_schedule(
    house: House, temporal_client: Client
) -> None:
    """The schedule starts it; without a feed, or just after an import, nothing does."""
    action = ScheduleActionStartWorkflow(
        "PositionImport", id=str(uuid4()), task_queue=str(uuid4())
    )
    schedule = Schedule(
        action=action, spec=ScheduleSpec(), state=ScheduleState(paused=True)
    )
    handle = await temporal_client.create_schedule(
        schedule_id(Settings().task_queue, POSITION_IMPORT), schedule
    )
    try:
        catalogue = StoredCatalogue(house.store, timedelta(0))
        fed = Settings(position_feed="jobs.xml")

        await _ask_for_import(temporal_client, Settings(), catalogue)
        without = (await handle.describe()).info.num_actions
        await _ask_for_import(temporal_client, fed, catalogue)

        async def started() -> bool:
            return (await handle.describe()).info.num_actions == 1

        await eventually(started)
        house.now = datetime.now(UTC)
        house.names("a")
        await _ask_for_import(temporal_client, fed, catalogue)

        assert without == 0
        assert await started()
    finally:
        await handle.delete()
