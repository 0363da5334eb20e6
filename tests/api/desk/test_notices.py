"""What was done is said to whoever has done it, and by no link."""

import pytest

from tests.api.desk.signed_in import Desk, page_of, signed_in

pytestmark = pytest.mark.xdist_group("desk")

_HELD = "The application is on hold: nothing of it will be removed."


async def test_no_link_has_a_page_say_that_something_was_done(desk: Desk) -> None:
    """Neither one that somebody makes up, nor that of another session."""
    one = await desk.server.recorded()
    held = await desk.act(one, "hold", reason="case 4711")
    address = held.headers["Location"]

    said = await desk.open(address)
    forged = [
        await desk.open(f"{page_of(one)}?done={what}")
        for what in ("held", "held.", f"erased.{address.rpartition('.')[2]}", "é.é")
    ]
    async with signed_in(desk.server) as other:
        of_other = await other.open(address)

    assert _HELD in said
    assert not any('class="note good"' in page for page in (*forged, of_other))
