"""A document that ends workers ends two of them, and no more."""

import signal
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from letterbox.domain.application import Application, Flag
from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.installation import installation
from tests.end_to_end.processes.mortal_worker import DEADLY
from tests.end_to_end.processes.program import Command, Program
from tests.factories import careerjet

pytestmark = pytest.mark.processes


async def test_a_document_that_ends_workers_is_recorded_after_two_deaths(
    tmp_path: Path,
) -> None:
    """The third worker records it unlooked-at, flagged, and says so in its log."""
    with installation(tmp_path) as at:
        import_sample_positions(at.store)
        at.temporal.start()
        delivery, contents = careerjet(str(uuid4()), cv=b"%PDF-1.7\n" + DEADLY)
        at.applications.accept(delivery, contents)
        await at.begin(await at.connect(), delivery.application_id)
        workers = [_worker(at.environment, tmp_path, number) for number in range(3)]

        try:
            for worker in workers[:2]:
                worker.launch()
                assert worker.wait() == -signal.SIGKILL
            workers[2].launch()
            record = at.recorded(delivery.application_id)
        finally:
            for worker in workers:
                worker.end()

    assert record.flags == (Flag.ODD_FILE,)
    assert _problems(record) == {"RESUME": "not-looked-into", "COVER_LETTER": None}
    assert "document not looked into" in workers[2].said()


def _worker(environment: dict[str, str], folder: Path, number: int) -> Program:
    return Program(
        Command(
            name=f"mortal-{number}",
            words=(sys.executable, "-m", "tests.end_to_end.processes.mortal_worker"),
            environment=environment,
            folder=folder,
            is_ready=lambda worker: '"worker ready"' in worker.said(),
        )
    )


def _problems(record: Application) -> dict[str, str | None]:
    return {one.role: one.problem for one in record.attachments}
