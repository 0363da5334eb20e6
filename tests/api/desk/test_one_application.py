"""The page of one application, and what a person does there, without any script."""

import json
import re
from html import unescape
from urllib.parse import quote
from uuid import uuid4

import pytest

from letterbox.domain.application import Stage
from tests.api.desk.signed_in import Desk, page_of
from tests.api.operator.operator_server import OPEN
from tests.factories import PDF, careerjet
from tests.record_factory import record

pytestmark = pytest.mark.xdist_group("desk")


async def test_a_page_shows_all_that_is_known(desk: Desk) -> None:
    """The candidate, the documents, the history, and the workflow in Temporal's UI."""
    application_id = await desk.server.recorded()

    page = await desk.open(page_of(application_id))

    for known in (
        "Ada Example",
        "ada@example.com",
        application_id,
        "Letter carrier",
        "cv.pdf",
        "<strong>recorded</strong>",
        "View 1",
        f"/namespaces/default/workflows/{quote(application_id, safe='')}",
    ):
        assert known in page


async def test_a_document_is_downloaded_and_shown_by_no_browser(desk: Desk) -> None:
    """Its own policy allows nothing, should it be opened all the same."""
    application_id = await desk.server.recorded()
    page = await desk.open(page_of(application_id))
    address = re.search(r'href="([^"]+\.pdf)" download', page)
    assert address

    answer = await desk.http.get(unescape(address[1]))

    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


async def test_what_waits_is_assigned_by_a_suggestion(desk: Desk) -> None:
    """The most similar comes first, and nothing is chosen before a person chooses."""
    application_id = await desk.server.recorded(job_id=f"{OPEN}-a")
    page = await desk.open(page_of(application_id))
    [first, *_] = re.findall(r'name="choice" value="([^"]+)">', page)

    answer = await desk.act(application_id, "position", choice=unescape(first))

    assert json.loads(unescape(first)) == [OPEN, ""]
    assert (
        "checked"
        not in page.partition("Similar open positions")[2].partition("</form>")[0]
    )
    assert answer.headers["Location"].startswith(
        f"{page_of(application_id)}?done=assigned."
    )
    page = await desk.open(answer.headers["Location"])
    assert "The position is assigned." in page
    assert "Letter carrier" in page
    told = " ".join(re.sub(r"<[^>]*>", "", page).split())
    assert f"Letter carrier {OPEN} chosen by desk: operator" in told
    assert f"assigned {OPEN} by desk: operator" in told


async def test_what_waits_is_assigned_by_a_reference_that_somebody_typed(
    desk: Desk,
) -> None:
    """With the hirer, where several have it, and the reason."""
    application_id = await desk.server.recorded(job_id="nobody-knows-it")

    answer = await desk.act(
        application_id,
        "position",
        choice="",
        reference="DEV-17",
        hirer="acme",
        reason="case 4711",
    )

    assert answer.status_code == 303
    found = desk.server.records.applications.find(application_id)
    assert found
    assert (found.position.reference, found.position.hirer) == ("DEV-17", "acme")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"choice": "no JSON"},
        {"choice": "[1]"},
        {"choice": "{}"},
        {"choice": "3"},
        {"reference": "nobody has it"},
        {"reference": "DEV-17", "reason": "ada@example.com"},
        {"reference": "x" * 2000},
    ],
)
async def test_an_assignment_that_cannot_be_is_the_form_again_and_says_why(
    fields: dict[str, str], desk: Desk
) -> None:
    """What was typed stands in it; nothing was changed."""
    application_id = await desk.server.recorded(job_id="nobody-knows-it")

    answer = await desk.act(application_id, "position", **fields)

    assert answer.status_code in {400, 404, 409, 422}, answer.text
    assert "This has changed nothing." in answer.text
    assert f'action="{page_of(application_id)}/position"' in answer.text
    assert 'role="alert"' in answer.text
    for name in ("reference", "reason"):
        value = re.search(rf'name="{name}"[^>]* value="([^"]*)"', answer.text)
        assert value
        assert value[1] == fields.get(name, "")
    found = desk.server.records.applications.find(application_id)
    assert found
    assert found.stage is Stage.TRIAGE


async def test_a_hold_refuses_an_erasure_until_it_is_released(desk: Desk) -> None:
    """Then it asks twice, and leaves a tombstone whose page has the history."""
    application_id = await desk.server.recorded()
    held = await desk.act(
        application_id, "hold", reason="case 4711", until="2199-12-31"
    )
    on_hold = await desk.open(held.headers["Location"])
    asked = await desk.open(f"{page_of(application_id)}/erase")
    refused = await desk.act(application_id, "erase", reason="case 12", confirmed="yes")

    released = await desk.act(application_id, "release")
    once = await desk.act(application_id, "erase", reason="case 12")
    still_there = await desk.open(released.headers["Location"])
    twice = await desk.act(application_id, "erase", reason="case 12", confirmed="yes")
    gone = await desk.http.get(twice.headers["Location"])

    assert "until <time" in on_hold
    assert "2200-01-01 00:00" in on_hold
    for page in (asked, refused.text):
        assert "It is on hold" in page
        assert "case 4711" in page
        assert "release it first" in page
        assert 'name="reason"' not in page
        assert "Erase …" not in page
    assert refused.status_code == 409
    assert "This removes the record and 2 documents. Only" in once.text
    assert "are you sure?" in once.text
    assert 'value="case 12"' in once.text
    assert "Ada Example" in still_there
    assert gone.status_code == 410
    assert "Nothing of the candidate is left here." in gone.text
    assert "case 12" in gone.text
    assert "Ada" not in gone.text


async def test_a_reason_that_is_too_long_is_refused_before_an_erasure_is_confirmed(
    desk: Desk,
) -> None:
    """The form comes back with what is wrong; also to who has confirmed at once."""
    application_id = await desk.server.recorded()
    reason = "case 12 " * 70

    asked = await desk.act(application_id, "erase", reason=reason)
    confirmed = await desk.act(application_id, "erase", reason=reason, confirmed="yes")

    for answer in (asked, confirmed):
        assert answer.status_code == 422
        assert "at most 500 characters" in answer.text
        assert "are you sure" not in answer.text
    assert desk.server.records.applications.find(application_id)


async def test_holds_and_erasures_are_listed(desk: Desk) -> None:
    """With the reason and the person."""
    held, erased = [await desk.server.recorded() for _ in range(2)]
    await desk.act(held, "hold", reason="case held")
    await desk.act(erased, "erase", reason="case erased", confirmed="yes")

    holds, erasures = [
        await desk.open(f"/desk/{name}") for name in ("holds", "erasures")
    ]

    assert held in holds
    assert "case held" in holds
    assert erased in erasures
    assert "case erased" in erasures


async def test_a_reason_is_wanted(desk: Desk) -> None:
    """A browser asks for it, and so does the server."""
    application_id = await desk.server.recorded()

    answers = [
        await desk.act(application_id, what, reason=" ") for what in ("hold", "erase")
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert all("Say why" in answer.text for answer in answers)


async def test_a_hold_that_is_refused_keeps_what_was_typed(desk: Desk) -> None:
    """The message stands at the field, and the other field is as it was."""
    application_id = await desk.server.recorded()

    personal = await desk.act(
        application_id, "hold", reason="Ada <Example>", until="2199-12-31"
    )
    endless = await desk.act(
        application_id, "hold", reason="case 4711", until="9999-12-31"
    )

    assert personal.status_code in {400, 409, 422}
    assert 'value="Ada &lt;Example&gt;"' in personal.text
    assert 'value="2199-12-31"' in personal.text
    assert 'role="alert"' in personal.text
    until = re.search(r'<input id="until"[^>]*>', endless.text)
    assert until
    assert 'aria-invalid="true" aria-describedby="refused"' in until[0]
    assert 'value="case 4711"' in endless.text
    assert "<details open>" in endless.text
    assert desk.server.records.holds.find(application_id) is None


async def test_a_status_is_noted_and_the_ats_told_again(desk: Desk) -> None:
    """Each is what the operator API does."""
    application_id = await desk.server.recorded()

    noted = await desk.act(application_id, "status", status="interviewed")
    told = await desk.act(application_id, "deliver")
    refused = await desk.act(application_id, "refresh")

    assert "?done=noted." in noted.headers["Location"]
    page = await desk.open(noted.headers["Location"])
    assert "<option selected>interviewed" in page
    assert told.status_code in {303, 409}
    assert refused.status_code == 409
    assert "The board sends complete applications" in refused.text


async def test_what_is_accepted_only_says_that_it_waits(desk: Desk) -> None:
    """No record is there yet, and the page is no failure."""
    submission, contents = careerjet(str(uuid4()))
    desk.server.records.applications.accept(submission, contents)

    page = await desk.open(page_of(submission.application_id))

    assert "is not recorded yet" in page


async def test_an_archived_application_is_read_from_its_archive(desk: Desk) -> None:
    """Its documents are unpacked by a command, and it can be held."""
    archived = record("careerjet:archived-at-the-desk")
    desk.server.archive(archived)

    page = await desk.open(page_of(archived.id))

    assert "letterbox restore" in page
    assert "Place a legal hold" in page
    assert "Assign" not in page


@pytest.mark.parametrize("rest", ["", "/erase", "/demographics", "/views/1"])
async def test_an_application_that_nobody_sent_is_not_found(
    rest: str, desk: Desk
) -> None:
    """On a page, with the way back."""
    answer = await desk.http.get(f"{page_of('careerjet:nobody')}{rest}")

    assert answer.status_code == 404
    assert "No such application." in answer.text
