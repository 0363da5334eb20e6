"""A real scanner, from the intake to the record, on a server where hours pass."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from letterbox.domain import keys
from letterbox.domain.application import Application as Record
from letterbox.domain.application import Flag
from letterbox.domain.commands import ReleaseRequest
from letterbox.domain.errors import RefusedError
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.temporal.updates import Updates
from letterbox_cli.main import app
from tests.clamav import MARKER, clamd, needs_clamd
from tests.factories import PDF
from tests.support import eventually
from tests.workflows.running_worker import running_worker
from tests.workflows.time_skipping import Handle, arrive, waiting

pytestmark = needs_clamd

INFECTED = PDF + MARKER


@pytest.fixture(name="scanned")
def _scanned(settings: Settings, tmp_path: Path) -> Settings:
    """Expect a scanner at a socket, whether there is one or not."""
    return settings.model_copy(update={"clamd": str(tmp_path / "clamd.sock")})


def scans(record: Record | None) -> dict[str, str | None]:
    """Tell what is said of each document, by its role."""
    assert record
    return {one.role: one.scan for one in record.attachments}


def documents(settings: Settings, handle: Handle) -> dict[str, bytes]:
    """Read what lies beside the record: contents by folder, texts left out."""
    store = open_store(settings)
    found = [one.key for one in store.list(keys.application(handle.id))]
    return {key.split("/")[2]: store.get(key) for key in found if key.endswith(".pdf")}


async def test_an_infected_cv_is_kept_apart_and_the_application_goes_on(
    skipping: WorkflowEnvironment,
    scanned: Settings,
    applications: StoredApplications,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It lies in quarantine, the record is whole, and `letterbox show` says so."""
    monkeypatch.setenv("LETTERBOX_STORE", scanned.store)

    with clamd(tmp_path):
        async with running_worker(skipping.client, scanned):
            handle = await arrive(
                skipping, scanned, applications, str(uuid4()), cv=INFECTED
            )
            status = await waiting(handle)

    record = applications.find(handle.id)
    shown = CliRunner().invoke(app, ["show", handle.id])
    assert record
    assert (status.flags, record.flags) == ((Flag.INFECTED,), (Flag.INFECTED,))
    assert record.position.reference == "20240107-123456-7890"
    assert scans(record) == {"RESUME": "infected", "COVER_LETTER": "clean"}
    assert documents(scanned, handle) == {"quarantine": INFECTED}
    assert shown.exit_code == 0
    assert "infected" in shown.output


async def test_a_false_positive_is_released_by_name_and_the_workflow_goes_on(
    skipping: WorkflowEnvironment,
    scanned: Settings,
    applications: StoredApplications,
    tmp_path: Path,
) -> None:
    """The update answers with the new status; what is not there is refused."""
    name = f"{sha256(INFECTED).hexdigest()}.pdf"
    given = ReleaseRequest(name=name, reason="case 4711", by="a test")

    with clamd(tmp_path):
        async with running_worker(skipping.client, scanned):
            handle = await arrive(
                skipping, scanned, applications, str(uuid4()), cv=INFECTED
            )
            before = await waiting(handle)
            updates = Updates(skipping.client, scanned.task_queue)
            status = await updates.release(handle.id, given)
            other = given.model_copy(update={"name": f"{'ab' * 32}.pdf"})
            with pytest.raises(RefusedError, match="quarantine"):
                await updates.release(handle.id, other)

    assert (before.flags, status.flags) == ((Flag.INFECTED,), ())
    assert scans(applications.find(handle.id))["RESUME"] == "released"
    assert documents(scanned, handle) == {"documents": INFECTED}


@pytest.mark.parametrize(
    ("cv", "verdict", "flags", "folder"),
    [
        (PDF, "clean", (), "documents"),
        (INFECTED, "infected", (Flag.INFECTED,), "quarantine"),
    ],
    ids=["clean", "infected"],
)
async def test_what_a_scanner_that_was_down_has_missed_is_scanned_later(  # noqa: PLR0913, PLR0917 what came, and what becomes of it
    skipping: WorkflowEnvironment,
    scanned: Settings,
    applications: StoredApplications,
    tmp_path: Path,
    cv: bytes,
    verdict: str,
    flags: tuple[Flag, ...],
    folder: str,
) -> None:
    """Nobody is refused: flagged until the scanner is back, then judged."""
    async with running_worker(skipping.client, scanned):
        handle = await arrive(skipping, scanned, applications, str(uuid4()), cv=cv)
        before = await waiting(handle)
        unscanned = scans(applications.find(handle.id))

        with clamd(tmp_path):
            await skipping.sleep(timedelta(hours=7))

            async def is_judged() -> bool:
                record = applications.find(handle.id)
                return record is not None and Flag.UNSCANNED not in record.flags

            await eventually(is_judged)

    record = applications.find(handle.id)
    assert record
    assert before.flags == (Flag.UNSCANNED,)
    assert unscanned == {"RESUME": "unscanned", "COVER_LETTER": "unscanned"}
    assert record.flags == flags
    assert scans(record) == {"RESUME": verdict, "COVER_LETTER": "clean"}
    assert documents(scanned, handle) == {folder: cv}
