"""One check for a tombstone after all that a step stores: an erasure misses nothing."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import BinaryIO

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Stage, Tombstone
from letterbox.domain.errors import EndedError, StoreUnavailableError
from letterbox.domain.messages import RecordInput, StepInput, StoreInput
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.records.applications import StoredApplications
from letterbox.records.late_writes import checking_once
from letterbox.resources import open_records
from tests.activities.conftest import over
from tests.activities.steps import ID, SETTINGS, accept, names
from tests.factories import careerjet
from tests.letterbox.boards.posts import NOW

TOMBSTONE = Tombstone(reason="a request", removed_at=datetime(2026, 11, 1, tzinfo=UTC))
STEP = StoreInput(application_id=ID)


class Erased(StoredApplications):
    """Stands still before the n-th of its writes, while another erases all there is."""

    def __init__(self, store: ObjectStore, before: int) -> None:
        super().__init__(store)
        self.left = before
        self.then: Callable[[], None] = lambda: None
        self._erase = open_records(SETTINGS, store).removal.erase

    def save_view(self, submission: Submission, number: int) -> Submission:
        """Write a source."""
        self._stand_still()
        return super().save_view(submission, number)

    def put_document(
        self,
        application_id: str,
        name: str,
        body: bytes | BinaryIO,
        size: int | None = None,
    ) -> None:
        """Write a document."""
        self._stand_still()
        super().put_document(application_id, name, body, size)

    def _stand_still(self) -> None:
        self.left -= 1
        if self.left == 0:
            self._erase(ID, TOMBSTONE)
        if self.left < 0:
            self.then()


# Source, CV, letter.
@pytest.mark.parametrize("before", [1, 2, 3])
def test_nothing_stays_that_was_stored_while_all_was_erased(
    store: ObjectStore, before: int
) -> None:
    """The step may stand still anywhere; it returns what became of the application."""
    erased = Erased(store, before)
    accept(erased)

    stored = over(store, SETTINGS, applications=erased).store_documents(STEP)

    assert erased.left <= 0
    assert (stored.ended, stored.fresh) == (Stage.ERASED, False)
    assert names(store) == {keys.tombstone(ID)}


@pytest.mark.parametrize("before", [1, 2])
def test_a_step_that_fails_after_an_erasure_takes_back_what_it_stored(
    store: ObjectStore, before: int
) -> None:
    """Nobody may try it again: the application has ended."""
    erased = Erased(store, before)
    accept(erased)

    def fail() -> None:
        raise StoreUnavailableError("the disk is away for a moment")

    erased.then = fail

    stored = over(store, SETTINGS, applications=erased).store_documents(STEP)

    assert erased.left < 0
    assert stored.ended is Stage.ERASED
    assert names(store) == {keys.tombstone(ID)}


def test_what_a_worker_stored_that_died_before_its_check_the_next_try_removes(
    store: ObjectStore,
) -> None:
    """It checks for a tombstone first."""
    accept(StoredApplications(store))
    open_records(SETTINGS, store).removal.erase(ID, TOMBSTONE)
    for key in (keys.source(ID, 1), keys.document(ID, "a.pdf")):
        store.put(key, b"of a candidate")

    stored = over(store, SETTINGS).store_documents(STEP)

    assert stored.ended is Stage.ERASED
    assert names(store) == {keys.tombstone(ID)}


@pytest.mark.parametrize("demographics", [None, {"gender": "canary"}])
def test_a_source_is_handed_on_as_it_is_read(
    applications: StoredApplications, demographics: object
) -> None:
    """Within a step it is not read back."""
    submission, _ = careerjet("1", received_at=NOW)
    submission = submission.model_copy(update={"demographics": demographics})

    saved = applications.save_view(submission, 1)

    assert saved == applications.view(ID, 1)
    assert saved.demographics is None
    assert saved.demographics_apart == (demographics is not None)


class Counting:
    """A store that counts what is asked of it: each is a request where it is S3."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Callable[..., object]:
        """Count the calls of a method."""
        method: Callable[..., object] = getattr(self._store, name)

        def counted(*args: object) -> object:
            self.calls[name] += 1
            return method(*args)

        return counted

    def taken(self) -> Mapping[str, int]:
        """Return the counts, and begin anew."""
        calls, self.calls = self.calls, Counter()
        return calls


def test_the_steps_of_an_application_make_so_many_calls_of_its_store(
    store: ObjectStore,
) -> None:
    """Nothing is read back that was written in the same step, nor looked at twice."""
    accept(StoredApplications(store))
    counting = Counting(store)
    steps = over(counting, SETTINGS)  # type: ignore[arg-type]

    collected = steps.store_documents(STEP)

    assert counting.taken() == {
        "together": 1,
        # Tombstone and record before, the tombstone again after all.
        "get": 3,
        "stat": 1,
        # The inbox as it is and as it was, the sources.
        "list": 3,
        "get_end": 1,
        # The CV: not in its place, but in the inbox.
        "open": 2,
        "put": 3,
    }

    step = StepInput(application_id=ID, view=collected.view)
    steps.match_position(RecordInput(step=step, stored=collected.stored))

    assert counting.taken() == {
        # Record, source, position, hold, tombstone, the inbox as it was.
        "get": 6,
        # Positions of that name, and a candidate's other applications by two digests.
        "list": 3,
        "put": 1,
        "replace": 1,
        "stat": 1,
        "get_end": 1,
        "drop": 1,
    }


def test_who_stood_still_in_a_step_looks_with_the_next_write(
    store: ObjectStore, applications: StoredApplications
) -> None:
    """It may die before the end, and nobody takes that step again."""
    now = 0.0
    written = []

    def step() -> None:
        nonlocal now
        with checking_once(store, ID, clock=lambda: now):
            for name in ("a.pdf", "b.pdf", "c.pdf", "d.pdf"):
                if name == "b.pdf":
                    open_records(SETTINGS, store).removal.erase(ID, TOMBSTONE)
                now += 60 if name == "c.pdf" else 0.1
                applications.put_document(ID, name, b"of a candidate")
                written.append(name)

    with pytest.raises(EndedError):
        step()

    assert written == ["a.pdf", "b.pdf"]
    assert names(store) == {keys.tombstone(ID)}


def test_a_step_that_takes_long_goes_on(
    store: ObjectStore, applications: StoredApplications
) -> None:
    """Where nothing was removed."""
    now = 0.0
    with checking_once(store, ID, clock=lambda: now):
        for name in ("a.pdf", "b.pdf"):
            now += 60
            applications.put_document(ID, name, b"of a candidate")

    assert names(store) == {keys.document(ID, "a.pdf"), keys.document(ID, "b.pdf")}
