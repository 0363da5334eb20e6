"""A second, different delivery under one id: found, listed and served as the first."""

import asyncio
from uuid import uuid4

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Flag, View
from letterbox.temporal.client import start_application
from tests.api.operator.operator_server import Office
from tests.factories import PDF, careerjet
from tests.record_factory import record
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("operator")

OTHER = b"%PDF-1.4 the CV of somebody else"


async def in_conflict(at: Office, address: str) -> str:
    """Have one recorded, and then another under its uuid."""
    one = await at.recorded()
    uuid = one.removeprefix("careerjet:")
    delivery, contents = careerjet(uuid, cv=OTHER, email=address)
    await asyncio.to_thread(at.records.applications.accept, delivery, contents)
    await start_application(at.temporal, at.settings.task_queue, one)

    async def is_recorded() -> bool:
        found = await asyncio.to_thread(at.records.applications.find, one)
        return found is not None and Flag.CONFLICT in found.flags

    await eventually(is_recorded)
    return one


async def test_every_view_has_its_documents_and_they_are_served(at: Office) -> None:
    """The record shows the first; somebody has to look at the second."""
    one = await in_conflict(at, f"{uuid4()}@example.com")

    told = (await at.ask("GET", one)).json()
    names = [
        [doc["name"] for doc in view["attachments"] if doc["role"] == "RESUME"]
        for view in told["views"]
    ]
    bodies = [
        (await at.ask("GET", one, f"/documents/{name}")).content for [name] in names
    ]

    assert bodies == [PDF, OTHER]
    assert told["views"][1]["attachments"][0]["media_type"] == "application/pdf"
    assert names[0][0] in {doc["name"] for doc in told["attachments"]}


async def test_the_address_of_every_view_is_found_and_goes_with_the_application(
    at: Office,
) -> None:
    """Whoever the second is, an erasure by the address must not miss it."""
    address = f"{uuid4()}@xn--mnchen-3ya.example"
    one = await in_conflict(at, address)
    own = address.replace("xn--mnchen-3ya", "münchen")
    person = {"X-Candidate-Email": own.encode()}

    found = (await at.http.get("/applications", headers=person)).json()["items"]  # type: ignore[arg-type]
    await at.ask("DELETE", one)

    assert [item["id"] for item in found] == [one]
    markers = [found.key for found in at.store.list(keys.CANDIDATES)]
    assert not [key for key in markers if key.endswith(one)]


async def test_views_that_were_recorded_without_documents_have_those_of_their_source(
    at: Office,
) -> None:
    """Earlier versions did not name them; one in quarantine is not served."""
    uuid = str(uuid4())
    delivery, _ = careerjet(uuid, cv=OTHER)
    name = delivery.documents[0].name
    kept = record(delivery.application_id)
    view = View(number=2, fingerprint="x", received_at=kept.received_at)
    at.put(kept.model_copy(update={"views": (*kept.views, view)}), {name: OTHER})
    at.records.applications.save_view(delivery, 2)

    told = (await at.ask("GET", kept.id)).json()
    served = await at.ask("GET", kept.id, f"/documents/{name}")
    at.store.put(keys.quarantined(kept.id, name), OTHER)
    quarantined = await at.ask("GET", kept.id, f"/documents/{name}")

    assert [[one["name"] for one in view["attachments"]] for view in told["views"]] == [
        [],
        [name],
    ]
    assert served.content == OTHER
    assert quarantined.status_code == 403
