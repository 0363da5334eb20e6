"""``letterbox list``: lines that can be copied, and filters that are checked."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from typer.testing import CliRunner, Result

from letterbox.domain.errors import SettingsError
from letterbox.domain.listing import Filter
from letterbox.resources import open_store
from letterbox.settings import load_settings
from letterbox.temporal import search_attributes as attributes
from letterbox.temporal.visibility import count_applications
from letterbox_cli.main import app
from tests.support import wait_until

IDS = tuple(f"careerjet:{number}-{'long' * 30}-{uuid4()}" for number in (1, 2, 3))
POSITION = f"[bold]R {uuid4()}"
DUE = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(name="started", scope="module")
def _started(temporal_address: str) -> Iterator[str]:
    """Start three applications of one position; the first and the last have ended."""
    known: list[SearchAttributePair[Any]] = [
        SearchAttributePair(attributes.BOARD, "careerjet"),
        SearchAttributePair(attributes.STAGE, "matched"),
        SearchAttributePair(attributes.POSITION, POSITION),
        SearchAttributePair(attributes.FLAGS, ["duplicate", "odd-file"]),
        SearchAttributePair(attributes.ARCHIVE_BY, DUE),
    ]

    async def start() -> None:
        client = await Client.connect(temporal_address)
        # The first had an earlier run, which is listed and counted no more.
        for application_id in (IDS[0], *IDS):
            handle: Any = await client.start_workflow(
                "Application",
                application_id,
                id=application_id,
                task_queue="nobody's",
                search_attributes=TypedSearchAttributes(known),
            )
            if application_id != IDS[1]:
                await handle.terminate()

    async def end() -> None:
        client = await Client.connect(temporal_address)
        await client.get_workflow_handle(IDS[1]).terminate()

    asyncio.run(start())
    yield temporal_address
    asyncio.run(end())


@pytest.fixture(name="listed")
def _listed(environment: pytest.MonkeyPatch, started: str) -> None:
    """Wait until all are listed."""
    environment.setenv("TEMPORAL_ADDRESS", started)
    environment.setenv("LETTERBOX_TASK_QUEUE", "nobody's")
    environment.setenv("COLUMNS", "40")
    wait_until(lambda: _ids() == [IDS[1], IDS[2], IDS[0]], 10)


@pytest.mark.usefixtures("listed")
def test_in_a_pipe_each_application_is_one_line(
    environment: pytest.MonkeyPatch,
) -> None:
    """The open ones come first, then the latest ended; other programs filter lines."""
    environment.delenv("COLUMNS")
    header, *lines = letterbox().stdout.splitlines()

    assert header.split() == [
        *("application", "received", "age", "stage", "board", "position", "flags"),
        *("archive", "by"),
    ]
    assert [line.split()[0] for line in lines] == [IDS[1], IDS[2], IDS[0]]
    for line in lines:
        assert POSITION in line
        assert "duplicate, odd-file" in line
        assert line.rstrip().endswith(" 2027-01-02")


@pytest.mark.usefixtures("listed")
def test_on_a_narrow_terminal_an_id_is_whole_on_a_line_of_its_own() -> None:
    """However narrow it is: an id that was cut could not be copied."""
    words = [word for line in letterbox().stdout.splitlines() for word in line.split()]

    assert [word for word in words if word in IDS] == [IDS[1], IDS[2], IDS[0]]


@pytest.mark.usefixtures("listed")
def test_what_is_not_shown_is_counted_and_comes_with_the_cursor() -> None:
    """Page by page as the API has it; a cursor is of no use for another list."""
    first = letterbox("--limit", "1")
    page = json.loads(letterbox("--limit", "1", "--json").stdout)
    rest = json.loads(letterbox("--cursor", page["next"], "--json").stdout)
    other = letterbox("--cursor", page["next"], "--stage", "triage")

    assert first.stderr == "1 of 3 shown: --limit N or --all shows more\n"
    assert page["total"] == rest["total"] == 3
    listed = [one["id"] for one in (*page["items"], *rest["items"])]
    assert listed == [IDS[1], IDS[2], IDS[0]]
    assert rest["next"] is None
    assert "belongs to another list" in str(other.exception)


@pytest.mark.usefixtures("listed")
def test_all_has_no_limit_and_times_filter() -> None:
    """What was received in another year is not among them."""
    everything = letterbox("--all", "--limit", "1", "--ndjson").stdout.splitlines()
    later = letterbox("--received-after", "2036-01-01", "--json")
    earlier = letterbox("--received-before", "2036-01-01T12:00", "--json")

    assert len(everything) == len(json.loads(earlier.stdout)["items"]) == 3
    assert json.loads(later.stdout)["items"] == []


@pytest.mark.usefixtures("listed")
def test_the_json_of_list_is_that_of_the_operator_api() -> None:
    """Programs meet one form, and one form of dates."""
    [found] = json.loads(letterbox("--limit", "1", "--json").stdout)["items"]

    assert found["id"] == IDS[1]
    assert found["archive_by"] == "2027-01-02T03:04:05Z"
    assert (found["position"], found["hirer"]) == (POSITION, None)


@pytest.mark.parametrize(
    "words", [("--stage", "bogus"), ("--flag", "bogus"), ("--board", "bogus")]
)
def test_listing_an_unknown_stage_or_board_is_wrong_usage(
    words: tuple[str, str],
) -> None:
    """An empty list would say that there is none now; the message names the valid."""
    result = CliRunner().invoke(app, ["list", *words])

    assert result.exit_code == 2
    assert {"--stage": "triage", "--flag": "held", "--board": "careerjet"}[
        words[0]
    ] in result.output


@pytest.mark.usefixtures("listed")
def test_an_empty_list_names_the_settings_that_were_read() -> None:
    """They may be those of another folder, whose applications are others."""
    result = CliRunner().invoke(app, ["list", "--position", str(uuid4())])

    assert result.exit_code == 0
    printed = " ".join(result.stderr.split())
    assert printed.startswith("none found; settings: read from the environment")


def letterbox(*words: str) -> Result:
    """Run ``letterbox list`` for the three."""
    return CliRunner().invoke(app, ["list", "--position", POSITION, *words])


def _ids() -> list[str]:
    return [one["id"] for one in json.loads(letterbox("--json").stdout)["items"]]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "ADDRESS",
            "http://127.0.0.1:7233",
            "TEMPORAL_ADDRESS: must be host:port, without a scheme",
        ),
        (
            "ADDRESS",
            "127.0.0.1",
            "TEMPORAL_ADDRESS: the port is missing: must be host:port, such as 127.",
        ),
        ("ADDRESS", "[::1]", "TEMPORAL_ADDRESS: the port is missing: "),
        ("ADDRESS", "localhost:99999", "TEMPORAL_ADDRESS: invalid target URL: "),
        ("ADDRESS", ":::", "TEMPORAL_ADDRESS: invalid target URL: "),
        ("PROFILE", "nowhere", "Temporal's own settings (TEMPORAL_*): "),
    ],
)
def test_settings_of_temporals_own_are_refused_in_one_line(
    name: str, text: str, told: str, environment: pytest.MonkeyPatch
) -> None:
    """Its client takes some with a warning, until it does not."""
    environment.setenv(f"TEMPORAL_{name}", text)

    result = CliRunner().invoke(app, ["list"])

    assert isinstance(result.exception, SettingsError)
    assert str(result.exception).startswith(told)


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("option", ["--received-after", "--received-before"])
def test_what_is_no_time_is_refused_in_plain_words(
    option: str, environment: pytest.MonkeyPatch
) -> None:
    """No codes of a date's format: who types is no programmer."""
    environment.setenv("COLUMNS", "200")
    result = letterbox(option, "yesterday")

    assert result.exit_code == 2
    assert "not a date or time such as 2026-11-30 or 2026-11-30T09:00" in result.output
    assert "%" not in result.output


@pytest.mark.usefixtures("listed")
def test_a_delivery_of_nothing_says_so_and_lists_what_it_would_send() -> None:
    """Whoever looks for what was delivered is in another stage."""
    words = ["deliver", "--position", POSITION, "--dry-run"]
    open_store(load_settings()).prepare()
    none = CliRunner().invoke(app, ["deliver", "--stage", "matched", "--hirer", "no"])
    lines = CliRunner().invoke(app, [*words, "--ndjson"]).stdout.splitlines()
    single = CliRunner().invoke(app, ["deliver", IDS[0], "--ndjson"])
    refused = CliRunner().invoke(app, ["deliver", "--position", POSITION])
    kept = CliRunner().invoke(app, ["journal", "--json"])

    assert "none found; those that the ATS knows are in --stage delivered" in (
        none.stderr
    )
    assert sorted(json.loads(line)["id"] for line in lines) == sorted(IDS)
    assert single.exit_code == 2
    # Once, and not for each; nobody was asked for anything.
    assert str(refused.exception).startswith("there is no ATS: set LETTERBOX_DELIVERY")
    assert refused.output == ""
    assert json.loads(kept.stdout)["items"] == []


@pytest.mark.usefixtures("listed")
async def test_what_is_more_than_is_counted_has_no_number(started: str) -> None:
    """A million applications are not listed for the sake of a number."""
    client = await Client.connect(started)
    filters = Filter(position=POSITION)

    assert await count_applications(client, "nobody's", filters) == 3
    assert await count_applications(client, "nobody's", filters, at_most=2) is None
