"""Who held, assigned, released and erased is kept with what was done."""

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Tombstone
from tests.api.operator.operator_server import OPEN, Office

pytestmark = pytest.mark.xdist_group("operator")

JANE = {"X-Operator": "jane.doe"}
BY = "operator API: jane.doe"


async def test_who_did_it_is_in_the_record_the_hold_and_the_tombstone(
    at: Office,
) -> None:
    """Named by the caller, or by the token's name where it names nobody."""
    one = await at.recorded(job_id="nobody's")
    choice, reason = {"reference": OPEN}, {"reason": "case 4711"}
    await at.ask("POST", one, "/position", json=choice, headers=JANE)
    await at.ask("POST", one, "/hold", json=reason, headers=JANE)
    held = (await at.ask("GET", one)).json()
    hold = at.records.holds.find(one)
    await at.ask("DELETE", one, "/hold")
    released = (await at.ask("GET", one)).json()
    await at.ask("DELETE", one, json=reason, headers=JANE)
    tombstone = Tombstone.model_validate_json(at.store.get(keys.tombstone(one)))

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
async def test_422_for_a_caller_who_is_named_by_what_is_no_name(
    method: str, rest: str, name: str, at: Office
) -> None:
    """Nothing is done then, and what was sent is not said again."""
    body = {"reason": "x"} | ({"reference": OPEN} if rest == "/position" else {})

    answer = await at.ask(
        method, "careerjet:any", rest, json=body, headers={"X-Operator": name}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"] == ["header", "X-Operator"]
    assert "Ada" not in answer.text
