"""A hundred thousand applications: no page of the desk is slow for it."""

import logging
import time
from statistics import median

import pytest

from tests.api.desk.crowded import Crowded
from tests.api.desk.signed_in import Desk, page_of
from tests.api.desk.test_lists import following, ids_in
from tests.support import THOROUGH

pytestmark = [
    pytest.mark.skipif(not THOROUGH, reason="it takes half a minute: THOROUGH=1"),
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("desk-many"),
]

WITHIN = 0.3
log = logging.getLogger(__name__)


@pytest.fixture(name="crowded")
def _crowded(crowd: Crowded) -> Desk:
    return crowd.desk


async def _seconds(desk: Desk, address: str, times: int = 5) -> tuple[float, str]:
    """Return how long a page takes, and what is on it."""
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        page = await desk.open(address)
        took.append(time.perf_counter() - began)
    return median(took), page


@pytest.mark.parametrize(
    "address",
    [
        "/desk/applications",
        "/desk/applications?stage=",
        "/desk/applications?stage=&flag=held",
        "/desk/applications?stage=matched&board=careerjet&from=2020-01-01",
        "/desk/applications?stage=triage&hirer=nobody",
        "/desk/positions",
        "/desk/holds",
        "/desk/journal",
    ],
)
async def test_a_page_takes_less_than_a_third_of_a_second(
    address: str, crowded: Desk
) -> None:
    """Whatever is filtered."""
    took, page = await _seconds(crowded, address)

    assert "<h1>" in page
    assert took < WITHIN


async def test_the_tenth_page_is_as_quick_as_the_first(crowded: Desk) -> None:
    """Each has all that it may have."""
    address: str | None = "/desk/applications?stage="
    for _ in range(9):
        assert address
        page = await crowded.open(address)
        assert len(ids_in(page)) == 50
        address = following(page)
    assert address

    took, _ = await _seconds(crowded, address)

    assert took < WITHIN


async def test_one_of_many_is_found_and_shown_at_once(crowded: Desk) -> None:
    """By its id; the page asks for nobody else."""
    [first, *_] = ids_in(await crowded.open("/desk/applications"))

    took, _ = await _seconds(crowded, page_of(first))

    assert took < WITHIN


async def test_the_charts_are_there_in_the_end(crowded: Desk) -> None:
    """Every one of them is counted once: the second time is quick."""
    began = time.monotonic()
    while "Last 24 hours" not in (page := await crowded.open("/desk")):
        assert time.monotonic() < began + 120
    log.info("the charts are there after %.1f s", time.monotonic() - began)

    took, _ = await _seconds(crowded, "/desk")

    assert took < WITHIN
    assert page.count("<figure>") == 2
