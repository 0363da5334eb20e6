"""A second, different delivery under one id: found, listed and served as the first."""

import asyncio
from uuid import uuid4

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Flag, View
from letterbox.temporal.client import start_application
from tests.api.operator.operator_server import OperatorServer
from tests.factories import PDF, careerjet
from tests.record_factory import record
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("operator")

OTHER = b"%PDF-1.4 the CV of somebody else"


async def in_conflict(server: OperatorServer, address: str) -> str:
    """Have one recorded, and then another under its uuid."""
    one = await server.recorded()
    uuid = one.removeprefix("careerjet:")
    delivery, contents = careerjet(uuid, cv=OTHER, email=address)
    await asyncio.to_thread(server.records.applications.accept, delivery, contents)
    await start_application(server.temporal, server.settings.task_queue, one)

    async def is_recorded() -> bool:
        found = await asyncio.to_thread(server.records.applications.find, one)
        return found is not None and Flag.CONFLICT in found.flags

    await eventually(is_recorded)
    return one


async def test_the_documents_of_every_view_are_listed_and_served(
    server: OperatorServer,
) -> None:
    """The record shows the first; somebody has to look at the second."""
    one = await in_conflict(server, f"{uuid4()}@example.com")

    result = (await server.ask("GET", one)).json()
    names = [
        [doc["name"] for doc in view["attachments"] if doc["role"] == "RESUME"]
        for view in result["views"]
    ]
    bodies = [
        (await server.ask("GET", one, f"/documents/{name}")).content for [name] in names
    ]

    assert bodies == [PDF, OTHER]
    assert result["views"][1]["attachments"][0]["media_type"] == "application/pdf"
    assert names[0][0] in {doc["name"] for doc in result["attachments"]}


async def test_the_address_of_every_view_leads_to_the_application(
    server: OperatorServer,
) -> None:
    """Whoever the second is, an erasure by the address must not miss it."""
    address = f"{uuid4()}@xn--mnchen-3ya.example"
    one = await in_conflict(server, address)
    own = address.replace("xn--mnchen-3ya", "münchen")
    person = {"X-Candidate-Email": own.encode()}

    found = (await server.http.get("/applications", headers=person)).json()["items"]  # type: ignore[arg-type]
    await server.ask("DELETE", one)

    assert [item["id"] for item in found] == [one]
    markers = [found.key for found in server.store.list(keys.CANDIDATES)]
    assert not [key for key in markers if key.endswith(one)]


async def test_views_without_documents_take_those_of_their_source(
    server: OperatorServer,
) -> None:
    """Earlier versions did not name them; one in quarantine is not served."""
    uuid = str(uuid4())
    delivery, _ = careerjet(uuid, cv=OTHER)
    name = delivery.documents[0].name
    kept = record(delivery.application_id)
    view = View(number=2, fingerprint="x", received_at=kept.received_at)
    server.put(kept.model_copy(update={"views": (*kept.views, view)}), {name: OTHER})
    server.records.applications.save_view(delivery, 2)

    result = (await server.ask("GET", kept.id)).json()
    served = await server.ask("GET", kept.id, f"/documents/{name}")
    server.store.put(keys.quarantined(kept.id, name), OTHER)
    quarantined = await server.ask("GET", kept.id, f"/documents/{name}")

    assert [
        [one["name"] for one in view["attachments"]] for view in result["views"]
    ] == [
        [],
        [name],
    ]
    assert served.content == OTHER
    assert quarantined.status_code == 403
