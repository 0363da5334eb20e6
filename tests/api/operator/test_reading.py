"""GET /applications/{id}."""

from typing import Literal

import pytest

from letterbox.domain.application import Application, Flag, Hold, Stage
from tests.api.operator.operator_server import Office
from tests.factories import careerjet
from tests.record_factory import NOON, record

pytestmark = pytest.mark.xdist_group("operator")


async def test_the_record_is_told_as_it_is_kept(at: Office) -> None:
    """All of it, in the published schema."""
    application_id = await at.recorded()

    answer = await at.ask("GET", application_id)

    assert answer.status_code == 200
    told = Application.model_validate_json(answer.content)
    assert told == at.records.applications.find(application_id)
    assert told.candidate.person.name.formatted == "Ada Example"
    assert answer.headers["Cache-Control"] == "private, no-store"


async def test_an_archived_one_is_told_from_its_archive(at: Office) -> None:
    """For as long as the archive is kept."""
    kept = record("careerjet:archived-1")
    at.archive(kept)

    answer = await at.ask("GET", kept.id)

    assert answer.status_code == 200
    told = Application.model_validate_json(answer.content)
    assert told.stage is Stage.ARCHIVED
    assert told.candidate == kept.candidate


async def test_a_hold_that_came_after_the_archive_is_told(at: Office) -> None:
    """The archive is not written again for it."""
    kept = record("careerjet:archived-2")
    at.archive(kept)
    at.records.holds.place(kept.id, Hold(reason="case 4711", placed_at=NOON))
    held = (await at.ask("GET", kept.id)).json()

    over = Hold(reason="case 4711", placed_at=NOON, until=NOON)
    at.records.holds.place(kept.id, over)
    free = (await at.ask("GET", kept.id)).json()

    assert held["hold"]["reason"] == "case 4711"
    assert held["flags"] == [Flag.HELD, Flag.ODD_FILE]
    assert (free["hold"], free["flags"]) == (None, [Flag.ODD_FILE])


@pytest.mark.parametrize("stage", [Stage.ERASED, Stage.DISCARDED])
async def test_410_where_a_tombstone_is_left(
    stage: Literal[Stage.ERASED, Stage.DISCARDED], at: Office
) -> None:
    """And when it was removed; why is not for everybody."""
    kept = record(f"careerjet:{stage}-1")
    at.put(kept)
    at.bury(kept.id, stage)

    answer = await at.ask("GET", kept.id)

    assert answer.status_code == 410
    assert answer.json() == {
        "title": "Gone",
        "status": 410,
        "detail": f"the application was {stage}",
        "stage": stage,
        "removed_at": NOON.isoformat(),
    }


async def test_410_even_if_the_erasure_was_cut_short(at: Office) -> None:
    """Whatever is still there: nobody is shown it."""
    kept = record("careerjet:erased-half")
    at.bury(kept.id, Stage.ERASED)
    at.put(kept)

    answer = await at.ask("GET", kept.id)

    assert answer.status_code == 410
    assert b"Ada" not in answer.content


async def test_202_while_it_is_accepted_and_not_recorded(at: Office) -> None:
    """It is safe, and there is nothing to show yet."""
    delivery, contents = careerjet("accepted-1")
    at.records.applications.accept(delivery, contents)

    answer = await at.ask("GET", delivery.application_id)

    assert answer.status_code == 202
    assert answer.json() == {"id": delivery.application_id, "stage": "received"}


@pytest.mark.parametrize(
    "application_id",
    [
        "careerjet:unknown",
        "careerjet",
        "../../positions/catalogue.json",
        "careerjet:\0",
        "careerjet:%2e%2e%2f",
        "careerjet:" + "x" * 5000,
        "careerjet:☃/documents/" + "0" * 64 + ".pdf",
        "careerjet:a/hold",
    ],
)
async def test_404_for_what_is_not_there(application_id: str, at: Office) -> None:
    """Hostile ids are looked for as any, and not found."""
    answer = await at.ask("GET", application_id)

    assert answer.status_code == 404
    assert answer.json()["detail"] == "no such application"


@pytest.mark.parametrize("dots", ["%2E", "%2e%2e", "%2E%2E%2F%2E%2E"])
async def test_404_for_what_would_be_a_folder(dots: str, at: Office) -> None:
    """Not an error of ours: it is no key, and nobody's id."""
    answer = await at.http.get(f"/applications/{dots}")

    assert answer.status_code == 404
    assert answer.json()["detail"] == "no such application"


@pytest.mark.parametrize(
    "board_id",
    [
        "a/b",
        "a/hold",
        "a/documents/b",
        "/",
        "a%2Fb",
        "a%252Fb",
        "é ☃?#&+",
        "a\\b",
        "..",
    ],
)
async def test_an_id_may_hold_anything(board_id: str, at: Office) -> None:
    """A board's id is its own affair; only its slashes must be encoded."""
    name = "0" * 64 + ".pdf"
    kept = record(f"careerjet:{board_id}")
    at.put(kept, {name: b"CV"})

    read = await at.ask("GET", kept.id)
    elsewhere = await at.ask("GET", kept.id, f"/documents/{name}")

    assert read.json()["id"] == kept.id
    # Routed to its documents, among which there is none.
    assert elsewhere.json()["detail"] == "no such document"
