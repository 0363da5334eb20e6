"""Who saw and who did is written before it is seen, or done."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Attachment
from letterbox.domain.journal import JournalFilter
from letterbox.journal.proof import JournalProof, accept
from letterbox.journal.reader import JournalReader
from letterbox.storage.objects import has_any
from letterbox_cli.samples import CV
from tests.api.operator.operator_server import OPEN, OperatorServer
from tests.record_factory import attachment, record

pytestmark = pytest.mark.xdist_group("operator")

_JANE = {"X-Operator": "jane.doe", "X-Request-Id": "request-4711"}


async def about(server: OperatorServer, one: str) -> list[dict[str, Any]]:
    """Return the journal of an application, the first thing first."""
    params: dict[str, Any] = {"application": one, "limit": 200}
    answer = await server.http.get("/journal", params=params)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items[::-1]


async def test_every_read_and_every_change_is_in_the_journal(
    server: OperatorServer,
) -> None:
    """In the order in which they came, each with who and by which request."""
    one = await server.recorded(job_id="nobody's")
    record = (await server.ask("GET", one, headers=_JANE)).json()
    name = record["attachments"][0]["name"]
    reason = {"reason": "case 4711"}
    for method, rest, body in (
        ("GET", "/history", {}),
        ("GET", f"/documents/{name}", {}),
        ("POST", "/position", {"reference": OPEN}),
        ("POST", "/hold", reason),
        ("DELETE", "/hold", {}),
        ("POST", "/status", {"status": "viewed"}),
        ("DELETE", "", reason),
    ):
        answer = await server.ask(method, one, rest, json=body, headers=_JANE)
        assert answer.status_code == 200, rest

    entries = await about(server, one)

    assert [entry["what"] for entry in entries] == [
        "application read",
        "history read",
        "document read",
        "assign",
        "hold",
        "release hold",
        "status",
        "erase",
    ]
    for entry in entries:
        assert entry["operator"] == "operator"
        assert entry["by"] == "operator API: jane.doe"
        assert entry["request_id"] == "request-4711"
        assert entry["application"] == one
    assert "Ada" not in str(entries)
    assert name not in str(entries)


async def test_what_was_not_read_is_not_in_the_journal(server: OperatorServer) -> None:
    """Nor what was refused before it was asked for."""
    one = await server.recorded()
    for method, rest in (
        ("GET", f"/documents/{'0' * 64}.pdf"),
        ("GET", "/demographics"),
        ("POST", "/refresh"),
    ):
        assert (await server.ask(method, one, rest)).status_code in {404, 409}
    async with server.named("victor") as viewer:
        refused = await viewer.delete(f"/applications/{one}")

    assert refused.status_code == 403
    assert await about(server, one) == []


async def test_a_search_by_address_names_what_it_has_shown(
    server: OperatorServer,
) -> None:
    """And not the address; positions are named by their references."""
    one = await server.recorded(email="search@example.com")
    async with server.named("tara") as tara:
        address = {"X-Candidate-Email": "search@example.com"}
        await tara.get("/applications", headers=address)
        await tara.put("/positions/JOURNAL-1", json={})
        await tara.delete("/positions/JOURNAL-1")
    page = await server.http.get("/journal", params={"operator": "tara", "limit": 3})

    assert [
        (item["what"], item["position"], item["applications"])
        for item in page.json()["items"]
    ] == [
        ("position removed", "JOURNAL-1", []),
        ("position put", "JOURNAL-1", []),
        ("candidate's applications listed", None, [one]),
    ]
    assert "search@example.com" not in page.text


async def test_nothing_is_answered_that_cannot_be_kept_in_the_journal(
    server: OperatorServer,
) -> None:
    """503: neither is the record read, nor the document, nor is anything changed."""
    today = datetime.now(UTC).date()
    one, place = "", ""
    while not place or has_any(server.store, place):
        one = await server.recorded(job_id="nobody's")
        place = keys.journal_about(today, one)
    name, *_ = [found.name for found in _documents(server, one)]

    # An object in the place of a folder: no entry about it can be written.
    server.store.put(place.rstrip("/"), b"")
    try:
        answers = [
            await server.ask("GET", one),
            await server.ask("GET", one, f"/documents/{name}"),
            await server.ask("GET", one, "/history"),
            await server.ask("POST", one, "/position", json={"reference": OPEN}),
            await server.ask("DELETE", one, json={"reason": "case 4711"}),
        ]
    finally:
        server.store.delete(place.rstrip("/"))
    after = (await server.ask("GET", one)).json()

    assert [answer.status_code for answer in answers] == [503] * 5
    assert "Ada" not in str([answer.text for answer in answers])
    assert after["position"]["reference"] is None


def _documents(server: OperatorServer, one: str) -> Sequence[Attachment]:
    record = server.records.applications.find(one)
    assert record
    return record.attachments


async def test_the_journal_is_read_in_pages_by_any_filter(
    server: OperatorServer,
) -> None:
    """Each entry once; a cursor is good for the same filters alone."""
    one = await server.recorded()
    await asyncio.gather(*(server.ask("GET", one) for _ in range(5)))
    today = datetime.now(UTC).date().isoformat()
    filters: dict[str, Any] = {"application": one, "since": today, "limit": 2}
    found, cursor = [], ""
    while cursor is not None:
        params = filters | ({"cursor": cursor} if cursor else {})
        page = (await server.http.get("/journal", params=params)).json()
        found += page["items"]
        cursor = page["next"]
        if cursor:
            used = cursor
    other = await server.http.get("/journal", params={"limit": 2, "cursor": used})
    future = await server.http.get("/journal", params={"since": "2999-01-01"})
    number = await server.http.get("/journal", params={"since": "0"})

    assert len(found) == 5
    assert [item["at"] for item in found] == sorted(
        (item["at"] for item in found), reverse=True
    )
    assert (other.status_code, number.status_code) == (400, 422)
    assert future.json() == {"items": [], "next": None}


async def test_the_journal_that_the_api_writes_is_whole(
    server: OperatorServer,
) -> None:
    """Of all that the tests of this server did, at once and one after the other."""
    one = await server.recorded()
    await asyncio.gather(*(server.ask("GET", one) for _ in range(20)))
    proof = JournalProof(
        server.store, fast=False, now=datetime.now(UTC), show=lambda *_: None
    ).run()
    entries, _ = JournalReader(server.store).latest(JournalFilter(one), 100)

    assert proof.problems == []
    assert len(entries) == 20
    assert proof.entries >= 20


_DEEDS = {
    "GET /applications/{application_id}": "application read",
    "GET /applications/{application_id}/history": "history read",
    "GET /applications/{application_id}/documents/{name}": "document read",
    "GET /applications/{application_id}/documents/{name}/text": "document read",
    "GET /applications/{application_id}/documents/{name}/pages/{page}.png": (
        "document read"
    ),
    "GET /applications/{application_id}/demographics": "demographics read",
    "POST /applications/{application_id}/position": "assign",
    "POST /applications/{application_id}/hold": "hold",
    "DELETE /applications/{application_id}/hold": "release hold",
    "POST /applications/{application_id}/refresh": "refresh",
    "POST /applications/{application_id}/documents/{name}/release": "release document",
    "POST /applications/{application_id}/status": "status",
    "POST /applications/{application_id}/erase": "erase",
    "DELETE /applications/{application_id}": "erase",
}
_BODIES: dict[str, dict[str, str]] = {
    "assign": {"reference": OPEN},
    "hold": {"reason": "case 4711"},
    "erase": {"reason": "case 4711"},
    "status": {"status": "viewed"},
    "release document": {"reason": "case 4711"},
}


async def test_no_route_of_an_application_is_without_an_entry(
    server: OperatorServer,
) -> None:
    """By the whole document: one that somebody adds is to be added here."""
    document = (await server.http.get("/openapi.json")).json()
    routes = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method in operations
        if "{application_id}" in path
    }
    one = f"seek:{uuid4()}"
    cv = CV.read_bytes()
    name = f"{sha256(cv).hexdigest()}.pdf"
    quarantined = f"{sha256(b'no virus').hexdigest()}.txt"
    bad = attachment(quarantined, scan="infected")
    server.put(record(one, attachment(name), bad), {name: cv})
    server.keep_notice(one)
    server.store.put(keys.quarantined(one, quarantined), b"no virus")
    server.store.put(keys.demographics(one, 1), b'{"sex": "declined"}')

    assert routes == set(_DEEDS)
    for count, (route, deed) in enumerate(_DEEDS.items(), 1):
        method, path = route.split()
        of = quarantined if deed == "release document" else name
        place = {"application_id": one.replace(":", "%3A"), "name": of, "page": 1}
        address = path.format_map(place)
        answer = await server.http.request(method, address, json=_BODIES.get(deed, {}))
        assert answer.is_success, f"{route}: {answer.text}"
        entries = await about(server, one)
        assert [entry["what"] for entry in entries[count - 1 :]] == [deed], route


async def test_what_a_person_has_accepted_as_broken_is_shown(
    server: OperatorServer,
) -> None:
    """Or whoever has changed the journal could have it be silent unseen."""
    accept(server.store, ["2026-03-01 is broken"], "mallory", datetime.now(UTC))

    page = await server.http.get("/journal", params={"operator": "mallory"})

    assert [(one["what"], one["by"]) for one in page.json()["items"]] == [
        ("journal accepted", "cli: mallory")
    ]
