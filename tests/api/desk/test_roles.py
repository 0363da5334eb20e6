"""What each role, and an operator of one hirer, sees and does at the desk."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from letterbox.domain.application import PositionOpening
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.operators import OperatorRole
from letterbox.operators import changes
from tests.api.desk.signed_in import Desk, page_of, signed_in
from tests.api.operator.operator_server import NAMED, OperatorServer
from tests.record_factory import attachment, record
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("desk")

NAME = f"{'a' * 64}.pdf"


@pytest_asyncio.fixture(name="desks", scope="module", loop_scope="session")
async def _desks(server: OperatorServer) -> AsyncIterator[dict[str, Desk]]:
    """Sign every named operator in, once: to verify a token takes a while."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(signed_in(server, token))
            for name, token in server.tokens.items()
            if name in NAMED
        }


def of_hirer(server: OperatorServer, hirer: str) -> str:
    """Have an application for a position of a hirer."""
    application_id = f"careerjet:at-the-desk-of-{hirer}"
    kept = record(
        application_id,
        attachment(NAME),
        position=PositionOpening(reference="DEV-17", hirer=hirer),
    )
    server.put(kept, {NAME: b"%PDF-1.4"})
    return application_id


@pytest.mark.parametrize(
    ("operator", "shown"),
    [
        ("victor", set()),
        ("tara", {"documents", "contacts", "position"}),
        ("paul", {"documents", "contacts", "hold", "erase"}),
        ("ann", {"documents", "contacts", "position", "hold", "erase"}),
    ],
)
async def test_a_page_offers_what_the_role_allows(
    operator: str, shown: set[str], desks: dict[str, Desk], server: OperatorServer
) -> None:
    """What is not offered is not to be had by its address either."""
    address = page_of(of_hirer(server, "acme"))
    page = await desks[operator].open(address)
    signs = {
        "documents": f'{NAME}" download',
        "contacts": "ada@example.com",
        "position": f"{address}/position",
        "hold": f"{address}/hold",
        "erase": f"{address}/erase",
    }

    assert {name for name, sign in signs.items() if sign in page} == shown
    assert "Ada Example" in page
    denied = {
        "documents": desks[operator].http.get(f"{address}/documents/{NAME}"),
        "contacts": desks[operator].http.get(f"{address}/views/1"),
        "position": desks[operator].send(f"{address}/position", reference="DEV-17"),
        "hold": desks[operator].send(f"{address}/hold", reason="case 1"),
        "erase": desks[operator].http.get(f"{address}/erase"),
    }
    for name, asked in denied.items():
        if name in shown:
            asked.close()
        else:
            answer = await asked
            assert answer.status_code == 403, name
            assert f"Your role is {NAMED[operator][0]}" in answer.text


async def test_an_operator_of_another_hirer_finds_nothing(
    desks: dict[str, Desk], server: OperatorServer
) -> None:
    """Neither the page, nor a document, a hold, a list or a count tells of it."""
    application_id = of_hirer(server, "acme")
    address = page_of(application_id)
    await server.ask("POST", application_id, "/hold", json={"reason": "case 4711"})
    theirs, others = desks["ats-acme"], desks["ats-other"]

    answers = [
        await others.http.get(f"{address}{rest}")
        for rest in ("", f"/documents/{NAME}", "/views/1", "/erase", "/demographics")
    ]
    answers += [
        await others.send(f"{address}/{what}", reason="case 1", reference="DEV-17")
        for what in ("position", "hold", "release", "erase", "deliver", "status")
    ]
    found = await others.send("/desk/find", q="ada@example.com")
    by_id = [
        await someone.send("/desk/find", q=application_id.partition(":")[2])
        for someone in (theirs, others)
    ]
    closed = await others.send(
        "/desk/positions/close", reference="DEV-17", hirer="acme"
    )

    assert {answer.status_code for answer in answers} == {404}
    assert application_id not in found.text
    assert closed.status_code == 404
    assert [answer.status_code for answer in by_id] == [303, 404]
    assert application_id not in await others.open("/desk/holds")
    assert "DEV-17" not in await others.open("/desk/positions")
    assert application_id in await theirs.open("/desk/holds")
    assert "DEV-17" in await theirs.open("/desk/positions")
    assert "Ada Example" in await theirs.open(address)
    assert "What runs by itself" not in await theirs.open("/desk")


@pytest.mark.parametrize("page", ["erasures", "audit"])
async def test_what_does_not_say_whose_it_is_is_for_who_sees_everything(
    page: str, desks: dict[str, Desk]
) -> None:
    """An erased application has no hirer any more."""
    answer = await desks["ats-acme"].http.get(f"/desk/{page}")

    assert answer.status_code == 403
    assert "operators who see all hirers" in answer.text
    assert page not in await desks["ats-acme"].open("/desk/holds")


async def test_what_is_seen_and_done_at_the_desk_is_in_the_journal(
    desks: dict[str, Desk], server: OperatorServer
) -> None:
    """By the operator's name, and once for a page."""
    application_id = await server.recorded()
    desk = desks["ann"]
    page = await desk.open(page_of(application_id))
    name = re.search(r'/documents/([0-9a-f]{64}\.pdf)"', page)
    assert name
    await desk.http.get(f"{page_of(application_id)}/documents/{name[1]}")
    await desk.act(application_id, "deliver")
    await desk.act(application_id, "hold", reason="case 4711")

    journal = await desk.open(f"/desk/journal?application={application_id}&operator=")

    deeds = re.findall(
        r"<td class=\"who\"><bdi>([^<]+)</bdi></td><td>([^<]+)</td>", journal
    )
    assert deeds == [
        ("desk: ann", deed.value)
        for deed in (
            JournalAction.HOLD,
            JournalAction.DELIVER,
            JournalAction.DOCUMENT,
            JournalAction.READ,
        )
    ]


async def test_a_session_ends_when_the_operator_is_revoked(
    server: OperatorServer,
) -> None:
    """Within seconds, in every process: the file says who may come in."""
    assert server.settings.operators
    added = changes.add(server.settings.operators, "rita", OperatorRole.TRIAGE)

    async def is_known() -> bool:
        answer = await server.http.post("/desk/sign-in", data={"token": added.token})
        # A few times only: wrong tokens are limited.
        await asyncio.sleep(0 if answer.is_redirect else 0.5)
        return answer.is_redirect

    await eventually(is_known)
    async with signed_in(server, added.token) as desk:
        assert "Today" in await desk.open("/desk")

        changes.revoke(server.settings.operators, "rita")

        async def is_signed_out() -> bool:
            return (await desk.http.get("/desk")).status_code == 303

        await eventually(is_signed_out)
