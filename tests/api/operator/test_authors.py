"""Who held, assigned, released and erased is kept with what was done."""

import pytest
from structlog.testing import capture_logs

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


@pytest.mark.parametrize(
    "path",
    ["/applications", "/applications/careerjet%3Aany", "/positions", "/positions/R"],
)
async def test_a_name_that_is_none_is_refused_by_every_address(
    path: str, server: OperatorServer
) -> None:
    """Reading is logged too."""
    answer = await server.http.get(path, headers={"X-Operator": "Ada Example"})

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error == {
        "at": ["header", "X-Operator"],
        "problem": "must be 1 to 64 letters A-Z or a-z, digits, dots, hyphens and "
        "underscores",
    }


async def test_who_changed_the_catalogue_is_logged(server: OperatorServer) -> None:
    """With the id of the request, as for applications."""
    headers = JANE | {"X-Request-Id": "catalogue-1"}
    with capture_logs() as logs:
        await server.http.put("/positions/LOGGED-1", json={}, headers=headers)
        await server.http.delete("/positions/LOGGED-1", headers=headers)

    lines = [one for one in logs if one.get("request_id") == "catalogue-1"]
    assert [(one["event"], one["by"], one["position"]) for one in lines] == [
        ("position put", BY, "LOGGED-1"),
        ("position removed", BY, "LOGGED-1"),
    ]


@pytest.mark.parametrize("rest", ["/hold", "/position", "/erase"])
async def test_a_body_that_is_not_called_json_says_what_to_send(
    rest: str, server: OperatorServer
) -> None:
    """That is what curl sends by default."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await server.ask(
        "POST", "careerjet:any", rest, content=b"{}", headers=headers
    )

    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["problem"] == "send Content-Type: application/json"


async def test_a_hold_without_a_body_says_that_one_is_needed(
    server: OperatorServer,
) -> None:
    """A hold has a reason, whoever places it."""
    nothing = await server.ask("POST", "careerjet:any", "/hold")
    empty = await server.ask("POST", "careerjet:any", "/hold", json={})

    assert nothing.status_code == empty.status_code == 422
    assert nothing.json()["errors"][0]["problem"] == (
        "send a JSON body, with Content-Type: application/json"
    )
    assert empty.json()["errors"][0]["at"] == ["body", "reason"]
