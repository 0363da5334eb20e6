"""GET /applications with X-Candidate-Email: all there is of one person."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from letterbox.domain.application import Application, Flag, Stage
from letterbox.domain.candidate import Candidate, Email, Person, PersonName
from tests.api.operator.operator_server import OperatorServer
from tests.api.operator.serving import TOKEN, served
from tests.record_factory import record
from tests.support import free_port

pytestmark = pytest.mark.xdist_group("operator")


def of(address: str, application_id: str) -> Application:
    """Have a record of somebody's application."""
    candidate = Candidate(
        person=Person(name=PersonName(formatted="Bob Invented")),
        emails=(Email(address=address),),
    )
    return record(application_id).model_copy(update={"candidate": candidate})


async def ask(
    server: OperatorServer, address: str | bytes, **asked: Any
) -> httpx.Response:
    """List a person's applications."""
    raw = address if isinstance(address, bytes) else address.encode()
    headers = {b"X-Candidate-Email": raw}
    return await server.http.get("/applications", params=asked, headers=headers)


async def ids(server: OperatorServer, address: str, **asked: Any) -> list[str]:
    """Read a person's list to its end."""
    page = (await ask(server, address, **asked)).json()
    found = page["items"]
    while page["next"]:
        page = (await ask(server, address, **asked, cursor=page["next"])).json()
        found += page["items"]
    return [item["id"] for item in found]


async def test_a_persons_open_and_archived_applications_are_listed(
    server: OperatorServer,
) -> None:
    """They are found by the store: Temporal has never heard of them."""
    address = f"{uuid4()}@example.com"
    server.put(of(address, f"careerjet:open of {address}"))
    server.archive(of(address, f"seek:archived of {address}"))
    server.put(of(f"{uuid4()}@example.com", "careerjet:of another"))

    answer = await ask(server, address)

    items = {item["id"]: item for item in answer.json()["items"]}
    assert set(items) == {
        f"careerjet:open of {address}",
        f"seek:archived of {address}",
    }
    assert items[f"seek:archived of {address}"]["stage"] == "archived"
    assert answer.json()["next"] is None
    assert address not in str(answer.request.url)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Bob@Example.com", "bob@example.COM"),
        ("jörg@bücher.example", "JÖRG@bücher.example"),
        ("李@例え.example", "李@例え.example"),
    ],
)
async def test_a_person_is_found_however_the_address_is_typed(
    typed: str, asked: str, server: OperatorServer
) -> None:
    """Addresses may be in any script: headers are bytes, and taken for UTF-8."""
    kept = of(typed, f"careerjet:{uuid4()}")
    server.put(kept)

    assert kept.id in await ids(server, asked)


async def test_an_address_header_in_latin_1_is_understood(
    server: OperatorServer,
) -> None:
    """Old clients send headers in Latin-1."""
    kept = of("jürgen@example.com", f"careerjet:{uuid4()}")
    server.put(kept)

    answer = await ask(server, "jürgen@example.com".encode("latin-1"))

    assert [item["id"] for item in answer.json()["items"]] == [kept.id]


async def test_a_persons_list_is_paged_and_filtered(server: OperatorServer) -> None:
    """The filters are those of the other list, over as many pages as it takes."""
    address = f"{uuid4()}@example.com"
    kept = [of(address, f"careerjet:{number} {address}") for number in range(7)]
    for number, one in enumerate(kept):
        flags = (Flag.CONFLICT,) if number % 2 else ()
        server.put(one.model_copy(update={"flags": flags}))
    every = [one.id for one in kept]

    assert await ids(server, address, limit=3) == every
    assert await ids(server, address, limit=7) == every
    assert await ids(server, address, flag="conflict", limit=2) == every[1::2]
    assert await ids(server, address, board="seek") == []
    assert await ids(server, address, position="R-1", stage="matched") == every
    assert await ids(server, address, received_after="2026-03-01T12:00:00Z") == every
    assert await ids(server, address, received_before="2026-03-01T12:00:00Z") == []


async def test_what_was_erased_is_not_listed_for_the_person(
    server: OperatorServer,
) -> None:
    """It is not listed either where an unfinished erasure has left the marker."""
    address = f"{uuid4()}@example.com"
    erased, half = (of(address, f"careerjet:{name} {address}") for name in "ab")
    server.put(erased)
    server.bury(erased.id, Stage.ERASED)
    server.bury(half.id, Stage.ERASED)
    server.put(half)

    assert await ids(server, address) == []


async def test_an_unreadable_archive_is_listed_for_the_person(
    server: OperatorServer,
) -> None:
    """A request for everything of a person must not miss it."""
    address = f"{uuid4()}@example.com"
    kept = of(address, f"careerjet:{address}")
    server.archive(kept)
    [archive] = [
        one.key for one in server.store.list("archive/") if address[:36] in one.key
    ]
    server.store.put(archive, b"not an archive")

    assert await ids(server, address, stage="archived") == [kept.id]


async def test_listing_a_person_without_a_digest_key_is_409(
    server: OperatorServer, temporal_address: str
) -> None:
    """An empty list would say that there is nothing."""
    port = free_port()
    settings = server.settings.model_copy(update={"digest_key": (), "api_port": port})
    async with (
        served(settings, temporal_address),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        answer = await http.get(
            "/applications",
            headers={
                "X-Candidate-Email": "ada@example.com",
                "Authorization": f"Bearer {TOKEN}",
            },
        )

    assert answer.status_code == 409
    assert "LETTERBOX_DIGEST_KEY" in answer.json()["detail"]
