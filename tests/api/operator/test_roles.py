"""Each route is open to the roles that are for it, and says which those are."""

from typing import Any

import pytest

from api.operator.auth import OperatorRoute, needs
from letterbox.domain.operators import Operator, OperatorRole, Permission
from tests.api.operator.operator_server import NAMED, OPEN, OperatorServer

pytestmark = pytest.mark.xdist_group("operator")

_OPEN_TO_ALL = ("/apply/", "/webhooks/", "/healthz", "/readyz", "/metrics")
_NAMES = {
    "application_id": "careerjet:no-such",
    "name": f"{'0' * 64}.pdf",
    "page": "1",
    "reference": "NO-SUCH",
}
_BODIES: dict[str, dict[str, Any]] = {
    "/position": {"reference": OPEN},
    "/hold": {"reason": "case 4711"},
    "/status": {"status": "viewed"},
    "/release": {"reason": "case 4711"},
}


async def _routes(server: OperatorServer) -> list[tuple[str, str, dict[str, Any]]]:
    document = (await server.http.get("/openapi.json")).json()
    return [
        (method.upper(), path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if not path.startswith(_OPEN_TO_ALL)
    ]


def _body(path: str) -> dict[str, Any]:
    matching = (body for end, body in _BODIES.items() if path.endswith(end))
    return next(matching, {})


async def test_every_route_is_refused_to_the_roles_that_it_is_not_for(
    server: OperatorServer,
) -> None:
    """The document names the roles; others get a 403, which names them too."""
    routes = await _routes(server)
    everybody = [name for name, (_, hirers) in NAMED.items() if not hirers]

    assert len(routes) == 23
    for name in everybody:
        operator = Operator(name, NAMED[name][0])
        async with server.named(name) as client:
            for method, path, operation in routes:
                answer = await client.request(
                    method, path.format(**_NAMES), json=_body(path)
                )
                where = f"{name}: {method} {path}: {answer.status_code}"
                allowed = operator.may(Permission(operation["x-permission"]))
                assert allowed == (operator.role in operation["x-roles"]), where
                assert (answer.status_code != 403) == allowed, where
                if not allowed:
                    detail = answer.json()["detail"]
                    assert detail.startswith(f"your role is {operator.role}"), where
                    assert detail.endswith(" or ".join(operation["x-roles"])), where


def test_a_route_that_needs_no_permission_is_refused() -> None:
    """Nobody can forget it: the process does not start."""

    async def handler() -> None:
        """Do nothing."""

    with pytest.raises(KeyError, match="x-permission"):
        OperatorRoute("/applications/new", handler)
    OperatorRoute("/new", handler, openapi_extra=needs(Permission.READ))


async def test_who_may_not_is_refused_before_the_body_is_read(
    server: OperatorServer,
) -> None:
    """What is wrong with it is nothing to them, nor is whether the application is."""
    async with server.named("victor") as viewer:
        answer = await viewer.post("/applications/a%3Ab/hold", content=b"{")

    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_viewer_is_shown_the_name_and_no_contacts(
    server: OperatorServer,
) -> None:
    """Nor can it search by an address, which would tell whose an application is."""
    one = await server.recorded(email="ada@example.com")
    async with server.named("victor") as viewer, server.named("tara") as triage:
        shown = await viewer.get(f"/applications/{one}")
        whole = await triage.get(f"/applications/{one}")
        address = {"X-Candidate-Email": "ada@example.com"}
        search = await viewer.get("/applications", headers=address)
        history = await viewer.get(f"/applications/{one}/history")

    assert "ada@example.com" in whole.text
    assert whole.json()["attachments"][0]["filename"]
    assert shown.status_code == 200
    assert "ada@example.com" not in shown.text
    assert shown.json()["candidate"]["person"] == whole.json()["candidate"]["person"]
    assert shown.json()["attachments"][0]["filename"] is None
    assert (search.status_code, history.status_code) == (403, 200)


async def test_the_token_of_the_settings_is_an_admin(server: OperatorServer) -> None:
    """As it was before there were others."""
    assert NAMED["ann"][0] is OperatorRole.ADMIN
    for method, path, _ in await _routes(server):
        answer = await server.http.request(
            method, path.format(**_NAMES), json=_body(path)
        )
        assert answer.status_code != 403, path


async def test_a_named_operator_is_kept_with_what_it_does(
    server: OperatorServer,
) -> None:
    """With the person for whom a program asks, where it names one."""
    one = await server.recorded(job_id="nobody's")
    path = f"/applications/{one}/position"
    async with server.named("tara") as tara, server.named("paul") as paul:
        for_jane = {"X-Operator": "jane.doe"}
        await tara.post(path, json={"reference": OPEN}, headers=for_jane)
        await paul.post(f"/applications/{one}/hold", json={"reason": "case 4711"})
        record = (await tara.get(f"/applications/{one}")).json()
        await paul.delete(f"/applications/{one}/hold")

    assert record["position"]["assigned_by"] == "operator API: tara for jane.doe"
    assert record["hold"]["by"] == "operator API: paul"
