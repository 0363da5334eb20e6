"""What an operator has done about an application."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.application import Flag, Hold, Stage
from letterbox.domain.positions import Position
from tests.api.operator.operator_server import OPEN, OperatorServer
from tests.api.operator.serving import TOKEN, served
from tests.record_factory import NOON, record
from tests.support import eventually, free_port

pytestmark = pytest.mark.xdist_group("operator")


async def test_assigning_a_position_ends_triage(server: OperatorServer) -> None:
    """The record names the position by the time of the answer."""
    application_id = await server.recorded(job_id="nobody knows")

    answer = await server.ask(
        "POST",
        application_id,
        "/position",
        json={"reference": OPEN, "reason": "asked the recruiter"},
    )

    assert answer.status_code == 200
    result = answer.json()
    assert (result["id"], result["stage"]) == (application_id, "matched")
    assert (result["position"], result["triage"]) == (OPEN, None)
    kept = server.records.applications.find(application_id)
    assert kept
    assert kept.position.reference == OPEN


async def test_many_changes_at_once_of_one_application_all_take_their_turn(
    server: OperatorServer,
) -> None:
    """Temporal lets ten wait at a time, and refuses the others."""
    application_id = await server.recorded()
    changes = [{"status": "viewed", "id": f"change-{number}"} for number in range(40)]

    answers = await asyncio.gather(
        *(
            server.ask("POST", application_id, "/status", json=change, timeout=60)
            for change in changes
        )
    )

    assert {answer.status_code for answer in answers} == {200}
    kept = server.records.applications.find(application_id)
    assert kept is not None
    assert len(kept.status_changes) == len(changes)


async def test_assigning_an_unknown_or_ambiguous_position_is_409(
    server: OperatorServer,
) -> None:
    """Where several hirers have the position, naming one helps."""
    application_id = await server.recorded(job_id="nobody knows")
    writer = CatalogueWriter(server.store)
    for hirer in ("Post", "Rail"):
        writer.put(Position(reference="shared-1", hirer=hirer))

    async def choose(**given: str) -> httpx.Response:
        return await server.ask("POST", application_id, "/position", json=given)

    unknown = await choose(reference="never heard of")
    ambiguous = await choose(reference="shared-1")
    named = await choose(reference="shared-1", hirer="Rail")

    assert (unknown.status_code, ambiguous.status_code) == (409, 409)
    assert "no such position" in unknown.json()["detail"]
    assert "name the hirer, one of Post, Rail" in ambiguous.json()["detail"]
    assert (named.status_code, named.json()["hirer"]) == (200, "Rail")


async def test_a_held_application_is_erased_only_after_its_release(
    server: OperatorServer,
) -> None:
    """The answer and the record both show the hold."""
    application_id = await server.recorded()
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    erasure = {"reason": "request 17"}

    held = await server.ask(
        "POST", application_id, "/hold", json={"reason": "case 4711", "until": until}
    )
    refused = await server.ask("DELETE", application_id, json=erasure)
    released = await server.ask("DELETE", application_id, "/hold")
    again = await server.ask("DELETE", application_id, "/hold")
    erased = await server.ask("DELETE", application_id, json=erasure)

    assert held.status_code == 200
    assert Flag.HELD in held.json()["flags"]
    assert datetime.fromisoformat(held.json()["held_until"]).isoformat() == until
    assert refused.status_code == 409
    assert "release it first" in refused.json()["detail"]
    assert Flag.HELD not in released.json()["flags"]
    assert again.status_code == 200
    assert (erased.status_code, erased.json()["stage"]) == (200, Stage.ERASED)
    assert server.records.applications.find(application_id) is None
    tombstone = server.records.applications.ended(application_id)
    assert tombstone is Stage.ERASED


async def test_an_erasure_may_be_repeated_and_other_actions_are_410(
    server: OperatorServer,
) -> None:
    """Everything but an erasure of what was erased is 410."""
    application_id = await server.recorded()
    erasure = {"reason": "request 17"}
    await server.ask("DELETE", application_id, json=erasure)

    again = await server.ask("DELETE", application_id, json=erasure)
    others = [
        await server.ask("POST", application_id, "/hold", json={"reason": "late"}),
        await server.ask("DELETE", application_id, "/hold"),
        await server.ask("POST", application_id, "/refresh"),
        await server.ask("POST", application_id, "/position", json={"reference": OPEN}),
    ]

    assert (again.status_code, again.json()["stage"]) == (200, Stage.ERASED)
    assert [answer.status_code for answer in others] == [410] * 4
    assert others[0].json()["removed_at"]


async def test_an_archived_application_can_be_held(server: OperatorServer) -> None:
    """Its workflow has ended long ago, and its archive is what is held."""
    kept = record("careerjet:archived and held")
    server.archive(kept)

    answer = await server.ask("POST", kept.id, "/hold", json={"reason": "case 4711"})

    assert (answer.status_code, answer.json()["stage"]) == (200, Stage.ARCHIVED)
    assert (await server.ask("GET", kept.id)).json()["hold"]["reason"] == "case 4711"


async def test_a_hold_of_what_is_not_there_any_more_is_released(
    server: OperatorServer,
) -> None:
    """No workflow need be asked; a second time there is nothing by that name."""
    hold = Hold(reason="case 4711", placed_at=NOON)
    server.records.holds.place("careerjet:gone", hold)

    released = await server.ask("DELETE", "careerjet:gone", "/hold")
    again = await server.ask("DELETE", "careerjet:gone", "/hold")

    assert (released.status_code, again.status_code) == (204, 404)
    assert server.records.holds.find("careerjet:gone") is None


async def test_a_refresh_is_202_and_done_soon(server: OperatorServer) -> None:
    """SEEK can be asked again; the answer does not wait for it."""
    kept = record("seek:refreshed")
    server.put(kept)
    server.keep_notice(kept.id)

    answer = await server.ask("POST", kept.id, "/refresh")

    assert answer.status_code == 202
    assert answer.json()["id"] == kept.id

    async def is_asked() -> bool:
        handle = server.temporal.get_workflow_handle(kept.id)
        described = await handle.describe()
        waiting = described.raw_description.pending_activities
        return [one.activity_type.name for one in waiting] == ["fetch_application"]

    await eventually(is_asked)
    await server.temporal.get_workflow_handle(kept.id).terminate()


@pytest.mark.parametrize(
    ("application_id", "why"),
    [
        ("careerjet:cannot be refreshed", "sends complete applications"),
        ("seek:archived", "archived"),
    ],
)
async def test_a_refresh_of_what_cannot_be_asked_for_is_409(
    application_id: str, why: str, server: OperatorServer
) -> None:
    """Careerjet cannot be asked, and nothing is fetched for what has ended."""
    server.archive(record(application_id))

    answer = await server.ask("POST", application_id, "/refresh")

    assert answer.status_code == 409
    assert why in answer.json()["detail"]


_CALLS: list[tuple[str, str, dict[str, str]]] = [
    ("POST", "/position", {"reference": OPEN}),
    ("POST", "/hold", {}),
    ("DELETE", "", {}),
]


@pytest.mark.parametrize(("method", "rest", "given"), _CALLS)
@pytest.mark.parametrize("reason", ["Ms ADA EXAMPLE called", "see ada@example.com"])
async def test_a_reason_that_names_the_candidate_is_409(
    method: str, rest: str, given: dict[str, str], reason: str, server: OperatorServer
) -> None:
    """It would stay in Temporal and in the tombstone; nothing is done then."""
    for kept in (record("careerjet:named open"), record("careerjet:named archived")):
        server.put(kept) if "open" in kept.id else server.archive(kept)

        answer = await server.ask(
            method, kept.id, rest, json={**given, "reason": reason}
        )

        assert answer.status_code == 409
        assert "case number" in answer.json()["detail"]
        assert (await server.ask("GET", kept.id)).json()["hold"] is None


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("POST", "/position"),
        ("POST", "/hold"),
        ("DELETE", "/hold"),
        ("POST", "/refresh"),
        ("DELETE", ""),
    ],
)
async def test_actions_on_an_unknown_application_are_404(
    method: str, rest: str, server: OperatorServer
) -> None:
    """Temporal is not asked: it would start a workflow for nothing."""
    unknown = "careerjet:never accepted"
    body = (
        {"reason": "x", "reference": OPEN} if rest == "/position" else {"reason": "x"}
    )

    answer = await server.ask(method, unknown, rest, json=body)

    assert answer.status_code == 404
    listed = server.temporal.list_workflows(f'WorkflowId = "{unknown}"')
    assert [one async for one in listed] == []


@pytest.mark.parametrize(
    ("method", "rest", "given"),
    [
        ("POST", "/hold", {}),
        ("POST", "/hold", {"reason": ""}),
        ("POST", "/hold", {"reason": " \t"}),
        ("POST", "/hold", {"reason": "x" * 501}),
        ("POST", "/hold", {"reason": "x", "untill": "2030-01-01T00:00:00Z"}),
        ("POST", "/hold", {"reason": "x", "until": "2030-01-01T00:00:00"}),
        ("POST", "/hold", {"reason": "x", "until": "9999-12-31T23:59:59-14:00"}),
        ("POST", "/hold", {"reason": "x", "until": 4102444800}),
        ("POST", "/hold", {"reason": "x", "Ada Example": 1}),
        ("POST", "/hold", ["Ada Example"]),
        ("POST", "/hold", "Ada Example"),
        ("POST", "/hold", None),
        ("POST", "/position", {}),
        ("POST", "/position", {"reference": " "}),
        ("POST", "/position", {"reference": {"Ada": "Example"}}),
        ("DELETE", "", {"reason": " "}),
        ("DELETE", "", {"reason": 17}),
    ],
)
async def test_an_undocumented_body_is_422(
    method: str, rest: str, given: Any, server: OperatorServer
) -> None:
    """The answer does not repeat what was sent: it may be a candidate's data."""
    kept = record("careerjet:asked for nonsense")
    server.put(kept)

    answer = await server.ask(method, kept.id, rest, json=given)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Ada" not in answer.text
    assert answer.json()["errors"][0]["at"][0] == "body"


@pytest.mark.parametrize(
    "body", [b"{", b"", b"\xff", b"[" * 100_000, b'{"reason": "\\ud800"}']
)
async def test_a_body_that_is_no_valid_json_is_4xx(
    body: bytes, server: OperatorServer
) -> None:
    """Half a surrogate pair is refused too: nobody could write it down again."""
    headers = {"Content-Type": "application/json"}

    answer = await server.ask(
        "POST", "careerjet:1", "/hold", content=body, headers=headers
    )

    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_hold_until_a_time_in_the_past_is_409(server: OperatorServer) -> None:
    """The rule is the workflow's, and the answer has its words."""
    application_id = await server.recorded()

    answer = await server.ask(
        "POST",
        application_id,
        "/hold",
        json={"reason": "case 4711", "until": "0001-01-01T00:00:00+14:00"},
    )

    assert answer.status_code == 409
    assert "in the past" in answer.json()["detail"]


async def test_actions_are_503_while_temporal_is_away_and_reading_works(
    server: OperatorServer,
) -> None:
    """Reading needs the store only."""
    kept = record("careerjet:without Temporal")
    server.put(kept)
    port, nobody = free_port(), f"127.0.0.1:{free_port()}"
    settings = server.settings.model_copy(update={"api_port": port})
    async with (
        served(settings, nobody),
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
        ) as http,
    ):
        path = f"/applications/{kept.id}"
        answers = [
            await http.get("/applications"),
            await http.post(f"{path}/hold", json={"reason": "case 4711"}),
            await http.get(path),
        ]

    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["Content-Type"] == "application/problem+json"
