"""What a further view does to what a virus scanner has said."""

from datetime import UTC, datetime, timedelta

import pytest

from letterbox.boards import discover
from letterbox.domain.application import Application, Flag
from letterbox.domain.messages import (
    RecordInput,
    ScanResult,
    StepInput,
    StoredDocuments,
)
from letterbox.domain.reading import Reading
from letterbox.domain.recording import Recorder
from letterbox.domain.submission import Submission
from tests.factories import careerjet
from tests.record_factory import attachment

INFECTED = "0" * 64 + ".pdf"
RECORDER = Recorder(retention=timedelta(days=180), margin=timedelta(days=14))


@pytest.fixture(name="delivery")
def _delivery() -> Submission:
    delivery, _ = careerjet("1", received_at=datetime(2026, 1, 1, tzinfo=UTC))
    return delivery


@pytest.fixture(name="reading")
def _reading(delivery: Submission) -> Reading:
    return discover()["careerjet"].read(delivery)


def recording(view: int, scanned: ScanResult | None = None) -> RecordInput:
    """Have found no documents, but what the scanner said."""
    step = StepInput(application_id="careerjet:1", view=view)
    return RecordInput(step=step, stored=StoredDocuments(), scanned=scanned)


@pytest.fixture(name="record")
def _record(delivery: Submission, reading: Reading) -> Application:
    return RECORDER.first(delivery, reading, recording(1))


def test_an_infected_document_of_a_conflicting_view_raises_the_flag(
    record: Application, delivery: Submission
) -> None:
    """It lies in quarantine beside the first view's."""
    scanned = ScanResult(infected=(INFECTED,))

    conflicting = RECORDER.with_conflict(record, delivery, recording(2, scanned))

    assert conflicting.flags == (Flag.CONFLICT, Flag.INFECTED)


def test_a_newer_view_without_the_infected_document_keeps_the_flag(
    record: Application, delivery: Submission, reading: Reading
) -> None:
    """The document stays in the record, and so does the warning."""
    bad = attachment(INFECTED).model_copy(update={"scan": "infected"})
    before = record.model_copy(
        update={"attachments": (bad,), "flags": (Flag.INFECTED,)}
    )

    newer = RECORDER.with_newer_view(before, delivery, reading, recording(2))

    assert newer.attachments == (bad,)
    assert Flag.INFECTED in newer.flags
