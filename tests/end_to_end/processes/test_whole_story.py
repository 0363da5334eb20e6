"""What happened to an application: the logs' lines, and `letterbox history`."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from letterbox.domain.application import Stage
from letterbox.domain.positions import Position
from letterbox.domain.transitions import Transition
from letterbox.temporal.client import start_application
from tests.commands import run_command
from tests.end_to_end.processes.canaries import Marks
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.posted import OPEN, PostedApplication
from tests.factories import careerjet
from tests.receiver import SECRET, Receiver
from tests.support import LETTERBOX, THOROUGH, clean_environment, http, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("story")]

TOKEN = "a token of the operator's"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_WORDS = {one.value for one in Transition}


@dataclass(frozen=True, slots=True)
class Story:
    """An installation with an ATS, and what has happened in it."""

    at: Installation
    ats: Receiver

    def told(self, application_id: str) -> list[dict[str, Any]]:
        """Read the lines about an application from all logs, in their order."""
        lines = [*self.at.api.events(), *self.at.worker.events()]
        mine = [
            one
            for one in lines
            if one.get("application") == application_id and one["event"] in _WORDS
        ]
        return sorted(mine, key=lambda one: one["timestamp"])

    def until(self, application_id: str, *events: str) -> list[dict[str, Any]]:
        """Wait for as many lines; the words must be these."""
        wait_until(lambda: len(self.told(application_id)) >= len(events))
        lines = self.told(application_id)
        assert [one["event"] for one in lines] == list(events)
        return lines

    def ask(self, method: str, application_id: str, rest: str, **body: Any) -> None:
        """Ask the operator API as Jane does, for a request with an id."""
        path = f"/applications/{quote(application_id, safe='')}{rest}"
        answered = http().request(
            method,
            f"{self.at.api.url}{path}",
            headers={
                "Authorization": f"Bearer {TOKEN}",
                "X-Operator": "jane.doe",
                "X-Request-Id": f"request.{method}",
            },
            json=body or None,
        )
        assert answered.status_code == 200, answered.text

    def letterbox(
        self, *words: str, code: int = 0, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Type a command."""
        ended = run_command(self.at.folder, self.at.environment | environment, *words)
        assert ended.returncode == code, ended.stderr
        return ended

    def archived(self) -> str:
        """Take in an application of long ago, which is archived at once."""
        delivery, contents = careerjet(str(uuid4()), received_at=LONG_AGO)
        self.at.applications.accept(delivery, contents)

        async def start() -> None:
            client = await self.at.connect()
            await start_application(client, "letterbox", delivery.application_id)

        asyncio.run(start())
        return delivery.application_id


@pytest.fixture(name="story", scope="module")
def _story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with (
        Receiver() as ats,
        installation(
            tmp_path_factory.mktemp("story"),
            LETTERBOX_OPERATOR_TOKEN=TOKEN,
            LETTERBOX_DELIVERY_URL=ats.url,
            LETTERBOX_DELIVERY_SECRET=SECRET,
            NO_PROXY="127.0.0.1",
        ) as at,
    ):
        at.catalogue.put(Position(reference=OPEN, title="Letter carrier"))
        at.start()
        yield Story(at, ats)


def about(line: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Pick what a line says."""
    return {name: line.get(name) for name in names}


def test_a_whole_life_is_a_line_of_log_for_each_thing_that_happens(
    story: Story,
) -> None:
    """From receipt to erasure: the same words, who asked, and nothing of the person."""
    marks = Marks()
    submission = marks.submission(job_id="nobody-knows-it")
    url = story.at.api.apply_url
    submission.post(url)
    story.until(submission.id, "received", "recorded", "triaged", "told")
    submission.post(url)
    story.ask("POST", submission.id, "/position", reference=OPEN)
    first = ["received", "recorded", "triaged", "told", "repeated", "assigned", "told"]
    story.until(submission.id, *first)
    story.letterbox("hold", submission.id, "--reason", "case 1", "--by", "ada")
    story.letterbox("hold", submission.id, "--reason", "case 1", "--by", "ada")
    story.letterbox("hold", submission.id, "--release", "--by", "ada")
    story.letterbox("erase", submission.id, "--yes", "--reason", "r 17", code=0)

    lines = story.until(
        submission.id, *first, "held", "repeated", "released", "erased", "told"
    )
    assert {one["board"] for one in lines} == {"careerjet"}
    assert {one["level"] for one in lines} == {"info"}
    by_word = {one["event"]: one for one in lines}
    assert by_word["received"]["request_id"]
    assert by_word["triaged"]["reason"] == "unknown-reference"
    assert about(by_word["assigned"], "by", "request_id", "position") == {
        "by": "operator API: jane.doe",
        "request_id": "request.POST",
        "position": OPEN,
    }
    assert by_word["held"]["by"] == by_word["released"]["by"] == "ada"
    assert by_word["erased"]["by"].startswith("letterbox erase")
    assert [one["type"] for one in lines if one["event"] == "told"] == [
        "application.recorded",
        "application.matched",
        "application.erased",
    ]
    asked = [one for one in story.at.api.events() if one["event"] == "asked"]
    assert [one["action"] for one in asked if one["application"] == submission.id] == [
        "assign"
    ]
    for log in (story.at.api.log, story.at.worker.log, story.at.temporal.log):
        assert marks.found_in(log.read_bytes()) == []


def test_history_tells_a_life_in_ten_lines(story: Story) -> None:
    """From the store and Temporal, in 80 columns; as JSON, and from the API, too."""
    submission = PostedApplication()
    submission.post(story.at.api.apply_url)
    story.until(submission.id, "received", "recorded", "matched", "told", "told")
    wait_until(lambda: story.at.recorded(submission.id).stage is Stage.DELIVERED)
    story.letterbox("hold", submission.id, "--reason", "case 1", "--by", "ada")

    said = story.letterbox("history", submission.id).stdout.splitlines()
    found = json.loads(story.letterbox("history", submission.id, "--json").stdout)
    rows = story.letterbox("history", submission.id, "--ndjson").stdout.splitlines()
    path = f"/applications/{quote(submission.id, safe='')}/history"
    answered = http().get(
        f"{story.at.api.url}{path}", headers={"Authorization": f"Bearer {TOKEN}"}
    )

    assert said[0] == submission.id
    assert [line[21:30].strip() for line in said[2:]] == [
        "received",
        "recorded",
        "matched",
        "told",
        "told",
        "held",
    ]
    assert all(len(line) <= 80 for line in said)
    assert all(line[:4].isdigit() for line in said[2:])
    assert [one["event"] for one in found["items"]] == [
        json.loads(row)["event"] for row in rows
    ]
    assert found["items"][-1]["by"] == "ada"
    told = [one for one in found["items"] if one["event"] == "told"]
    assert [one["attempts"] for one in told] == [1, 1]
    assert answered.status_code == 200
    assert [one["event"] for one in answered.json()["items"]] == [
        one["event"] for one in found["items"]
    ]
    assert "joe.smith" not in answered.text


def test_history_tells_of_what_is_archived_or_erased(story: Story) -> None:
    """When, why and by whom, though there is no record any more."""
    archived = story.archived()
    wait_until(lambda: story.at.applications.ended(archived) is Stage.ARCHIVED)
    submission = PostedApplication()
    submission.post(story.at.api.apply_url)
    story.until(submission.id, "received", "recorded", "matched", "told", "told")
    story.letterbox(
        "erase", submission.id, "--yes", "--reason", "request 17", "--by", "ada"
    )

    old = json.loads(story.letterbox("history", archived, "--json").stdout)
    gone = json.loads(story.letterbox("history", submission.id, "--json").stdout)

    assert old["stage"] == "archived"
    events = [one["event"] for one in old["items"]]
    assert [events.count(one) for one in ("received", "recorded", "archived")] == [
        1
    ] * 3
    assert gone["stage"] == "erased"
    [erased] = [one for one in gone["items"] if one["event"] == "erased"]
    assert (erased["by"], erased["reason"]) == ("ada", "request 17")
    story.letterbox("history", "careerjet:none", code=1)


def test_history_without_temporal_or_store_tells_what_the_other_knows(
    story: Story,
) -> None:
    """And says which of them is away."""
    submission = PostedApplication()
    submission.post(story.at.api.apply_url)
    story.until(submission.id, "received", "recorded", "matched", "told", "told")
    # The store learns of it a moment after Temporal.
    wait_until(lambda: not story.at.recorded(submission.id).owed)

    with story.at.without_store():
        alone = story.letterbox("history", submission.id)
    stored = story.letterbox("history", submission.id, TEMPORAL_ADDRESS="127.0.0.1:1")

    assert "the store does not answer" in alone.stderr
    assert "Temporal does not answer" in stored.stderr
    for said in (alone, stored):
        assert "recorded" in said.stdout
        assert said.stdout.count("told") == 2


def test_history_of_what_waits_in_the_inbox(story: Story) -> None:
    """It has been received, and nothing else."""
    assert story.at.worker.stop() == 0
    submission = PostedApplication()
    submission.post(story.at.api.apply_url)

    found = json.loads(story.letterbox("history", submission.id, "--json").stdout)

    story.at.worker.start()
    assert found["stage"] == "received"
    assert [one["event"] for one in found["items"]] == ["received"]


def test_watch_and_follow_show_what_arrives_until_they_are_stopped(
    story: Story,
) -> None:
    """Each arrival with where it stands; Ctrl-C ends them with 130."""
    first = PostedApplication()
    first.post(story.at.api.apply_url)
    story.at.recorded(first.id)
    environment = clean_environment() | story.at.environment
    commands = (
        ("watch", "--every", "0.5", "--ndjson"),
        ("history", first.id, "--follow", "--ndjson"),
    )
    logs = [story.at.folder / f"{words[0]}.out" for words in commands]
    running = []
    try:
        for words, log in zip(commands, logs, strict=True):
            with log.open("wb") as out:
                running.append(
                    subprocess.Popen(
                        (*LETTERBOX, *words),
                        env=environment | {"PYTHONUNBUFFERED": "1"},
                        cwd=story.at.folder,
                        stdout=out,
                        stderr=out,
                    )
                )
        wait_until(lambda: all("Ctrl-C stops" in log.read_text() for log in logs))
        second = PostedApplication(job_id="nobody-knows-it")
        second.post(story.at.api.apply_url)
        story.letterbox("hold", first.id, "--reason", "case 1", "--by", "ada")

        wait_until(lambda: "unknown-reference" in logs[0].read_text())
        wait_until(lambda: '"held"' in logs[1].read_text())
        for process in running:
            os.kill(process.pid, signal.SIGINT)
        codes = [process.wait(30) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()

    rows = [
        json.loads(row) for row in logs[0].read_text().splitlines() if row[0] == "{"
    ]
    mine = [row for row in rows if row["id"] == second.id]
    assert codes == [130, 130]
    assert mine[-1]["stage"] == "triage"
    assert mine[-1]["board"] == "careerjet"


def test_an_outage_is_an_error_and_says_what_to_do(story: Story) -> None:
    """With board, application and the store; a 409 by a rule is no warning."""
    submission = PostedApplication()
    with story.at.without_store():
        assert submission.post(story.at.api.apply_url).status_code == 418
    held = PostedApplication()
    held.post(story.at.api.apply_url)
    story.at.recorded(held.id)
    story.letterbox("hold", held.id, "--reason", "case 1")
    before = len(list(story.at.worker.events()))
    story.letterbox("erase", held.id, "--yes", "--reason", "request 17", code=1)

    [line] = [one for one in story.at.api.events() if one["event"] == "unavailable"]
    after = list(story.at.worker.events())[before:]
    assert about(line, "level", "board", "application") == {
        "level": "error",
        "board": "careerjet",
        "application": submission.id,
    }
    assert str(story.at.store_folder) in line["store"]
    assert "letterbox doctor" in line["do"]
    assert [one for one in after if one["level"] in {"warning", "error"}] == []


@pytest.mark.skipif(not THOROUGH, reason="a worker looks every 10 s")
def test_a_worker_says_that_temporal_is_away_and_that_it_is_back(story: Story) -> None:
    """Once, though it looks again and again; an idle worker, too."""
    story.at.temporal.kill()
    wait_until(lambda: "Temporal is unavailable" in story.at.worker.said(), 120)
    story.at.temporal.start()
    wait_until(lambda: "Temporal is back" in story.at.worker.said(), 120)

    lines = list(story.at.worker.events())
    away = [one for one in lines if one.get("event") == "Temporal is unavailable"]
    assert len(away) == 1
    assert "retried" not in story.at.worker.said()
    assert away[0]["level"] == "error"
