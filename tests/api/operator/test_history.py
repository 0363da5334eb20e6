"""``GET /applications/{id}/history``: what has happened to an application."""

import pytest
from structlog.testing import capture_logs

from letterbox.domain.application import Stage
from tests.api.operator.operator_server import OPEN, OperatorServer
from tests.record_factory import OF_THE_CANDIDATE, record

pytestmark = pytest.mark.xdist_group("operator")


async def test_the_history_of_an_open_application(server: OperatorServer) -> None:
    """As the worker has made it, with who asked for what; nothing of the candidate."""
    application_id = await server.recorded()
    who = {"X-Operator": "jane.doe", "X-Request-Id": "r-hold"}
    body = {"reason": "case 4711"}
    await server.ask("POST", application_id, "/hold", json=body, headers=who)

    with capture_logs() as logs:
        answer = await server.ask("GET", application_id, "/history")

    items = answer.json()["items"]
    assert [one["event"] for one in items] == [
        "received",
        "recorded",
        "matched",
        "held",
    ]
    held = items[-1]
    assert held["by"] == "operator API: jane.doe"
    assert (held["reason"], held["request_id"]) == ("case 4711", "r-hold")
    assert all(one["at"] for one in items)
    assert answer.json()["notes"] == []
    assert "history read" in [one["event"] for one in logs]
    assert [word for word in OF_THE_CANDIDATE if word in answer.text] == []


async def test_the_history_of_what_has_ended(server: OperatorServer) -> None:
    """An archive and a tombstone say when, though Temporal knows of neither."""
    server.archive(record("careerjet:archived-long-ago"))
    server.put(record("careerjet:buried"))
    server.bury("careerjet:buried", Stage.ERASED)

    archived = await server.ask("GET", "careerjet:archived-long-ago", "/history")
    erased = await server.ask("GET", "careerjet:buried", "/history")

    assert archived.json()["items"][-1]["event"] == "archived"
    [tombstone] = erased.json()["items"]
    assert (tombstone["event"], tombstone["reason"]) == ("erased", "case 4711")


@pytest.mark.parametrize("application_id", ["careerjet:nobody", "nobody"])
async def test_there_is_no_history_of_what_was_never_sent(
    application_id: str, server: OperatorServer
) -> None:
    """404, as for the record."""
    answer = await server.ask("GET", application_id, "/history")

    assert answer.status_code == 404


async def test_what_is_asked_for_again_has_not_happened_again(
    server: OperatorServer,
) -> None:
    """A release of what nobody held, a hold or a choice twice: as the log has it."""
    application_id = await server.recorded(job_id="nobody knows")
    hold = {"reason": "case 4711"}
    choice = {"reference": OPEN, "reason": "asked the recruiter"}

    async def events() -> list[str]:
        answer = await server.ask("GET", application_id, "/history")
        return [one["event"] for one in answer.json()["items"]]

    await server.ask("DELETE", application_id, "/hold")
    assert await events() == ["received", "recorded", "triaged"]

    for _ in range(2):
        await server.ask("POST", application_id, "/hold", json=hold)
    for _ in range(2):
        await server.ask("DELETE", application_id, "/hold")
    for _ in range(2):
        await server.ask("POST", application_id, "/position", json=choice)
    await server.ask("DELETE", application_id, "/hold")

    happened = ["held", "released", "assigned"]
    assert await events() == ["received", "recorded", "triaged", *happened]


async def test_a_release_of_an_archive_that_nobody_held_has_not_happened(
    server: OperatorServer,
) -> None:
    """Temporal has forgotten the life before: the step knows what there was."""
    server.archive(record("careerjet:archived-and-free"))

    answer = await server.ask("DELETE", "careerjet:archived-and-free", "/hold")
    history = await server.ask("GET", "careerjet:archived-and-free", "/history")

    assert answer.status_code == 200
    events = [one["event"] for one in history.json()["items"]]
    assert events == ["received", "recorded", "archived"]
