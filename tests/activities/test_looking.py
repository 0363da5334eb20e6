"""A step that was begun before and never ended looks with care."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO

import pytest
from structlog.testing import capture_logs
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.testing import ActivityEnvironment

from activities.inspection import Inspector
from activities.intake import ApplicationActivities
from letterbox.domain import keys
from letterbox.domain.application import Flag
from letterbox.domain.documents import UNREADABLE
from letterbox.domain.messages import (
    InspectedDocument,
    RecordInput,
    StepInput,
    StoredDocuments,
    StoreInput,
    StoreResult,
)
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Role
from letterbox.records.applications import StoredApplications
from tests.factories import PDF, careerjet

ID = "careerjet:1"
NAME = f"{sha256(PDF).hexdigest()}.pdf"


@pytest.fixture(name="environment")
def _environment() -> ActivityEnvironment:
    return ActivityEnvironment()


@pytest.fixture(name="counted")
def _counted(environment: ActivityEnvironment) -> Iterator[MetricBuffer]:
    buffer = MetricBuffer(100)
    runtime = Runtime(telemetry=TelemetryConfig(metrics=buffer))
    environment.metric_meter = runtime.metric_meter
    yield buffer
    del runtime


def begin(
    activities: ApplicationActivities, applications: StoredApplications
) -> tuple[StoreResult, StepInput]:
    """Take the first step; a delivery lies in the inbox until the last."""
    delivery, contents = careerjet("1")
    applications.accept(delivery, contents)
    activities.collect(StoreInput(application_id=ID))
    again = activities.collect(StoreInput(application_id=ID))
    step = StepInput(application_id=ID, view=again.view, repeated=again.repeated)
    return again, step


def cv(stored: StoredDocuments) -> InspectedDocument:
    """Give what is told of the CV."""
    return next(one for one in stored.documents if one.role is Role.RESUME)


def test_a_delivery_taken_over_twice_says_so(
    activities: ApplicationActivities, applications: StoredApplications
) -> None:
    """Whoever took it over first has died, or lost its turn."""
    delivery, contents = careerjet("1")
    applications.accept(delivery, contents)

    first, second = (
        activities.collect(StoreInput(application_id=ID)) for _ in range(2)
    )

    assert (first.repeated, second.repeated) == (False, True)


def test_the_second_try_looks_and_leaves_no_mark(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
) -> None:
    """One death may be anyone's fault."""
    _, step = begin(activities, applications)

    stored = activities.inspect(step)

    assert cv(stored).media_type == "application/pdf"
    assert keys.looking(ID, NAME) not in {one.key for one in store.list("")}


def test_what_ended_two_workers_is_recorded_unlooked_at_and_flagged(
    activities: ApplicationActivities,
    applications: StoredApplications,
    store: ObjectStore,
    environment: ActivityEnvironment,
    counted: MetricBuffer,
) -> None:
    """The log names the document, a counter counts it, the other one is looked at."""
    _, step = begin(activities, applications)
    store.put(keys.looking(ID, NAME), b"")  # The second worker's, who died as well.

    with capture_logs() as logs:
        stored = environment.run(activities.inspect, step)
    activities.match_position(RecordInput(step=step, stored=stored))

    assert (cv(stored).media_type, cv(stored).problem) == (None, "not-looked-into")
    assert [one.media_type for one in stored.documents] == [None, "text/plain"]
    record = applications.find(ID)
    assert record is not None
    assert record.flags == (Flag.ODD_FILE,)
    assert [(one["log_level"], one["document"]) for one in logs] == [("error", NAME)]
    assert [
        update.value
        for update in counted.retrieve_updates()
        if update.metric.name == "letterbox_documents_unlooked"
    ] == [1]


@pytest.mark.parametrize("guarded", [False, True])
def test_a_fault_of_ours_in_looking_makes_a_document_unreadable_and_fails_no_step(
    applications: StoredApplications, *, guarded: bool
) -> None:
    """Whatever the bytes have us raise, they would have us raise it for ever."""
    content = BytesIO(PDF)
    content.close()

    with capture_logs() as logs:
        inspector = Inspector(applications)
        kind = inspector.look_into(ID, NAME, content, guarded=guarded)

    assert kind == UNREADABLE
    assert [(one["log_level"], one["error"]) for one in logs] == [
        ("error", "ValueError")
    ]
