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
from tests.api.operator.operator_server import OperatorServer
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("operator")


async def ask(
    server: OperatorServer, method: str, reference: str, **more: Any
) -> httpx.Response:
    """Call a position's address."""
    path = f"/positions/{quote(reference, safe='')}"
    return await server.http.request(method, path, **more)


@pytest.mark.parametrize("reference", ["DEV 1", "a/b/c", "%2F", "é?#☃", "a\\b", "x/"])
async def test_a_position_is_put_read_and_removed(
    reference: str, server: OperatorServer
) -> None:
    """A reference may hold slashes, encoded, or decoded by a proxy."""
    given = {"reference": reference, "title": "Letter carrier", "countries": ["nz"]}

    made = await ask(server, "PUT", reference, json=given)
    changed = await ask(server, "PUT", reference, json=given | {"title": "Postwoman"})
    read = await ask(server, "GET", reference)
    removed = await ask(server, "DELETE", reference)

    assert (made.status_code, changed.status_code) == (201, 200)
    assert read.json()["title"] == "Postwoman"
    assert read.json()["countries"] == ["NZ"]
    assert removed.json()["status"] == "removed"
    [kept] = StoredCatalogue(server.store).find(ReferenceKind.REFERENCE, reference)
    assert kept == Position.model_validate(removed.json())


async def test_a_decoded_slash_in_a_reference_does_no_harm(
    server: OperatorServer,
) -> None:
    """There is nothing below a position that it could be taken for."""
    await ask(server, "PUT", "team/7", json={"reference": "team/7"})

    answer = await server.http.get("/positions/team/7")

    assert answer.json()["reference"] == "team/7"


async def test_a_position_of_several_hirers_needs_a_hirer(
    server: OperatorServer,
) -> None:
    """The empty hirer is the position that belongs to every hirer."""
    reference = f"R {uuid4()}"
    for hirer in ("Post", "Rail", None):
        await ask(
            server, "PUT", reference, json={"reference": reference, "hirer": hirer}
        )

    ambiguous = await ask(server, "GET", reference)
    kept = await ask(server, "DELETE", reference)
    named = await ask(server, "GET", reference, params={"hirer": "Rail"})
    everybodys = await ask(server, "GET", reference, params={"hirer": ""})
    gone = await ask(server, "DELETE", reference, params={"hirer": "Post"})

    assert (ambiguous.status_code, kept.status_code) == (409, 409)
    assert "'Post', 'Rail'" in ambiguous.json()["detail"]
    assert "`hirer`" in ambiguous.json()["detail"]
    assert named.json()["hirer"] == "Rail"
    assert everybodys.json()["hirer"] is None
    assert (gone.json()["hirer"], gone.json()["status"]) == ("Post", "removed")
    found = StoredCatalogue(server.store).find(ReferenceKind.REFERENCE, reference)
    assert sorted(one.status for one in found) == ["open", "open", "removed"]


async def test_a_reference_that_is_typed_differently_is_the_same_position(
    server: OperatorServer,
) -> None:
    """Case, width and inner space do not count, as everywhere."""
    answer = await ask(server, "PUT", "dev   X", json={"reference": "DEV x"})

    assert answer.status_code == 201
    assert (await ask(server, "GET", "Dev X")).json()["reference"] == "DEV x"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("reference", ["never heard of", " ", "../catalogue", "\0"])
async def test_an_unknown_position_is_404(
    method: str, reference: str, server: OperatorServer
) -> None:
    """Any reference may be asked for, whatever it looks like."""
    assert (await ask(server, method, reference)).status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"reference": "another"}, 409),
        ({"reference": ""}, 422),
        ({"reference": "DEV-1", "titel": "x"}, 422),
        ({"reference": "DEV-1", "countries": ["New Zealand"]}, 422),
        ({"reference": "DEV-1", "closed_at": "9999-01-01T00:00:00Z"}, 422),
        ({"reference": "DEV-1", "hirer": ""}, 422),
    ],
)
async def test_an_invalid_position_is_not_put(
    given: dict[str, Any], status: int, server: OperatorServer
) -> None:
    """Its reference has to be that of the address, too."""
    answer = await ask(server, "PUT", "DEV-1", json=given)

    assert answer.status_code == status
    assert (await ask(server, "GET", "DEV-1")).status_code == 404


@pytest.mark.parametrize("field", ["title", "hirer", "reference"])
async def test_a_position_with_half_an_emoji_is_not_put(
    field: str, server: OperatorServer
) -> None:
    """JSON can spell what no store can hold."""
    told = {"reference": "DEV-1", field: "half \ud83d"}
    headers = {"Content-Type": "application/json"}

    answer = await ask(
        server, "PUT", "DEV-1", content=json.dumps(told), headers=headers
    )

    assert answer.status_code == 422
    assert (await ask(server, "GET", "DEV-1")).status_code == 404


async def test_a_position_is_put_by_its_address_alone(server: OperatorServer) -> None:
    """The body need not repeat the reference; an address that is none is refused."""
    reference = f"team/{uuid4()}"

    made = await ask(server, "PUT", reference, json={"title": "Developer"})
    blank = await ask(server, "PUT", " ", json={"title": "Developer"})

    assert (made.status_code, made.json()["reference"]) == (201, reference)
    assert blank.status_code == 400


async def test_positions_are_listed_a_page_at_a_time(server: OperatorServer) -> None:
    """Each once, with the filters of the first page; a cursor fits no other list."""
    hirer = f"h{uuid4()}"
    references = {f"{number}-{uuid4()}" for number in range(5)}
    for reference in references:
        await ask(server, "PUT", reference, json={"hirer": hirer})
    closed = min(references)
    await ask(server, "PUT", closed, json={"hirer": hirer, "status": "closed"})
    listed: list[str] = []
    given: dict[str, Any] = {"hirer": hirer, "limit": 2}

    cursors: list[str] = []
    while True:
        page = (await server.http.get("/positions", params=given)).json()
        listed += [one["reference"] for one in page["items"]]
        if page["next"] is None:
            break
        cursors.append(page["next"])
        given["cursor"] = page["next"]
    only_closed = await server.http.get(
        "/positions", params={"hirer": hirer, "status": "closed"}
    )
    foreign = await server.http.get(
        "/positions", params={"hirer": "another", "cursor": cursors[0]}
    )
    slash = await server.http.get("/positions/")

    assert sorted(listed) == sorted(references)
    assert [one["reference"] for one in only_closed.json()["items"]] == [closed]
    assert foreign.status_code == 400
    assert "belongs to another list" in foreign.json()["detail"]
    assert slash.status_code == 200


@pytest.mark.parametrize(
    ("path", "given", "problem"),
    [
        (
            "/positions",
            {"stat": "open"},
            "unknown field `stat`; did you mean `status`?",
        ),
        (
            "/applications",
            {"stag": "triage"},
            "unknown field `stag`; did you mean `stage`?",
        ),
    ],
)
async def test_an_unknown_filter_is_named_with_the_one_that_was_meant(
    path: str, given: dict[str, str], problem: str, server: OperatorServer
) -> None:
    """A misspelt filter is not passed over, and not to be searched for."""
    answer = await server.http.get(path, params=given)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"at": ["query", *given], "problem": problem}]


@pytest.mark.parametrize(
    ("given", "at", "problem"),
    [
        ({"titel": "x"}, ["body", "titel"], "did you mean `title`?"),
        (
            {"aliases": {"profil": []}},
            ["body", "aliases", "profil"],
            "did you mean `profile`?",
        ),
        ({"ada@example.com": 1}, ["body"], "Extra inputs are not permitted"),
    ],
)
async def test_an_unknown_field_of_a_body_is_named_if_it_could_be_one(
    given: dict[str, Any], at: list[str], problem: str, server: OperatorServer
) -> None:
    """What is no field's name may be anything, and is not repeated."""
    answer = await ask(server, "PUT", "DEV-1", json=given)

    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["at"]) == (422, at)
    assert fault["problem"].endswith(problem)


async def test_closing_a_position_moves_the_archive_date(
    server: OperatorServer,
) -> None:
    """The window of its applications runs from the close."""
    reference = f"R {uuid4()}"
    await ask(server, "PUT", reference, json={"reference": reference})
    application_id = await server.recorded(job_id=reference)
    before = server.records.applications.find(application_id)
    assert before
    closed_at = datetime.now(UTC) + timedelta(days=10)
    closed = {
        "reference": reference,
        "status": "closed",
        "closed_at": closed_at.isoformat(),
    }

    await ask(server, "PUT", reference, json=closed)

    async def has_moved() -> bool:
        after = server.records.applications.find(application_id)
        return after is not None and after.archive_by > before.archive_by

    await eventually(has_moved)
