"""A small installation with fixed ids, whose commands print the same at every run."""

import asyncio
import io
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from letterbox.boards import discover
from letterbox.boards.base import FormBoard, PostBoard
from letterbox.catalogue.refused_references import RefusedReferenceCounter
from letterbox.domain.application import Hold
from letterbox.resources import Records, open_records, open_store
from letterbox.settings import load_settings
from letterbox.temporal.client import start_application
from letterbox_cli.main import run
from letterbox_cli.up.dev_secrets import made_up_for
from tests.audit_fixture import AuditFixture
from tests.end_to_end.processes.program import Command, Program
from tests.factories import careerjet
from tests.letterbox_cli import golden_steps as ids
from tests.letterbox_cli.golden_steps import Step
from tests.support import (
    LETTERBOX,
    ROOT,
    answers,
    free_port,
    wait_until,
)

_JOBS = """[
  {"reference": "DEV-17", "title": "Developer", "hirer": "acme"},
  {"reference": "OPS-3", "title": "Somebody who keeps all of it running, at night too"},
  {"reference": "TWIN-1", "title": "A twin", "hirer": "acme"},
  {"reference": "TWIN-1", "title": "The other", "hirer": "globex"},
  {"reference": "2024-7890", "title": "Example"}
]"""
_SPOILT = """[
  {"reference": "NEW-1", "title": "New"},
  {"reference": "", "title": "Nameless"},
  {"title": "Without any"}
]"""
_AS_LONG = (
    # Times, ages, ports and ids of one run only.
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "2026-03-01T12:00:00Z"),
    (r"(?!2031)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "2026-03-01 12:00:00"),
    (r"(?!2031)\d{4}-\d\d-\d\d \d\d:\d\d(?!:)", "2026-03-01 12:00"),
    (r"received \d{4}-\d\d-\d\d", "received 2026-03-01"),
    (r"(?m)\b[a-z0-9]{12}(?=  \d{4}-|:$)", "4fz0k2m9x1ab"),
    (r"lbx_[a-z0-9]{12}_[\w-]{43}", f"lbx_4fz0k2m9x1ab_{43 * 'x'}"),
    (r"4fz0k2m9x1ab  \d{4}-\d\d-\d\d", "4fz0k2m9x1ab  2026-03-01"),
    # The folder of a test, and what goes on beside it where it is short enough.
    (
        r"(no \.env in)\s+\S*golden\d+;\s+the\s+data\s+folder\s+is\s+var",
        "\\1\n        FOLDER; the data folder is var",
    ),
    (r"(no \.env in)\s+\S*golden\d+", "\\1\nFOLDER"),
    (r"to be archived \d{4}-\d\d-\d\d", "to be archived 2026-08-14"),
    (r"archive by \d{4}-\d\d-\d\d", "archive by 2026-08-14"),
    (r"(?<= )(\d\d[smh]|\d[smh] )(?= )", "1s "),
    # A schedule may have come round meanwhile.
    (r"(: every \w+);[^\n]*(?:\n {8}[^\n]*)*", r"\1;\n        it has not run yet"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORTS"),
    (
        r"[0-9a-f]{8}-(?!aaaa-)[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "00000000-0000-4000-8000-000000000000",
    ),
)


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command printed as text, and as JSON in both forms."""

    text: str
    json: str = ""
    ndjson: str = ""


class GoldenInstallation:
    """A store, a worker and an API, on a Temporal that others use too."""

    def __init__(self, folder: Path, temporal_address: str) -> None:
        self._folder = folder
        self._patched = pytest.MonkeyPatch()
        self._programs: list[Program] = []
        self._api_port = free_port()
        self._sandbox_port = free_port()
        self._environment = {
            "LETTERBOX_STORE": "file:store",
            "LETTERBOX_TASK_QUEUE": str(uuid4()),
            "LETTERBOX_DIGEST_KEY": "a key for tests of what is printed",
            **{
                board.secrets_variable: made_up_for(board, "made up for tests")
                for board in discover().values()
                if isinstance(board, FormBoard | PostBoard)
            },
            "LETTERBOX_SANDBOX_PORT": str(self._sandbox_port),
            "LETTERBOX_SWEEP_EVERY": "1d",
            "LETTERBOX_OPERATORS": "operators.json",
            # Who runs the commands: they are in the journal by that name.
            "LOGNAME": "user",
            "LETTERBOX_API_PORT": str(self._api_port),
            "TEMPORAL_ADDRESS": temporal_address,
        }

    def __enter__(self) -> Self:
        """Have commands of this process find it."""
        (self._folder / "jobs.json").write_text(_JOBS)
        (self._folder / "spoilt.json").write_text(_SPOILT)
        for name in ("LETTERBOX_DATA", "NO_COLOR"):
            self._patched.delenv(name, raising=False)
        for name, text in self._environment.items():
            self._patched.setenv(name, text)
        self._patched.setenv("COLUMNS", "80")
        self._patched.chdir(self._folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End its processes."""
        for program in self._programs:
            program.end()
        asyncio.run(self._end_workflows())
        self._patched.undo()

    def run(self, step: Step) -> Printed:
        """Prepare what a step needs, and run it in each form that it has."""
        if step.before:
            getattr(self, step.before)()
        code, out, err = self._run(step, step.name)
        text = out + (f"--- standard error ---\n{err}" if err else "")
        text += f"--- exit code {code} ---\n" if code else ""
        if step.schema is None:
            return Printed(_same(text))
        of_json, out, err = self._run(step, f"{step.name}-2", "--json")
        assert of_json == code, err
        ndjson = ""
        if step.has_lines:
            _, ndjson, _ = self._run(step, f"{step.name}-3", "--ndjson")
        return Printed(_same(text), err if step.schema == "problem" else out, ndjson)

    def _run(self, step: Step, new: str, *options: str) -> tuple[int, str, str]:
        words = [new if word == "{new}" else word for word in step.words]
        out, err = io.StringIO(), io.StringIO()
        self._patched.setattr(sys, "stdin", io.StringIO(step.stdin or ""))
        with redirect_stdout(out), redirect_stderr(err):
            code = run([*words, *options])
        return code, out.getvalue(), err.getvalue()

    def refuse_references(self) -> None:
        """Have a board have asked in vain."""
        refused = RefusedReferenceCounter(open_store(load_settings()))
        for reference in ("GONE-1", "GONE-2", "GONE-1"):
            refused.note("careerjet", reference)
        refused.flush()

    def start_worker(self) -> None:
        """Start a worker."""
        self._start("worker", lambda worker: '"worker ready"' in worker.said())

    def start_api(self) -> None:
        """Start an API."""
        self._start("api", lambda _: answers(self._api_port))

    def start_sandbox(self) -> None:
        """Start what plays the boards."""
        self._start("sandbox seek", lambda _: answers(self._sandbox_port))

    def take_in(self) -> None:
        """Have applications come in: one waits in the inbox, one is archived."""
        self._accept(ids.MATCHED, "DEV-17")
        self._accept(ids.TRIAGE, "DEV-71", email="grace@example.com")
        self._accept(ids.TWIN, "TWIN-1", email="alan@example.com")
        self._accept(ids.ERASED, "OPS-3", email="edsger@example.com")
        for application_id in (ids.MATCHED, ids.TRIAGE, ids.TWIN, ids.ERASED):
            asyncio.run(self._start_workflow(application_id))
            wait_until(partial(self._is_listed, application_id))
        self._accept(ids.WAITING, "OPS-3", email="barbara@example.com")
        asyncio.run(self._archive())

    def hold_archived(self) -> None:
        """Place a hold without a workflow, and write the list that is applied."""
        hold = Hold(
            reason="case 4711",
            placed_at=datetime.now(UTC),
            until=datetime.now(UTC) + timedelta(days=30),
            by="jane.doe",
        )
        self._records().holds.place(ids.ARCHIVED, hold)
        self._export("holds")

    def export_erasures(self) -> None:
        """Write the list that is applied."""
        self._export("erasures")

    def break_store(self) -> None:
        """Lose a document, and leave an object of somebody else."""
        store = open_store(load_settings())
        for document in store.list(f"applications/{ids.MATCHED}/documents/"):
            if document.key.endswith(".pdf"):
                store.delete(document.key)
        store.put("minutes of the board.txt", b"nothing of ours")

    def _export(self, what: str) -> None:
        code = run([what, "export", f"{what}.jsonl"])
        assert code == 0

    def _start(self, name: str, is_ready: object) -> None:
        program = Program(
            Command(
                name=name,
                words=(*LETTERBOX, *name.split()),
                environment={**self._environment, "PYTHONPATH": str(ROOT)},
                folder=self._folder,
                is_ready=is_ready,  # type: ignore[arg-type]
            )
        )
        self._programs.append(program)
        program.start()

    def _records(self) -> Records:
        settings = load_settings()
        return open_records(settings, open_store(settings))

    def _accept(self, application_id: str, reference: str, email: str = "") -> None:
        submission, contents = careerjet(
            application_id.partition(":")[2],
            job_id=reference,
            email=email or "ada@example.com",
            received_at=datetime.now(UTC),
        )
        self._records().applications.accept(submission, contents)

    async def _connect(self) -> Client:
        return await Client.connect(
            self._environment["TEMPORAL_ADDRESS"],
            data_converter=pydantic_data_converter,
        )

    async def _start_workflow(self, application_id: str) -> None:
        queue = self._environment["LETTERBOX_TASK_QUEUE"]
        await start_application(await self._connect(), queue, application_id)

    async def _archive(self) -> None:
        made = AuditFixture(load_settings(), await self._connect())
        made.archived(ids.ARCHIVED.partition(":")[2])

    def _is_listed(self, application_id: str) -> bool:
        """Return whether Temporal's list says that it is taken in."""
        out = io.StringIO()
        with redirect_stdout(out):
            run(["list", "--ndjson"])
        return any(
            application_id in line and 'archive_by":"' in line
            for line in out.getvalue().splitlines()
        )

    async def _end_workflows(self) -> None:
        client = await self._connect()
        query = f"TaskQueue = '{self._environment['LETTERBOX_TASK_QUEUE']}'"
        async for found in client.list_workflows(
            f"{query} AND ExecutionStatus = 'Running'"
        ):
            await client.get_workflow_handle(found.id).terminate()


def _same(text: str) -> str:
    for pattern, word in _AS_LONG:
        text = re.sub(pattern, word, text)
    lines = (line.rstrip() for line in text.splitlines())
    return "\n".join(lines).strip("\n") + "\n"
