"""``letterbox erasures apply`` and ``holds apply`` while applications are open."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowExecutionStatus
from typer.testing import CliRunner, Result

from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage
from letterbox_cli.main import app
from tests.api.operator.operator_server import OperatorServer, open_operator_server
from tests.record_factory import NOON
from tests.support import eventually


@pytest_asyncio.fixture(name="server")
async def _server(
    tmp_path: Path,
    temporal_client: Client,
    temporal_address: str,
    environment: pytest.MonkeyPatch,
) -> AsyncIterator[OperatorServer]:
    """Run a worker on a store that the commands see as well."""
    async with open_operator_server(
        tmp_path, temporal_client, temporal_address
    ) as opened:
        environment.setenv("TEMPORAL_ADDRESS", temporal_address)
        environment.setenv("LETTERBOX_STORE", opened.settings.store_url)
        environment.setenv("LETTERBOX_TASK_QUEUE", opened.settings.task_queue)
        environment.setenv("LETTERBOX_DIGEST_KEY", "a key of digests")
        yield opened


async def applied(what: str, application_id: str, **line: str) -> Result:
    """Apply one line; the command has a loop of its own."""
    text = json.dumps({"id": application_id, **line})
    yes = ("--yes",) if what == "erasures" else ()
    words = (what, "apply", "-", "--json", *yes)
    return await asyncio.to_thread(CliRunner().invoke, app, words, input=text)


def rows(result: Result) -> list[dict[str, str]]:
    """Read the answer; the worker, in this process here, logs before and after it."""
    [answer] = re.findall(r'\{"items": .*\}', result.stdout)
    found: list[dict[str, str]] = json.loads(answer)["items"]
    return found


async def test_an_open_application_is_erased_by_its_workflow_under_the_old_tombstone(
    server: OperatorServer,
) -> None:
    """Nothing is left of it, its workflow ends, and the time is that of the list."""
    application_id = await server.recorded()
    workflow = server.temporal.get_workflow_handle(application_id)
    line = {"reason": "request 17", "by": "jane", "removed_at": NOON.isoformat()}

    told = await applied("erasures", application_id, **line)
    again = await applied("erasures", application_id, **line)

    assert (told.exit_code, again.exit_code) == (0, 0), told.output
    assert rows(told) == [{"id": application_id, "outcome": "erased"}]
    assert rows(again)[0]["outcome"] == "already"
    await workflow.result()
    described = await workflow.describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED
    tombstone = server.records.applications.tombstone(application_id)
    assert tombstone
    assert (tombstone.stage, tombstone.removed_at) == (Stage.ERASED, NOON)
    assert (tombstone.reason, tombstone.by) == ("request 17", "jane")
    beside = ("positions/", keys.JOURNAL)
    listed = [one.key for one in server.store.list("")]
    left = [key for key in listed if not key.startswith(beside)]
    assert left == [keys.tombstone(application_id)]


async def test_an_open_application_is_held_in_the_store_in_its_record_and_its_workflow(
    server: OperatorServer,
) -> None:
    """An erasure that is applied behind it is refused, and changes nothing."""
    application_id = await server.recorded()
    hold = {"reason": "case 4711", "by": "jane", "placed_at": NOON.isoformat()}
    erasure = {"reason": "17", "removed_at": NOON.isoformat()}

    told = await applied("holds", application_id, **hold)
    again = await applied("holds", application_id, **hold)
    refused = await applied("erasures", application_id, **erasure)

    assert (told.exit_code, again.exit_code, refused.exit_code) == (0, 0, 1)
    assert rows(told) == [{"id": application_id, "outcome": "held"}]
    assert rows(again)[0]["outcome"] == "already"
    assert "held: release it first" in rows(refused)[0]["refused"]
    placed = server.records.holds.find(application_id)
    assert placed
    assert (placed.placed_at, placed.reason, placed.by) == (NOON, "case 4711", "jane")

    async def is_told() -> bool:
        record = server.records.applications.find(application_id)
        return record is not None and Flag.HELD in record.flags

    await eventually(is_told)
    status = await server.temporal.get_workflow_handle(application_id).query("status")
    assert Flag.HELD in status["flags"]
