"""GET /applications with X-Candidate-Email: all there is of one person."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from letterbox.domain.application import Application, Flag, Stage
from letterbox.domain.candidate import Candidate, Email, Person, PersonName
from tests.api.operator.operator_server import Office
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


async def ask(at: Office, address: str | bytes, **asked: Any) -> httpx.Response:
    """List a person's applications."""
    raw = address if isinstance(address, bytes) else address.encode()
    headers = {b"X-Candidate-Email": raw}
    return await at.http.get("/applications", params=asked, headers=headers)


async def ids(at: Office, address: str, **asked: Any) -> list[str]:
    """Read a person's list to its end."""
    page = (await ask(at, address, **asked)).json()
    found = page["items"]
    while page["next"]:
        page = (await ask(at, address, **asked, cursor=page["next"])).json()
        found += page["items"]
    return [item["id"] for item in found]


async def test_open_and_archived_ones_are_found_and_nobody_elses(at: Office) -> None:
    """Temporal has never heard of them: the store knows whose they are."""
    address = f"{uuid4()}@example.com"
    at.put(of(address, f"careerjet:open of {address}"))
    at.archive(of(address, f"seek:archived of {address}"))
    at.put(of(f"{uuid4()}@example.com", "careerjet:of another"))

    answer = await ask(at, address)

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
async def test_however_it_was_typed(typed: str, asked: str, at: Office) -> None:
    """In any script: headers are bytes, and addresses are UTF-8 today."""
    kept = of(typed, f"careerjet:{uuid4()}")
    at.put(kept)

    assert kept.id in await ids(at, asked)


async def test_a_header_in_latin_1_is_understood_too(at: Office) -> None:
    """What old clients send."""
    kept = of("jürgen@example.com", f"careerjet:{uuid4()}")
    at.put(kept)

    answer = await ask(at, "jürgen@example.com".encode("latin-1"))

    assert [item["id"] for item in answer.json()["items"]] == [kept.id]


async def test_page_by_page_and_filtered(at: Office) -> None:
    """The same filters, and as many pages as it takes."""
    address = f"{uuid4()}@example.com"
    kept = [of(address, f"careerjet:{number} {address}") for number in range(7)]
    for number, one in enumerate(kept):
        flags = (Flag.CONFLICT,) if number % 2 else ()
        at.put(one.model_copy(update={"flags": flags}))
    every = [one.id for one in kept]

    assert await ids(at, address, limit=3) == every
    assert await ids(at, address, limit=7) == every
    assert await ids(at, address, flag="conflict", limit=2) == every[1::2]
    assert await ids(at, address, board="seek") == []
    assert await ids(at, address, position="R-1", stage="matched") == every
    assert await ids(at, address, received_after="2026-03-01T12:00:00Z") == every
    assert await ids(at, address, received_before="2026-03-01T12:00:00Z") == []


async def test_what_was_erased_is_nobodys_any_more(at: Office) -> None:
    """Nor is it listed while an erasure that was cut short has left the marker."""
    address = f"{uuid4()}@example.com"
    erased, half = (of(address, f"careerjet:{name} {address}") for name in "ab")
    at.put(erased)
    at.bury(erased.id, Stage.ERASED)
    at.bury(half.id, Stage.ERASED)
    at.put(half)

    assert await ids(at, address) == []


async def test_an_archive_that_cannot_be_read_is_listed(at: Office) -> None:
    """Who asks for everything of a person must not miss it."""
    address = f"{uuid4()}@example.com"
    kept = of(address, f"careerjet:{address}")
    at.archive(kept)
    [archive] = [
        one.key for one in at.store.list("archive/") if address[:36] in one.key
    ]
    at.store.put(archive, b"not an archive")

    assert await ids(at, address, stage="archived") == [kept.id]


async def test_409_where_there_is_no_digest_key(
    at: Office, temporal_address: str
) -> None:
    """Nothing to find people by: said in words, not by an empty list."""
    port = free_port()
    settings = at.settings.model_copy(update={"digest_key": (), "api_port": port})
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
