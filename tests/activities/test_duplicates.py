"""Who applied before is found by keys, which an operator may take away."""

from domain.application import Flag
from domain.ports import ObjectStore
from gateways.applications import StoredApplications
from settings import Settings
from tests.activities.conftest import over
from tests.activities.test_applications import ID, accept, go_through


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
    assert not applications.waiting(ID)
