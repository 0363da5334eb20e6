"""What orchestrators, Prometheus and log readers get from a real API process."""

import asyncio
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from letterbox_cli.samples import import_sample_positions
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.posted import PostedApplication
from tests.support import http, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers")]


@pytest.fixture(name="at", scope="module")
def _at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run Temporal and an API, and no worker: what is accepted stays in the inbox."""
    with installation(tmp_path_factory.mktemp("health")) as made:
        import_sample_positions(made.store)
        made.temporal.start()
        made.api.start()
        yield made


def test_health_and_readiness_are_answered_200(at: Installation) -> None:
    """Orchestrators ask whether it is alive and whether it is ready."""
    alive, ready = at.api.get("/healthz"), at.api.get("/readyz")

    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert ready.status_code == 200
    assert ready.json() == {"store": "ok", "temporal": "ok"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs"])
def test_who_asks_for_the_head_alone_gets_that(path: str, at: Installation) -> None:
    """As some monitors do, and nothing else."""
    whole = at.api.get(path)

    head = http().head(f"{at.api.url}{path}")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/healthz", {"GET", "HEAD"}),
        ("/docs", {"GET"}),
        ("/openapi.json", {"GET", "HEAD"}),
        ("/apply/careerjet", {"POST"}),
    ],
)
def test_a_method_that_is_not_allowed_is_told_what_is(
    path: str, allowed: set[str], at: Installation
) -> None:
    """Of addresses that are in no document, too."""
    refused = http().request("PATCH", f"{at.api.url}{path}")

    assert refused.status_code == 405
    assert allowed <= set(refused.headers["Allow"].split(", "))


def test_answers_are_counted_and_timed(at: Installation) -> None:
    """By board and answer; and Prometheus can read the whole page."""
    before = _metrics(at)
    unsigned = {"source_signature": "0" * 32}
    sent = [
        *(PostedApplication() for _ in range(3)),
        *(PostedApplication(job_id="never heard of") for _ in range(2)),
        PostedApplication(changes=unsigned),
        PostedApplication(changes={"uuid": "", "source_signature": None}),
    ]

    for one in sent:
        one.post(at.api.apply_url)

    after = _metrics(at)
    counted = {name: after[name] - before.get(name, 0) for name in after}
    name = "letterbox_answers_total,answer={},board=careerjet"
    assert counted[name.format("accepted")] == 3
    assert counted[name.format("not-found")] == 2
    assert counted[name.format("invalid-source")] == 2
    # What is not signed may be sent by anybody, as slowly as he likes.
    assert counted["letterbox_answer_seconds_count,board=careerjet"] == 5
    assert counted["letterbox_answer_seconds_bucket,board=careerjet,le=+Inf"] == 5
    assert counted["letterbox_inbox_depth"] == 3


def test_starts_and_the_temporal_client_are_counted(at: Installation) -> None:
    """What the SDK counts is on the same page."""
    started = "letterbox_starts_total,outcome=started"
    before = _metrics(at).get(started, 0)

    PostedApplication().post(at.api.apply_url)

    wait_until(lambda: _metrics(at).get(started, 0) > before)
    requests = [name for name in _metrics(at) if name.startswith("temporal_request")]
    assert any("operation=StartWorkflowExecution" in name for name in requests)


def test_the_id_of_a_board_s_request_is_in_the_memo_of_its_workflow(
    at: Installation,
) -> None:
    """Who has a board's complaint finds the workflow by it, and by the log."""
    submission = PostedApplication()
    sent = {"X-Request-Id": "board-r.1"}

    async def memo() -> Mapping[str, Any]:
        client = await at.connect()
        described = await client.get_workflow_handle(submission.id).describe()
        return await described.memo()

    started = "letterbox_starts_total,outcome=started"
    before = _metrics(at).get(started, 0)
    answered = http().post(
        at.api.apply_url,
        data=submission.fields(),
        files={"cv": (submission.filename, submission.cv or b"")},
        headers=sent,
    )
    wait_until(lambda: _metrics(at).get(started, 0) > before)

    assert answered.headers["x-request-id"] == "board-r.1"
    assert asyncio.run(memo()) == {"request_id": "board-r.1"}


def test_logs_are_json_and_tell_the_application(at: Installation) -> None:
    """One object a line, with the id to search for."""
    submission = PostedApplication()
    submission.post(at.api.apply_url)

    lines = [json.loads(line) for line in at.api.said().splitlines()]

    [line] = [line for line in lines if line.get("application") == submission.id]
    assert line["event"] == "received"
    assert (line["board"], line["documents"], line["level"]) == ("careerjet", 1, "info")
    assert all({"event", "level", "timestamp"} <= set(line) for line in lines)


def test_without_temporal_it_is_ready_and_says_so(at: Installation) -> None:
    """Accepting goes on, so traffic must keep coming."""
    at.temporal.kill()

    ready = at.api.get("/readyz")

    accepted = PostedApplication().post(at.api.apply_url)
    at.temporal.start()
    assert ready.status_code == 200
    assert ready.json() == {"store": "ok", "temporal": "unreachable"}
    assert accepted.status_code == 200
    wait_until(lambda: at.api.get("/readyz").json()["temporal"] == "ok")


def test_without_its_store_it_is_alive_and_not_ready(at: Installation) -> None:
    """Nothing could be kept, so traffic must go elsewhere."""
    with at.without_store():
        alive, ready = at.api.get("/healthz"), at.api.get("/readyz")
        depth = _metrics(at)["letterbox_inbox_depth"]

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {"store": "unavailable", "temporal": "ok"}
    assert math.isnan(depth)
    assert at.api.get("/readyz").status_code == 200


def _metrics(at: Installation) -> dict[str, float]:
    """Read every sample, under its name and its labels in order."""
    samples = {}
    for family in text_string_to_metric_families(at.api.get("/metrics").text):
        for sample in family.samples:
            labels = [f"{name}={sample.labels[name]}" for name in sorted(sample.labels)]
            samples[",".join([sample.name, *labels])] = sample.value
    return samples
