"""Who held, assigned, released and erased is kept with what was done."""

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Tombstone
from tests.api.operator.operator_server import OPEN, OperatorServer

pytestmark = pytest.mark.xdist_group("operator")

JANE = {"X-Operator": "jane.doe"}
BY = "operator API: jane.doe"


async def test_the_author_is_in_the_record_the_hold_and_the_tombstone(
    server: OperatorServer,
) -> None:
    """It is whom the caller names, or the API where the caller names nobody."""
    one = await server.recorded(job_id="nobody's")
    choice, reason = {"reference": OPEN}, {"reason": "case 4711"}
    await server.ask("POST", one, "/position", json=choice, headers=JANE)
    await server.ask("POST", one, "/hold", json=reason, headers=JANE)
    held = (await server.ask("GET", one)).json()
    hold = server.records.holds.find(one)
    await server.ask("DELETE", one, "/hold")
    released = (await server.ask("GET", one)).json()
    await server.ask("DELETE", one, json=reason, headers=JANE)
    tombstone = Tombstone.model_validate_json(server.store.get(keys.tombstone(one)))

    assert held["position"]["assigned_by"] == BY
    assert held["position"]["assigned_at"]
    assert held["hold"]["by"] == BY
    assert hold
    assert hold.by == BY
    assert [(one["action"], one["by"]) for one in released["handled"]] == [
        ("assigned", BY),
        ("held", BY),
        ("released", "operator API"),
    ]
    assert (tombstone.by, tombstone.id) == (BY, one)


@pytest.mark.parametrize("name", ["Ada Example", "a@b.example", "x" * 65, "", "a\tb"])
@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("POST", "/position"),
        ("POST", "/hold"),
        ("DELETE", "/hold"),
        ("DELETE", ""),
        ("POST", "/erase"),
    ],
)
async def test_an_invalid_author_is_422(
    method: str, rest: str, name: str, server: OperatorServer
) -> None:
    """Nothing is done then, and the answer does not repeat what was sent."""
    body = {"reason": "x"} | ({"reference": OPEN} if rest == "/position" else {})

    answer = await server.ask(
        method, "careerjet:any", rest, json=body, headers={"X-Operator": name}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"] == ["header", "X-Operator"]
    assert "Ada" not in answer.text
