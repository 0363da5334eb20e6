"""Who applied before is found by keys, which an operator may take away."""

from datetime import timedelta

import pytest

from activities.intake import ApplicationActivities
from letterbox.domain.application import Application, Flag
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.messages import RecordInput, StepInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.status import Recorded
from letterbox.records.applications import StoredApplications
from letterbox.settings import Settings
from tests.activities.conftest import over
from tests.activities.test_applications import FIRST, ID, accept, go_through
from tests.factories import careerjet


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
