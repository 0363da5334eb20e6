"""GET /applications/{id}."""

from typing import Literal

import pytest

from letterbox.domain.application import Application, Flag, Hold, Stage
from tests.api.operator.operator_server import OperatorServer
from tests.factories import careerjet
from tests.record_factory import NOON, record

pytestmark = pytest.mark.xdist_group("operator")


async def test_an_open_record_is_returned_as_it_is_stored(
    server: OperatorServer,
) -> None:
    """It is whole, and fits the published schema."""
    application_id = await server.recorded()

    answer = await server.ask("GET", application_id)

    assert answer.status_code == 200
    result = Application.model_validate_json(answer.content)
    assert result == server.records.applications.find(application_id)
    assert result.candidate.person.name.formatted == "Ada Example"
    assert answer.headers["Cache-Control"] == "private, no-store"


async def test_an_archived_record_is_read_from_its_archive(
    server: OperatorServer,
) -> None:
    """It can be read for as long as the archive is kept."""
    kept = record("careerjet:archived-1")
    server.archive(kept)

    answer = await server.ask("GET", kept.id)

    assert answer.status_code == 200
    result = Application.model_validate_json(answer.content)
    assert result.stage is Stage.ARCHIVED
    assert result.candidate == kept.candidate


async def test_a_hold_placed_after_archiving_is_shown(server: OperatorServer) -> None:
    """The archive is not written again for it."""
    kept = record("careerjet:archived-2")
    server.archive(kept)
    server.records.holds.place(kept.id, Hold(reason="case 4711", placed_at=NOON))
    held = (await server.ask("GET", kept.id)).json()

    over = Hold(reason="case 4711", placed_at=NOON, until=NOON)
    server.records.holds.place(kept.id, over)
    free = (await server.ask("GET", kept.id)).json()

    assert held["hold"]["reason"] == "case 4711"
    assert held["flags"] == [Flag.HELD, Flag.ODD_FILE]
    assert (free["hold"], free["flags"]) == (None, [Flag.ODD_FILE])


@pytest.mark.parametrize("stage", [Stage.ERASED, Stage.DISCARDED])
async def test_a_removed_application_is_410_with_the_time(
    stage: Literal[Stage.ERASED, Stage.DISCARDED], server: OperatorServer
) -> None:
    """The reason is not for everybody."""
    kept = record(f"careerjet:{stage}-1")
    server.put(kept)
    server.bury(kept.id, stage)

    answer = await server.ask("GET", kept.id)

    assert answer.status_code == 410
    assert answer.json() == {
        "title": "Gone",
        "status": 410,
        "detail": f"the application was {stage}",
        "stage": stage,
        "removed_at": "2026-03-01T12:00:00Z",
    }


async def test_an_application_with_an_unfinished_erasure_is_410(
    server: OperatorServer,
) -> None:
    """Whatever is still stored, nobody is shown it."""
    kept = record("careerjet:erased-half")
    server.bury(kept.id, Stage.ERASED)
    server.put(kept)

    answer = await server.ask("GET", kept.id)

    assert answer.status_code == 410
    assert b"Ada" not in answer.content


async def test_an_unrecorded_application_is_202(server: OperatorServer) -> None:
    """It is safe, and there is nothing to show yet."""
    delivery, contents = careerjet("accepted-1")
    server.records.applications.accept(delivery, contents)

    answer = await server.ask("GET", delivery.application_id)

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
async def test_an_unknown_application_is_404(
    application_id: str, server: OperatorServer
) -> None:
    """Hostile ids are looked for as any other, and not found."""
    answer = await server.ask("GET", application_id)

    assert answer.status_code == 404
    assert answer.json()["detail"] == "no such application"


@pytest.mark.parametrize("dots", ["%2E", "%2e%2e", "%2E%2E%2F%2E%2E"])
async def test_an_id_that_is_no_key_is_404(dots: str, server: OperatorServer) -> None:
    """It is nobody's id, and no error of ours."""
    answer = await server.http.get(f"/applications/{dots}")

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
async def test_an_application_id_may_hold_any_character(
    board_id: str, server: OperatorServer
) -> None:
    """A board's id is its own affair; only its slashes must be encoded."""
    name = "0" * 64 + ".pdf"
    kept = record(f"careerjet:{board_id}")
    server.put(kept, {name: b"CV"})

    read = await server.ask("GET", kept.id)
    elsewhere = await server.ask("GET", kept.id, f"/documents/{name}")

    assert read.json()["id"] == kept.id
    # Routed to its documents, among which there is none.
    assert elsewhere.json()["detail"] == "no such document"


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("hr-open", "application/vnd.hr-open.candidate+json"),
        ("json-resume", "application/resume+json"),
    ],
)
async def test_a_record_is_read_in_a_standard_form(
    form: str, media_type: str, server: OperatorServer
) -> None:
    """Who may see no contacts sees none in any of them."""
    application_id = await server.recorded()
    path = f"/applications/{application_id}"

    whole = await server.http.get(path, params={"as": form})
    async with server.named("victor") as viewer:
        shown = await viewer.get(path, params={"as": form})
    unknown = await server.http.get(path, params={"as": "xml"})

    assert whole.headers["Content-Type"] == media_type
    assert "ada@example.com" in whole.text
    assert "Ada Example" in shown.text
    assert "ada@example.com" not in shown.text
    assert unknown.status_code == 422
