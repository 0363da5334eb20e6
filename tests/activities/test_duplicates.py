"""Who applied before is found by keys, which an operator may take away."""

from datetime import datetime, timedelta

import pytest

from activities.duplicates import is_duplicate
from activities.intake import ApplicationActivities
from letterbox.domain.application import Application, Flag, PositionOpening
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.messages import RecordInput, StepInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.status import Recorded
from letterbox.records.applications import StoredApplications
from letterbox.records.candidates import StoredCandidates
from letterbox.settings import Settings
from tests.activities.conftest import over
from tests.activities.steps import FIRST, ID, accept, go_through
from tests.factories import careerjet
from tests.letterbox.archive.packing import keep_open
from tests.record_factory import NOON, record

KEYS = (b"a key for tests",)
HOUR = timedelta(hours=1)


def test_without_keys_what_was_marked_before_is_recorded_and_no_duplicate(
    store: ObjectStore, applications: StoredApplications
) -> None:
    """Nobody can be looked up then; the application must end all the same."""
    keyed = over(store, Settings(digest_key=("a key for tests",)))
    go_through(keyed, accept(applications))
    before = applications.find(ID)

    keyless = over(store, Settings(digest_key=()))
    recorded = go_through(keyless, accept(applications, lastname="Other"), view=2)

    record = applications.find(ID)
    assert before
    assert before.markers
    assert record
    assert record.markers == before.markers
    assert recorded.flags == (Flag.CONFLICT,)
    assert not list(applications.submissions(ID))


class Dying(StoredApplications):
    """Writes the next record, and does nothing more."""

    is_dying = True

    def update(
        self, application: Application, before: Application | None = None
    ) -> None:
        """Write, and die once."""
        super().update(application, before)
        if self.is_dying:
            self.is_dying = False
            raise StoreUnavailableError("gone")


def test_a_duplicate_whose_worker_died_after_the_record_is_flagged_by_the_next_try(
    store: ObjectStore, applications: StoredApplications
) -> None:
    """The flag needs the record to be there, and comes in a write of its own."""
    settings = Settings(digest_key=("a key for tests",))
    go_through(over(store, settings), accept(applications))
    second, contents = careerjet("2", received_at=FIRST + timedelta(days=1))
    applications.accept(second, contents)
    dying = over(store, settings, applications=Dying(store))
    with pytest.raises(StoreUnavailableError):
        go_through(dying, second)

    recorded = record_again(dying, second.application_id)

    found = applications.find(second.application_id)
    assert recorded.flags == (Flag.DUPLICATE,)
    assert found is not None
    assert found.flags == (Flag.DUPLICATE,)
    assert not list(applications.submissions(second.application_id))


def record_again(activities: ApplicationActivities, application_id: str) -> Recorded:
    """Take the last step once more, as Temporal does."""
    step = StepInput(application_id=application_id, view=1)
    return activities.match_position(
        RecordInput(
            step=step,
            stored=activities.inspect(step),
        )
    )


def application(
    application_id: str, received_at: datetime, position: PositionOpening | None = None
) -> Application:
    """Have the record of an application that came at a moment."""
    received = {"received_at": received_at}
    return record(application_id, position=position).model_copy(update=received)


def kept(store: ObjectStore, record: Application) -> Application:
    """Have a record in the store, found by its candidate's address."""
    marked = StoredCandidates(store, KEYS).mark(record)
    keep_open(store, marked, {})
    return marked


def is_flagged(store: ObjectStore, record: Application) -> bool:
    """Look a record up among the others."""
    return is_duplicate(
        record, StoredCandidates(store, KEYS), StoredApplications(store)
    )


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (PositionOpening(reference="R-1", hirer="Post"), True),
        (PositionOpening(reference="R-2", hirer="Post"), False),
        (PositionOpening(reference="R-1", hirer="Rail"), False),
        (PositionOpening(triage="no-reference"), False),
    ],
)
def test_a_duplicate_is_for_the_very_position_that_was_applied_for_before(
    store: ObjectStore, position: PositionOpening, *, expected: bool
) -> None:
    """Two hirers may use one reference; what no position was found for is nobody's."""
    kept(store, application("careerjet:1", NOON, position))
    mine = PositionOpening(reference="R-1", hirer="Post")
    later = kept(store, application("careerjet:2", NOON + HOUR, mine))

    assert is_flagged(store, later) is expected


def test_of_two_applications_only_the_later_one_is_a_duplicate(
    store: ObjectStore,
) -> None:
    """Whichever is looked at when; of two in one moment, the one with the later id."""
    first = kept(store, application("careerjet:2", NOON))
    second = kept(store, application("careerjet:1", NOON + HOUR))
    beside = kept(store, application("careerjet:3", NOON))

    flagged = [is_flagged(store, one) for one in (first, second, beside)]

    assert flagged == [False, True, True]


def test_two_applications_that_wait_for_a_position_are_no_duplicates(
    store: ObjectStore,
) -> None:
    """They may be for two: nobody knows yet."""
    triage = PositionOpening(triage="no-reference")
    kept(store, application("careerjet:1", NOON, triage))
    later = kept(store, application("careerjet:2", NOON + HOUR, triage))

    assert not is_flagged(store, later)


class Counted(StoredApplications):
    """Counts how many records are read."""

    reads = 0

    def find(self, application_id: str) -> Application | None:
        """Read one."""
        self.reads += 1
        return super().find(application_id)


def test_an_address_that_thousands_apply_with_costs_few_reads(
    store: ObjectStore,
) -> None:
    """An agency's, or a joker's: the step must end, whoever else goes by it."""
    candidates = StoredCandidates(store, KEYS)
    for number in range(60):
        candidates.mark(application(f"careerjet:{number}", NOON))
    later = kept(store, application("careerjet:later", NOON + HOUR))
    counted = Counted(store)

    assert not is_duplicate(later, candidates, counted)
    assert 0 < counted.reads <= 50
