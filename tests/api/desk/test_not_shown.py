"""What a page must not tell: neither by what is on it, nor by where it leads."""

import re
from base64 import urlsafe_b64decode
from html import unescape
from uuid import uuid4

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Hold, PositionOpening
from tests.api.desk.signed_in import Desk, page_of, signed_in
from tests.api.operator.operator_server import OperatorServer
from tests.factories import careerjet
from tests.record_factory import NOON, record

pytestmark = pytest.mark.xdist_group("desk")


async def test_what_is_not_recorded_yet_is_not_shown_past_the_journal(
    desk: Desk,
) -> None:
    """A view is there before the record is: nobody sees it, for nobody would know."""
    submission, contents = careerjet(str(uuid4()))
    one = submission.application_id
    desk.server.records.applications.accept(submission, contents)
    desk.server.records.applications.save_view(submission, 1)
    before = _entries(desk)

    answer = await desk.http.get(f"{page_of(one)}/views/1")

    assert answer.status_code == 404
    assert "ada@example.com" not in answer.text
    assert _entries(desk) == before


async def test_a_view_is_in_the_journal(desk: Desk) -> None:
    """Once it is recorded."""
    one = await desk.server.recorded()
    before = _entries(desk)

    page = await desk.open(f"{page_of(one)}/views/1")

    assert "ada@example.com" in page
    assert len(_entries(desk) - before) == 1


def _entries(desk: Desk) -> set[str]:
    return {stored.key for stored in desk.server.store.list(keys.JOURNAL)}


async def test_the_way_to_the_next_holds_names_none_of_another_hirer(
    server: OperatorServer,
) -> None:
    """Those that were passed over are behind it, and it cannot be read."""
    name = "held-of-acme"
    held = [f"careerjet:{name}-{number:02}" for number in range(60)]
    for one in held:
        position = PositionOpening(reference="DEV-17", hirer="acme")
        server.put(record(one, position=position))
        server.records.holds.place(one, Hold(reason="case 4711", placed_at=NOON))
    async with signed_in(server, server.tokens["ats-other"]) as others:
        pages = [await others.open("/desk/holds")]
        while address := re.search(r'rel="next" href="([^"]+)"', pages[-1]):
            cursor = unescape(address[1]).partition("cursor=")[2]
            shown = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            assert name.encode() not in shown
            pages.append(await others.open(unescape(address[1])))
    async with signed_in(server, server.tokens["ats-acme"]) as acme:
        refused = await acme.http.get(f"/desk/holds?cursor={cursor}")
    for one in held:  # Other tests count holds.
        server.store.delete(keys.hold(one))

    assert len(pages) > 1
    assert not [page for page in pages if name in page]
    assert refused.status_code == 400


async def test_an_erasure_by_who_sees_one_hirer_is_said_to_be_done(
    server: OperatorServer,
) -> None:
    """The page of what was erased is not for them: they are led to the list."""
    recorded = await server.recorded(job_id="DEV-17")
    async with signed_in(server, server.tokens["ats-acme"]) as acme:
        answer = await acme.act(recorded, "erase", reason="case 1", confirmed="yes")
        assert answer.status_code == 303, answer.text
        page = await acme.open(answer.headers["Location"])
        again = await acme.act(recorded, "erase", reason="case 1", confirmed="yes")

    assert "The application is erased." in page
    assert again.status_code == 404
    assert "This has changed nothing." in again.text
