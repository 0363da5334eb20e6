"""GET /applications.csv and .ndjson."""

import csv
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from api.operator.list_files import Page, pages
from letterbox.domain.errors import TemporalUnavailableError
from letterbox.domain.listing import Item
from tests.api.operator.operator_server import OperatorServer
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("operator")


async def test_a_list_of_a_period_is_a_file_for_spreadsheets_and_programs(
    server: OperatorServer,
) -> None:
    """By the filters of the list, and with what it shows; a formula is none."""
    since = datetime.now(UTC) - timedelta(seconds=1)
    recorded = await server.recorded(job_id="=HYPERLINK(1)")
    period = {"received_after": since.isoformat(), "stage": "triage"}

    async def is_listed() -> bool:
        page = await server.http.get("/applications", params=period)
        return recorded in page.text

    await eventually(is_listed)
    as_csv = await server.http.get("/applications.csv", params=period)
    as_lines = await server.http.get("/applications.ndjson", params=period)
    earlier = {"received_before": since.isoformat(), "stage": "triage"}
    before = await server.http.get("/applications.csv", params=earlier)

    rows = {row["id"]: row for row in csv.DictReader(StringIO(as_csv.text))}
    assert as_csv.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in as_csv.headers["Content-Disposition"]
    assert rows[recorded]["job_reference"] == "'=HYPERLINK(1)"
    assert rows[recorded]["triage"] == "unknown-reference"
    items = [Item.model_validate(json.loads(line)) for line in as_lines.text.split()]
    assert {item.id for item in items} == set(rows)
    assert recorded not in before.text


async def test_a_list_file_refuses_what_is_no_filter_and_shows_no_other_hirer(
    server: OperatorServer,
) -> None:
    """As the list does."""
    recorded = await server.recorded()

    misspelt = await server.http.get("/applications.csv", params={"stag": "triage"})
    async with server.named("ats-acme") as acme:
        theirs = await acme.get("/applications.ndjson")

    assert misspelt.status_code == 422
    assert theirs.status_code == 200
    assert recorded not in theirs.text


async def test_a_moment_without_an_answer_cuts_no_list_off() -> None:
    """A page is asked for again; what fails for longer ends the list where it is."""
    asked: list[bytes] = []

    def failing(times: int) -> Callable[[bytes], Awaitable[Page]]:
        failures = iter([TemporalUnavailableError("away")] * times)

        async def read(token: bytes) -> Page:
            asked.append(token)
            if error := next(failures, None):
                raise error
            return [], None

        return read

    whole = [page async for page in pages(failing(2), ([], b"2"), (0.0, 0.0))]

    assert (len(whole), asked) == (2, [b"2"] * 3)
    with pytest.raises(TemporalUnavailableError):
        _ = [page async for page in pages(failing(3), ([], b"2"), (0.0, 0.0))]
