"""A caller who is limited to hirers sees and does nothing outside of them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain import keys
from letterbox.domain.positions import Position
from tests.api.operator.operator_server import OperatorServer
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("operator")

_NOT_OF_ONE = {
    "GET /applications",
    "GET /applications.csv",
    "GET /applications.ndjson",
    "GET /candidates/export",
    "GET /journal",
    "GET /positions",
    "GET /positions/{reference}",
    "PUT /positions/{reference}",
    "DELETE /positions/{reference}",
}


@dataclass(frozen=True, slots=True)
class Hired:
    """Applications of two hirers and of none, and who may see which."""

    server: OperatorServer
    acme: str
    other: str
    nobodys: str
    reference: str
    email: str
    own: httpx.AsyncClient
    """Limited to ``acme``."""


@pytest_asyncio.fixture(name="hired", scope="module", loop_scope="session")
async def _hired(server: OperatorServer) -> AsyncIterator[Hired]:
    """Have the same person apply for positions of two hirers and of none."""
    reference, email = f"REF-{uuid4().hex[:8]}", f"{uuid4().hex[:8]}@example.com"
    writer = CatalogueWriter(server.store)
    ids = {}
    for hirer in ("acme", "other", None):
        at_hirer = f"{reference}-{hirer}"
        writer.put(Position(reference=at_hirer, hirer=hirer, title="Letter carrier"))
        writer.put(Position(reference=reference, hirer=hirer))
        ids[hirer] = await server.recorded(job_id=at_hirer, email=email)
    async with server.named("ats-acme") as own:
        found = Hired(
            server, ids["acme"], ids["other"], ids[None], reference, email, own
        )
        await eventually(lambda: _is_listed(server, ids["other"], "other"))
        await eventually(lambda: _is_listed(server, ids["acme"], "acme"))
        yield found


async def _is_listed(server: OperatorServer, one: str, hirer: str) -> bool:
    page = await server.http.get("/applications", params={"hirer": hirer})
    return one in [item["id"] for item in page.json()["items"]]


_REQUESTS: dict[str, dict[str, Any]] = {
    "GET /applications/{id}": {},
    "GET /applications/{id}/history": {},
    "GET /applications/{id}/documents/{name}": {},
    "GET /applications/{id}/documents/{name}/text": {},
    "GET /applications/{id}/documents/{name}/pages/{page}.png": {},
    "POST /applications/{id}/documents/{name}/release": {"reason": "case 4711"},
    "GET /applications/{id}/demographics": {},
    "POST /applications/{id}/position": {"reference": "any"},
    "POST /applications/{id}/hold": {"reason": "case 4711"},
    "DELETE /applications/{id}/hold": {},
    "POST /applications/{id}/refresh": {},
    "POST /applications/{id}/status": {"status": "viewed"},
    "POST /applications/{id}/erase": {"reason": "case 4711"},
    "DELETE /applications/{id}": {},
}


async def test_every_route_of_one_application_is_404_outside_of_the_limits(
    hired: Hired,
) -> None:
    """By the whole document: others' applications, nobody's and those that are not."""
    document = (await hired.server.http.get("/openapi.json")).json()
    routes = [
        (f"{method.upper()} {path}")
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "x-permission" in operation
    ]
    record = (await hired.server.ask("GET", hired.other)).json()
    name = record["attachments"][0]["name"]
    before = set(_objects(hired))

    of_one = {route.replace("application_id", "id") for route in routes} - _NOT_OF_ONE
    assert of_one == set(_REQUESTS)
    for route, body in _REQUESTS.items():
        method, path = route.split()
        answers = []
        for one in (hired.other, hired.nobodys, "careerjet:no-such"):
            address = path.format(id=one.replace("/", "%2F"), name=name, page=1)
            answers.append(await hired.own.request(method, address, json=body))
        assert [answer.status_code for answer in answers] == [404] * 3, route
        assert len({answer.json()["detail"] for answer in answers}) == 1, route
    assert set(_objects(hired)) == before, "something was done, or is in the journal"


def _objects(hired: Hired) -> list[str]:
    ours = (hired.other.partition(":")[2], hired.nobodys.partition(":")[2])
    listed = (stored.key for stored in hired.server.store.list(""))
    return [key for key in listed if any(one in key for one in ours)]


async def test_its_own_is_read_and_changed(hired: Hired) -> None:
    """As by a caller without limits."""
    path = f"/applications/{hired.acme}"
    record = await hired.own.get(path)
    held = await hired.own.post(f"{path}/hold", json={"reason": "case 4711"})
    released = await hired.own.delete(f"{path}/hold")

    assert record.json()["position"]["hirer"] == "acme"
    assert [held.status_code, released.status_code] == [200, 200]


async def test_lists_have_its_own_alone(hired: Hired) -> None:
    """Whatever is asked for; also of a candidate, whose others are hidden."""
    mine = await _listed(hired.own, {"limit": 200})
    of_others = await _listed(hired.own, {"hirer": "other"})
    both = await _listed(hired.own, {"hirer": "acme"})
    candidate = {"X-Candidate-Email": hired.email}
    person = await hired.own.get("/applications", headers=candidate)
    everybody = await hired.server.http.get("/applications", headers=candidate)

    assert hired.acme in mine
    assert hired.acme in both
    assert {hired.other, hired.nobodys}.isdisjoint(mine)
    assert of_others == []
    assert [item["id"] for item in person.json()["items"]] == [hired.acme]
    assert len(everybody.json()["items"]) == 3


async def _listed(client: httpx.AsyncClient, params: dict[str, Any]) -> list[str]:
    page = await client.get("/applications", params=params)
    return [item["id"] for item in page.json()["items"]]


async def test_a_cursor_of_another_caller_is_refused(hired: Hired) -> None:
    """Though it is of the same list by its filters."""
    page = await hired.server.http.get("/applications", params={"limit": 1})
    cursor = {"limit": 1, "cursor": page.json()["next"]}

    mine = await hired.own.get("/applications", params=cursor)
    theirs = await hired.server.http.get("/applications", params=cursor)

    assert (mine.status_code, theirs.status_code) == (400, 200)


async def test_positions_of_others_are_hidden_and_of_all_are_read_only(
    hired: Hired,
) -> None:
    """A position without a hirer is every hirer's, and nobody's to change."""
    shared, theirs = f"{hired.reference}-None", f"{hired.reference}-other"
    listed = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = (await hired.own.get("/positions", params=params)).json()
        listed += [(one["reference"], one["hirer"]) for one in page["items"]]
        cursor = page["next"]
    read = [
        (await hired.own.get(f"/positions/{reference}")).status_code
        for reference in (f"{hired.reference}-acme", shared, theirs)
    ]
    removed = [
        (await hired.own.delete(f"/positions/{reference}")).status_code
        for reference in (shared, theirs)
    ]
    put = [
        (await hired.own.put("/positions/NEW-1", json=body)).status_code
        for body in ({}, {"hirer": "other"}, {"hirer": "acme"})
    ]

    assert (shared, None) in listed
    assert {hirer for _, hirer in listed} <= {None, "acme"}
    assert read == [200, 200, 404]
    assert removed == [403, 404]
    assert put == [403, 403, 201]


async def test_it_chooses_among_its_own_positions(hired: Hired) -> None:
    """And learns from no refusal what others have by the same reference."""
    path = f"/applications/{hired.acme}/position"
    several = await hired.own.post(path, json={"reference": hired.reference})
    choices = {"reference": f"{hired.reference}-other"}
    theirs = await hired.own.post(path, json=choices)
    named = await hired.own.post(
        path, json={"reference": hired.reference, "hirer": "other"}
    )
    chosen = await hired.own.post(path, json={"reference": f"{hired.reference}-acme"})

    assert several.status_code == 409
    assert "'acme'" in several.json()["detail"]
    assert "other" not in several.json()["detail"]
    assert [theirs.status_code, named.status_code] == [404, 404]
    assert chosen.json()["hirer"] == "acme"


async def test_what_was_erased_is_hidden(hired: Hired) -> None:
    """Nobody knows any more whose it was."""
    one = await hired.server.recorded(job_id=f"{hired.reference}-acme")
    erased = await hired.own.delete(f"/applications/{one}")
    again = await hired.own.get(f"/applications/{one}")

    assert (erased.status_code, again.status_code) == (200, 404)
    assert hired.server.store.get(keys.tombstone(one))


async def test_the_journal_has_what_was_done_about_its_own(hired: Hired) -> None:
    """Not who has read the applications of others."""
    for one in (hired.acme, hired.other):
        assert (await hired.server.ask("GET", one)).status_code == 200

    page = (await hired.own.get("/journal", params={"limit": 200})).json()
    theirs = await hired.own.get("/journal", params={"application": hired.other})

    assert {item["application"] for item in page["items"]} >= {hired.acme}
    assert {hired.other, hired.nobodys, None}.isdisjoint(
        item["application"] for item in page["items"]
    )
    assert theirs.json() == {"items": [], "next": None}


async def test_no_cursor_tells_that_a_person_has_applied_elsewhere(
    hired: Hired,
) -> None:
    """What is hidden is no next page either."""
    params = {"limit": 1}
    candidate = {"X-Candidate-Email": hired.email}
    mine = await hired.own.get("/applications", params=params, headers=candidate)
    everybody = await hired.server.http.get(
        "/applications", params=params, headers=candidate
    )

    assert [item["id"] for item in mine.json()["items"]] == [hired.acme]
    assert mine.json()["next"] is None
    assert everybody.json()["next"]
