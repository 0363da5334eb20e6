"""The list of applications, and how one is found in it, without any script."""

import re
from html import unescape
from uuid import uuid4

import pytest

from tests.api.desk.signed_in import Desk, page_of

pytestmark = pytest.mark.xdist_group("desk")


def ids_in(page: str) -> list[str]:
    """Return the ids that a list shows, in its order."""
    return [
        unescape(found)
        for found in re.findall(r'<a class="row" href="[^"]+">([^<]+)</a>', page)
    ]


def following(page: str) -> str | None:
    """Return the address of the next page."""
    found = re.search(r'rel="next" href="([^"]+)"', page)
    return unescape(found[1]) if found else None


async def test_what_waits_for_a_person_comes_first(desk: Desk) -> None:
    """With what the board asked for, and why no position matches."""
    matched = await desk.server.recorded()
    waits = await desk.server.recorded(job_id="nobody-knows-it")

    page = await desk.open("/desk/applications")

    assert waits in ids_in(page)
    assert matched not in ids_in(page)
    assert "nobody-knows-it" in page
    assert "unknown reference" in page
    assert {matched, waits} <= set(ids_in(await desk.open("/desk/applications?stage=")))


async def test_a_list_is_filtered_as_its_form_says(desk: Desk) -> None:
    """A form sends every field, the blank ones too."""
    reference = f"unknown-{uuid4()}"
    waits = await desk.server.recorded(job_id=reference)
    blank = "position=&hirer=&flag=&from=&to="

    listed = {
        query: ids_in(await desk.open(f"/desk/applications?{query}&{blank}"))
        for query in (
            "stage=triage&board=careerjet",
            "stage=triage&board=seek",
            "stage=matched&board=",
        )
    }

    assert [waits in ids for ids in listed.values()] == [True, False, False]


async def test_a_list_is_filtered_by_whole_days(desk: Desk) -> None:
    """The last day is in it."""
    waits = await desk.server.recorded()

    listed = [
        waits in ids_in(await desk.open(f"/desk/applications?stage=&{query}"))
        for query in (
            "from=2020-01-01",
            "to=2020-01-01",
            "from=2020-01-01&to=2199-12-31",
        )
    ]

    assert listed == [True, False, True]


@pytest.mark.parametrize(
    "query", ["stage=nonsense", "from=yesterday", "cursor=forged", "flag=x"]
)
async def test_a_filter_that_cannot_be_is_a_page_that_says_so(
    query: str, desk: Desk
) -> None:
    """Whoever edits an address sees what is wrong with it, and nothing of it again."""
    answer = await desk.http.get(f"/desk/applications?{query}")

    assert answer.status_code in {400, 422}
    assert "<h1>" in answer.text
    assert "Go back" in answer.text


async def test_a_long_list_has_pages(desk: Desk) -> None:
    """Each shows others, and the last one leads to no more."""
    ids = {await desk.server.recorded(cv=None) for _ in range(3)}
    address: str | None = "/desk/applications?stage=&limit=1"
    seen: list[str] = []
    while address:
        page = await desk.open(address)
        seen += ids_in(page)
        address = following(page)

    assert ids <= set(seen)
    assert len(seen) == len(set(seen))


async def test_an_application_is_found_by_its_id_or_the_boards(desk: Desk) -> None:
    """The board's own id is what its support tells."""
    application_id = await desk.server.recorded()

    answers = [
        await desk.send("/desk/find", q=text)
        for text in (application_id, f" {application_id.partition(':')[2]} ")
    ]

    assert {answer.headers["Location"] for answer in answers} == {
        page_of(application_id)
    }


async def test_what_nobody_has_is_not_found(desk: Desk) -> None:
    """And the page says what can be looked for."""
    answers = [
        await desk.send("/desk/find", q=text)
        for text in ("nowhere", "", "../../etc", "x" * 2000)
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert all("Nothing found" in answer.text for answer in answers)


async def test_a_persons_applications_are_found_by_the_address(desk: Desk) -> None:
    """It is in no address of a page: those are logged, and kept by browsers."""
    address = f"{uuid4()}@example.com"
    application_id = await desk.server.recorded(email=address)

    answer = await desk.send("/desk/find", q=address.upper())
    nobody = await desk.send("/desk/find", q="nobody@example.com")

    assert ids_in(answer.text) == [application_id]
    assert address.upper() in answer.text
    assert not answer.history
    assert "There are none under this address." in nobody.text
