"""Whatever a stranger wrote or sent is text at the desk, or saved, and never run."""

import pytest

from letterbox.domain.application import Flag, PositionOpening
from tests.api.desk.signed_in import Desk, page_of
from tests.record_factory import attachment, record

pytestmark = pytest.mark.xdist_group("desk")

SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("extension", "media_type", "body"),
    [
        ("html", "text/html", b"<script>alert(1)</script>"),
        ("svg", "image/svg+xml", b"<svg xmlns='x' onload='alert(1)'/>"),
        ("pdf", "application/pdf", b"%PDF-1.4 /OpenAction << /S /JavaScript >>"),
        ("xhtml", "application/xhtml+xml", b"<html xmlns='x'><script/></html>"),
    ],
)
async def test_a_document_with_a_script_is_saved_and_never_opened(
    extension: str, media_type: str, body: bytes, desk: Desk
) -> None:
    """Under a name that has no folder, and that a browser does not take for a page."""
    name = f"{'b' * 64}.{extension}"
    hostile = attachment(name).model_copy(
        update={
            "filename": f"../../\u202eAda\r\n.{extension}",
            "media_type": media_type,
        }
    )
    kept = record(f"careerjet:hostile-{extension}", hostile)
    desk.server.put(kept, {name: body})

    answer = await desk.http.get(f"{page_of(kept.id)}/documents/{name}")
    part = await desk.http.get(
        f"{page_of(kept.id)}/documents/{name}", headers={"Range": "bytes=0-3"}
    )

    disposition = answer.headers["Content-Disposition"]
    assert answer.content == body
    assert disposition.startswith("attachment;")
    assert not any(text in disposition for text in ("..", "/", "%2F", "%E2%80%AE"))
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (part.status_code, part.content) == (206, body[:4])


async def test_what_the_board_said_is_shown_as_it_said_it(desk: Desk) -> None:
    """As text, whatever it looks like."""
    application_id = await desk.server.recorded(letter=SCRIPT)

    page = await desk.open(f"{page_of(application_id)}/views/1")
    missing = await desk.http.get(f"{page_of(application_id)}/views/2")

    assert "&lt;script&gt;alert(1)" in page
    assert SCRIPT not in page
    assert missing.status_code == 404


async def test_strangers_words_are_text_on_every_page(desk: Desk) -> None:
    """Names, file names, references, reasons and answers are others' to choose."""
    application_id = "careerjet:<img src=x onerror=alert(1)>/'\""
    hostile = record(
        application_id,
        attachment(f"{'0' * 64}.html", problem="markup").model_copy(
            update={"filename": f"{SCRIPT}.html", "media_type": SCRIPT}
        ),
        position=PositionOpening(reference=SCRIPT, title=SCRIPT, hirer=SCRIPT),
    )
    person = hostile.candidate.person
    name = person.name.model_copy(update={"formatted": f"{SCRIPT}\u202e"})
    candidate = hostile.candidate.model_copy(
        update={
            "person": person.model_copy(update={"name": name}),
            "skills": (SCRIPT, "\u202eliar", "Python"),
        }
    )
    answer = hostile.answers[0].model_copy(
        update={"question": SCRIPT, "question_html": SCRIPT, "answer": SCRIPT}
    )
    desk.server.put(
        hostile.model_copy(
            update={"candidate": candidate, "answers": (answer,), "flags": (Flag.HELD,)}
        )
    )

    page = await desk.open(page_of(application_id))

    assert SCRIPT not in page
    assert "<img src=x" not in page
    assert page.count("&lt;script&gt;") >= 7
    assert "javascript:" not in page
    # Each for itself: what turns the one about turns nothing else.
    assert "<bdi>\u202eliar</bdi>, <bdi>Python</bdi>" in page
