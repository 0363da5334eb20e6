"""``letterbox audit``, as it is typed."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import typer
from temporalio.client import Client
from typer.testing import CliRunner, Result

from letterbox.audit.kinds import Kind
from letterbox.domain import keys
from letterbox.domain.errors import StoreUnavailableError, TemporalUnavailableError
from letterbox.settings import Settings
from letterbox_cli import audit as auditing
from tests.audit_fixture import AuditFixture
from tests.support import free_port

Audit = Callable[..., Result]


@pytest.fixture(name="settings")
def _settings(
    tmp_path: Path, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    monkeypatch.setenv("LETTERBOX_STORE", f"file:{tmp_path / 'store'}")
    monkeypatch.setenv("LETTERBOX_TASK_QUEUE", str(uuid4()))
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)
    return Settings()


@pytest.fixture(name="audit")
def _audit(settings: Settings) -> Audit:
    del settings  # Which the command reads from the environment.
    app = typer.Typer()
    auditing.add_to(app)
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.fixture(name="accepted")
def _accepted(settings: Settings, temporal_address: str) -> Iterator[str]:
    """Have an application lie in the inbox for an hour, with no workflow."""

    async def system() -> AuditFixture:
        return AuditFixture(settings, await Client.connect(temporal_address))

    made = asyncio.run(system())
    application_id = made.accept(str(uuid4()))
    [waiting] = made.store.list(keys.inbox(application_id))
    path = Path(settings.store.removeprefix("file:")) / waiting.key
    hour_ago = waiting.modified.timestamp() - 3600
    os.utime(path, (hour_ago, hour_ago))
    yield application_id

    async def clear() -> None:
        await (await system()).clear()

    asyncio.run(clear())


def test_what_is_wrong_is_told_and_mended(audit: Audit, accepted: str) -> None:
    """The exit code is 1 until it is repaired; nothing names the candidate."""
    told = audit()
    as_json = audit("--fast", "--json")
    repairing = audit("--repair")
    afterwards = audit()

    assert [one.exit_code for one in (told, as_json, repairing, afterwards)] == [
        1,
        1,
        0,
        0,
    ]
    assert "accepted-without-workflow" in told.stdout
    assert "1 application, 0 open workflows, 1 object: 1 wrong" in told.stdout
    assert json.loads(as_json.stdout) == {
        "fast": True,
        "applications": 1,
        "objects": 1,
        "open_workflows": 0,
        "journal_entries": 0,
        "items": [
            {
                "kind": "accepted-without-workflow",
                "id": accepted,
                "details": [],
                "count": 1,
                "repaired": False,
                "meaning": "accepted from a board, but no workflow looks after it",
                "what_to_do": Kind.ACCEPTED_WITHOUT_WORKFLOW.remedy,
            }
        ],
        "counts": {"accepted-without-workflow": 1},
        "fine": False,
    }
    assert "1, 1 repaired" in repairing.stdout
    assert "nothing is wrong" in afterwards.stdout
    for result in (told, as_json, repairing, afterwards):
        assert "Ada" not in result.output
        assert "example.com" not in result.output


@pytest.mark.usefixtures("accepted")
def test_an_audit_without_temporal_fails_and_reports_nothing(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outage must not look like a loss."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")

    assert isinstance(audit().exception, TemporalUnavailableError)


def test_an_audit_without_a_store_fails_and_reports_nothing(audit: Audit) -> None:
    """Nor is a store made where there was none."""
    assert isinstance(audit().exception, StoreUnavailableError)


def test_help_has_an_example(audit: Audit) -> None:
    """Everyone learns from an example."""
    shown = audit("--help")

    assert shown.exit_code == 0
    assert "letterbox audit --fast" in shown.output


@pytest.mark.usefixtures("accepted")
def test_the_result_is_kept_for_those_who_watch(audit: Audit, tmp_path: Path) -> None:
    """Counts of what is wrong and was not repaired; nothing that names anybody."""
    last = tmp_path / "store" / keys.LAST_AUDIT
    audit()
    wrong = json.loads(last.read_text())
    audit("--repair", "--fast")
    repaired = json.loads(last.read_text())

    assert set(wrong) == {"ran_at", "fine", "findings", "journal"}
    assert wrong["journal"] is None
    assert not wrong["fine"]
    assert wrong["findings"] == {"accepted-without-workflow": 1}
    assert repaired["fine"]
    assert repaired["findings"] == {}
    assert repaired["ran_at"] > wrong["ran_at"]
