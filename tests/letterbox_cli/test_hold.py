"""``letterbox hold`` says until when and why, and what was not held."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client
from typer.testing import CliRunner

from letterbox.domain.commands import EraseRequest
from letterbox.temporal.updates import Updates
from letterbox_cli.main import app
from tests.api.operator.operator_server import OperatorServer, open_operator_server


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
        yield opened


async def said(*words: str) -> str:
    """Type a command; the worker, in this process here, logs beside it."""
    result = await asyncio.to_thread(CliRunner().invoke, app, ["hold", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


async def test_a_hold_is_told_with_its_end_and_its_reason(
    server: OperatorServer,
) -> None:
    """Whoever typed a wrong year sees it; the stage is told as well."""
    one = await server.recorded()

    dated = await said(one, "--until", "2036-01-31", "--reason", "case 4711")
    endless = await said(one, "--reason", "case 4712")

    assert f"{one}: held until 2036-01-31 00:00 UTC, reason: case 4711; " in dated
    assert f"{one}: held until it is released, reason: case 4712; " in endless
    assert "matched" in dated


async def test_a_release_says_whether_anything_was_held(
    server: OperatorServer,
) -> None:
    """A misspelt id that exists would pass for the one that was meant."""
    one = await server.recorded()
    await said(one, "--reason", "case 4711")

    released = await said(one, "--release")
    again = await said(one, "--release")
    as_json = await said(one, "--release", "--json")

    assert f"{one}: released; matched" in released
    assert f"{one}: was not held; matched" in again
    [line] = re.findall(r'\{.*"released".*\}', as_json)
    row: dict[str, Any] = json.loads(line)
    assert (row["released"], row["flags"]) == (False, [])


async def test_the_history_does_not_mix_up_two_holds(server: OperatorServer) -> None:
    """Not while both are known, nor after the release and the erasure."""
    one = await server.recorded()
    await said(one, "--by", "alice", "--reason", "case 7")
    await said(one, "--by", "bertha", "--reason", "case 8", "--until", "2036-01-31")
    both = await holds_of(one)
    await said(one, "--release", "--by", "carol", "--reason", "settled")
    released = await holds_of(one)
    updates = Updates(server.temporal, server.settings.task_queue)
    await updates.erase(one, EraseRequest(reason="request 17", by="dora"))
    erased = await holds_of(one)

    placed = [
        ("held", "alice", "case 7", None),
        ("held", "bertha", "case 8", "2036-01-31T00:00:00Z"),
    ]
    end = ("released", "carol", "settled", None)
    assert both == placed
    assert released == erased == [*placed, end]
    history = await asyncio.to_thread(CliRunner().invoke, app, ["history", one])
    assert " received " in history.stdout


async def holds_of(
    application_id: str,
) -> list[tuple[str, str, str, str | None]]:
    """Return the holds and releases that `letterbox history` tells of."""
    result = await asyncio.to_thread(
        CliRunner().invoke, app, ["history", application_id, "--json"]
    )
    [line] = [row for row in result.stdout.splitlines() if row.startswith('{"id"')]
    return [
        (one["event"], one["by"], one["reason"], one["until"])
        for one in json.loads(line)["items"]
        if one["event"] in {"held", "released"}
    ]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "--reason is required"),
        (("--reason", " "), "--reason is required"),
        (
            ("--reason", "case 1", "--until", "tomorrow"),
            "not a date or time such as 2026-11-30 or 2026-11-30T09:00",
        ),
    ],
)
def test_a_hold_needs_a_reason_and_a_time(
    words: tuple[str, ...], problem: str, environment: pytest.MonkeyPatch
) -> None:
    """As the operator API does; nothing is asked of Temporal then."""
    environment.setenv("COLUMNS", "200")
    result = CliRunner().invoke(app, ["hold", "careerjet:1", *words])

    assert result.exit_code == 2
    assert problem in result.output
    assert "%" not in result.output


async def test_a_hold_without_an_end_is_shown_as_one(server: OperatorServer) -> None:
    """It is held until somebody releases it."""
    one = await server.recorded()
    await said(one, "--reason", "case 4712")

    shown = await asyncio.to_thread(CliRunner().invoke, app, ["show", one])

    assert re.search(r"^held until +it is released$", shown.stdout, re.MULTILINE)
