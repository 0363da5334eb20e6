"""A hundred thousand applications: copies of two, in Temporal's lists and the store."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from letterbox.domain import keys
from tests.api.desk.signed_in import Desk, signed_in
from tests.api.operator.operator_server import open_operator_server
from tests.end_to_end.processes.installation import temporal_program
from tests.support import free_port

MANY = 100_000
COPIED = (
    "INSERT INTO executions_visibility (namespace_id, run_id, start_time,"
    " execution_time, workflow_id, workflow_type_name, status, history_length, memo,"
    " encoding, task_queue, search_attributes, root_workflow_id, root_run_id)"
    " WITH RECURSIVE counted(n) AS"
    " (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :number)"
    " SELECT namespace_id, lower(hex(randomblob(16))),"
    " strftime('%Y-%m-%d %H:%M:%f+00:00', start_time, '-' || (n * 20) || ' seconds'),"
    " execution_time, workflow_id || '-' || n, workflow_type_name, status,"
    " history_length, memo, encoding, task_queue, search_attributes,"
    " root_workflow_id, root_run_id"
    " FROM executions_visibility, counted WHERE workflow_id = :copied"
)


@dataclass(frozen=True, slots=True)
class Crowded:
    """Somebody at such a desk, and where all of it is."""

    desk: Desk
    folder: Path
    temporal: str
    """Its address."""


@asynccontextmanager
async def crowded_desk(folder: Path) -> AsyncIterator[Crowded]:
    """Have copies of two applications: a tenth of them is in triage."""
    port = free_port()
    program = temporal_program(folder, port)
    try:
        program.start()
        address = f"127.0.0.1:{port}"
        client = await Client.connect(address, data_converter=pydantic_data_converter)
        async with (
            open_operator_server(folder, client, address) as server,
            signed_in(server) as desk,
        ):
            matched = await server.recorded()
            waits = await server.recorded(job_id="nobody-knows-it")
            await to_thread.run_sync(_copy, folder, matched, MANY * 9 // 10)
            await to_thread.run_sync(_copy, folder, waits, MANY // 10)
            yield Crowded(desk, folder, address)
    finally:
        program.end()


def _copy(folder: Path, application_id: str, number: int) -> None:
    """Copy an application, in Temporal's lists and in the store."""
    with closing(sqlite3.connect(folder / "temporal.db", timeout=60)) as database:
        database.execute(COPIED, {"number": number, "copied": application_id})
        database.commit()
    body = (folder / "store" / keys.record(application_id)).read_bytes()
    for copy in range(1, min(number, MANY // 10) + 1):
        copied = folder / "store" / keys.record(f"{application_id}-{copy}")
        copied.parent.mkdir()
        copied.write_bytes(body)
