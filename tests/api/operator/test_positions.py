"""/positions/{reference}."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain.positions import Position, ReferenceKind
from tests.api.operator.operator_server import Office
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("operator")


async def ask(at: Office, method: str, reference: str, **more: Any) -> httpx.Response:
    """Call a position's address."""
    path = f"/positions/{quote(reference, safe='')}"
    return await at.http.request(method, path, **more)


@pytest.mark.parametrize("reference", ["DEV 1", "a/b/c", "%2F", "é?#☃", "a\\b", "x/"])
async def test_a_position_is_put_read_and_removed(reference: str, at: Office) -> None:
    """Under any reference; its slashes are encoded, or decoded by a proxy."""
    given = {"reference": reference, "title": "Letter carrier", "countries": ["nz"]}

    made = await ask(at, "PUT", reference, json=given)
    changed = await ask(at, "PUT", reference, json=given | {"title": "Postwoman"})
    read = await ask(at, "GET", reference)
    removed = await ask(at, "DELETE", reference)

    assert (made.status_code, changed.status_code) == (201, 200)
    assert read.json()["title"] == "Postwoman"
    assert read.json()["countries"] == ["NZ"]
    assert removed.json()["status"] == "removed"
    [kept] = StoredCatalogue(at.store).find(ReferenceKind.REFERENCE, reference)
    assert kept == Position.model_validate(removed.json())


async def test_a_slash_that_a_proxy_has_decoded_does_no_harm(at: Office) -> None:
    """There is nothing below a position that it could be taken for."""
    await ask(at, "PUT", "team/7", json={"reference": "team/7"})

    answer = await at.http.get("/positions/team/7")

    assert answer.json()["reference"] == "team/7"


async def test_where_several_hirers_have_it_one_must_be_named(at: Office) -> None:
    """The empty one is that which belongs to all of them."""
    reference = f"R {uuid4()}"
    for hirer in ("Post", "Rail", None):
        await ask(at, "PUT", reference, json={"reference": reference, "hirer": hirer})

    ambiguous = await ask(at, "GET", reference)
    kept = await ask(at, "DELETE", reference)
    named = await ask(at, "GET", reference, params={"hirer": "Rail"})
    everybodys = await ask(at, "GET", reference, params={"hirer": ""})
    gone = await ask(at, "DELETE", reference, params={"hirer": "Post"})

    assert (ambiguous.status_code, kept.status_code) == (409, 409)
    assert "`hirer`" in ambiguous.json()["detail"]
    assert named.json()["hirer"] == "Rail"
    assert everybodys.json()["hirer"] is None
    assert (gone.json()["hirer"], gone.json()["status"]) == ("Post", "removed")
    found = StoredCatalogue(at.store).find(ReferenceKind.REFERENCE, reference)
    assert sorted(one.status for one in found) == ["open", "open", "removed"]


async def test_what_is_typed_differently_is_the_same_position(at: Office) -> None:
    """As everywhere: case, width and inner space do not count."""
    answer = await ask(at, "PUT", "dev   X", json={"reference": "DEV x"})

    assert answer.status_code == 201
    assert (await ask(at, "GET", "Dev X")).json()["reference"] == "DEV x"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("reference", ["never heard of", " ", "../catalogue", "\0"])
async def test_404_for_what_is_not_in_the_catalogue(
    method: str, reference: str, at: Office
) -> None:
    """Whatever it looks like."""
    assert (await ask(at, method, reference)).status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"reference": "another"}, 409),
        ({}, 422),
        ({"reference": ""}, 422),
        ({"reference": "DEV-1", "titel": "x"}, 422),
        ({"reference": "DEV-1", "countries": ["New Zealand"]}, 422),
        ({"reference": "DEV-1", "closed_at": "9999-01-01T00:00:00Z"}, 422),
        ({"reference": "DEV-1", "hirer": ""}, 422),
    ],
)
async def test_what_is_no_position_is_not_put(
    given: dict[str, Any], status: int, at: Office
) -> None:
    """Nor one whose reference is not that of its address."""
    answer = await ask(at, "PUT", "DEV-1", json=given)

    assert answer.status_code == status
    assert (await ask(at, "GET", "DEV-1")).status_code == 404


@pytest.mark.parametrize("field", ["title", "hirer", "reference"])
async def test_a_position_with_half_an_emoji_is_not_put(field: str, at: Office) -> None:
    """JSON can spell what no store can hold."""
    told = {"reference": "DEV-1", field: "half \ud83d"}
    headers = {"Content-Type": "application/json"}

    answer = await ask(at, "PUT", "DEV-1", content=json.dumps(told), headers=headers)

    assert answer.status_code == 422
    assert (await ask(at, "GET", "DEV-1")).status_code == 404


async def test_a_close_is_told_to_the_applications(at: Office) -> None:
    """Their window runs from the close; the archive date moves."""
    reference = f"R {uuid4()}"
    await ask(at, "PUT", reference, json={"reference": reference})
    application_id = await at.recorded(job_id=reference)
    before = at.records.applications.find(application_id)
    assert before
    closed_at = datetime.now(UTC) + timedelta(days=10)
    closed = {
        "reference": reference,
        "status": "closed",
        "closed_at": closed_at.isoformat(),
    }

    await ask(at, "PUT", reference, json=closed)

    async def has_moved() -> bool:
        after = at.records.applications.find(application_id)
        return after is not None and after.archive_by > before.archive_by

    await eventually(has_moved)
