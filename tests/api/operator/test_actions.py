"""What an operator has done about an application."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain.application import Flag, Hold, Stage
from letterbox.domain.positions import Position
from tests.api.operator.operator_server import OPEN, Office
from tests.api.operator.serving import TOKEN, served
from tests.record_factory import NOON, record
from tests.support import eventually, free_port

pytestmark = pytest.mark.xdist_group("operator")


async def test_a_person_chooses_the_position_of_what_is_in_triage(at: Office) -> None:
    """And the record says so when the answer is there."""
    application_id = await at.recorded(job_id="nobody knows")

    answer = await at.ask(
        "POST",
        application_id,
        "/position",
        json={"reference": OPEN, "reason": "asked the recruiter"},
    )

    assert answer.status_code == 200
    told = answer.json()
    assert (told["id"], told["stage"]) == (application_id, "matched")
    assert (told["position"], told["triage"]) == (OPEN, None)
    kept = at.records.applications.find(application_id)
    assert kept
    assert kept.position.reference == OPEN


async def test_409_for_a_position_that_cannot_be_chosen(at: Office) -> None:
    """Unknown, or of several hirers; then naming one helps."""
    application_id = await at.recorded(job_id="nobody knows")
    writer = CatalogueWriter(at.store)
    for hirer in ("Post", "Rail"):
        writer.put(Position(reference="shared-1", hirer=hirer))

    async def choose(**given: str) -> httpx.Response:
        return await at.ask("POST", application_id, "/position", json=given)

    unknown = await choose(reference="never heard of")
    ambiguous = await choose(reference="shared-1")
    named = await choose(reference="shared-1", hirer="Rail")

    assert (unknown.status_code, ambiguous.status_code) == (409, 409)
    assert "no such position" in unknown.json()["detail"]
    assert "name the hirer" in ambiguous.json()["detail"]
    assert (named.status_code, named.json()["hirer"]) == (200, "Rail")


async def test_a_held_application_is_not_erased_until_it_is_released(
    at: Office,
) -> None:
    """The hold is told by the answer, and by the record."""
    application_id = await at.recorded()
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    erasure = {"reason": "request 17"}

    held = await at.ask(
        "POST", application_id, "/hold", json={"reason": "case 4711", "until": until}
    )
    refused = await at.ask("DELETE", application_id, json=erasure)
    released = await at.ask("DELETE", application_id, "/hold")
    again = await at.ask("DELETE", application_id, "/hold")
    erased = await at.ask("DELETE", application_id, json=erasure)

    assert held.status_code == 200
    assert Flag.HELD in held.json()["flags"]
    assert datetime.fromisoformat(held.json()["held_until"]).isoformat() == until
    assert refused.status_code == 409
    assert "release it first" in refused.json()["detail"]
    assert Flag.HELD not in released.json()["flags"]
    assert again.status_code == 200
    assert (erased.status_code, erased.json()["stage"]) == (200, Stage.ERASED)
    assert at.records.applications.find(application_id) is None
    tombstone = at.records.applications.ended(application_id)
    assert tombstone is Stage.ERASED


async def test_an_erasure_may_be_repeated(at: Office) -> None:
    """And all else about what was erased is 410."""
    application_id = await at.recorded()
    erasure = {"reason": "request 17"}
    await at.ask("DELETE", application_id, json=erasure)

    again = await at.ask("DELETE", application_id, json=erasure)
    others = [
        await at.ask("POST", application_id, "/hold", json={"reason": "late"}),
        await at.ask("DELETE", application_id, "/hold"),
        await at.ask("POST", application_id, "/refresh"),
        await at.ask("POST", application_id, "/position", json={"reference": OPEN}),
    ]

    assert (again.status_code, again.json()["stage"]) == (200, Stage.ERASED)
    assert [answer.status_code for answer in others] == [410] * 4
    assert others[0].json()["removed_at"]


async def test_an_archived_application_is_held_too(at: Office) -> None:
    """Its workflow has ended long ago, and its archive is what is held."""
    kept = record("careerjet:archived and held")
    at.archive(kept)

    answer = await at.ask("POST", kept.id, "/hold", json={"reason": "case 4711"})

    assert (answer.status_code, answer.json()["stage"]) == (200, Stage.ARCHIVED)
    assert (await at.ask("GET", kept.id)).json()["hold"]["reason"] == "case 4711"


async def test_a_hold_of_what_is_not_there_any_more_is_released(at: Office) -> None:
    """No workflow need be asked; a second time there is nothing by that name."""
    hold = Hold(reason="case 4711", placed_at=NOON)
    at.records.holds.place("careerjet:gone", hold)

    released = await at.ask("DELETE", "careerjet:gone", "/hold")
    again = await at.ask("DELETE", "careerjet:gone", "/hold")

    assert (released.status_code, again.status_code) == (204, 404)
    assert at.records.holds.find("careerjet:gone") is None


async def test_a_refresh_is_accepted_and_done_soon(at: Office) -> None:
    """SEEK can be asked again; the answer does not wait for it."""
    kept = record("seek:refreshed")
    at.put(kept)
    at.keep_notice(kept.id)

    answer = await at.ask("POST", kept.id, "/refresh")

    assert answer.status_code == 202
    assert answer.json()["id"] == kept.id

    async def is_asked() -> bool:
        handle = at.temporal.get_workflow_handle(kept.id)
        described = await handle.describe()
        waiting = described.raw_description.pending_activities
        return [one.activity_type.name for one in waiting] == ["fetch_application"]

    await eventually(is_asked)
    await at.temporal.get_workflow_handle(kept.id).terminate()


@pytest.mark.parametrize(
    ("application_id", "why"),
    [
        ("careerjet:cannot be refreshed", "delivers whole applications"),
        ("seek:archived", "archived"),
    ],
)
async def test_409_for_a_refresh_that_makes_no_sense(
    application_id: str, why: str, at: Office
) -> None:
    """Nothing would come of it."""
    at.archive(record(application_id))

    answer = await at.ask("POST", application_id, "/refresh")

    assert answer.status_code == 409
    assert why in answer.json()["detail"]


_CALLS: list[tuple[str, str, dict[str, str]]] = [
    ("POST", "/position", {"reference": OPEN}),
    ("POST", "/hold", {}),
    ("DELETE", "", {}),
]


@pytest.mark.parametrize(("method", "rest", "given"), _CALLS)
@pytest.mark.parametrize("reason", ["Ms ADA EXAMPLE called", "see ada@example.com"])
async def test_409_for_a_reason_that_names_the_candidate(
    method: str, rest: str, given: dict[str, str], reason: str, at: Office
) -> None:
    """It would stay in Temporal and in the tombstone; nothing is done then."""
    for kept in (record("careerjet:named open"), record("careerjet:named archived")):
        at.put(kept) if "open" in kept.id else at.archive(kept)

        answer = await at.ask(method, kept.id, rest, json={**given, "reason": reason})

        assert answer.status_code == 409
        assert "case number" in answer.json()["detail"]
        assert (await at.ask("GET", kept.id)).json()["hold"] is None


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
async def test_404_for_what_was_never_accepted(
    method: str, rest: str, at: Office
) -> None:
    """Temporal is not asked: it would start a workflow for nothing."""
    unknown = "careerjet:never accepted"
    body = (
        {"reason": "x", "reference": OPEN} if rest == "/position" else {"reason": "x"}
    )

    answer = await at.ask(method, unknown, rest, json=body)

    assert answer.status_code == 404
    listed = at.temporal.list_workflows(f'WorkflowId = "{unknown}"')
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
async def test_422_for_what_is_not_documented(
    method: str, rest: str, given: Any, at: Office
) -> None:
    """What was sent is not said again: it may be anything, a candidate's too."""
    kept = record("careerjet:asked for nonsense")
    at.put(kept)

    answer = await at.ask(method, kept.id, rest, json=given)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Ada" not in answer.text
    assert answer.json()["errors"][0]["at"][0] == "body"


@pytest.mark.parametrize(
    "body", [b"{", b"", b"\xff", b"[" * 100_000, b'{"reason": "\\ud800"}']
)
async def test_4xx_for_what_is_no_json_of_ours(body: bytes, at: Office) -> None:
    """Half a surrogate pair included: nobody could write it down again."""
    headers = {"Content-Type": "application/json"}

    answer = await at.ask("POST", "careerjet:1", "/hold", content=body, headers=headers)

    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_409_for_a_hold_that_would_have_ended(at: Office) -> None:
    """The rule is the workflow's; so are the words."""
    application_id = await at.recorded()

    answer = await at.ask(
        "POST",
        application_id,
        "/hold",
        json={"reason": "case 4711", "until": "0001-01-01T00:00:00+14:00"},
    )

    assert answer.status_code == 409
    assert "ended already" in answer.json()["detail"]


async def test_503_while_temporal_is_away_and_reading_goes_on(at: Office) -> None:
    """What the store knows it tells."""
    kept = record("careerjet:without Temporal")
    at.put(kept)
    port, nobody = free_port(), f"127.0.0.1:{free_port()}"
    settings = at.settings.model_copy(update={"api_port": port})
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
