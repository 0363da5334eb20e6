"""GET /applications/{id}/documents/{name}."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letterbox.domain.application import Application, Stage
from tests.api.operator.operator_server import Office
from tests.record_factory import attachment, record

pytestmark = pytest.mark.xdist_group("operator")

# More than two of the chunks that a store gives it in.
BODY = bytes(range(251)) * 2500
NAME = f"{sha256(BODY).hexdigest()}.pdf"
PATH = f"/documents/{NAME}"
ID = "careerjet:with documents"


def with_document(application_id: str = ID, **about: object) -> Application:
    """Have a record with one document, of which something is told."""
    return record(application_id, attachment(NAME).model_copy(update=about))


@pytest.fixture(name="there", scope="module")
def _there(at: Office) -> Office:
    at.put(with_document(filename="Lebenslauf Ädä.pdf"), {NAME: BODY})
    return at


async def test_it_is_saved_and_never_shown(there: Office) -> None:
    """Whatever it is, no browser runs it as ours, and no proxy keeps it."""
    answer = await there.ask("GET", ID, PATH)

    assert answer.status_code == 200
    assert answer.content == BODY
    shown = {name: answer.headers[name] for name in _EXPECTED}
    assert shown == _EXPECTED


_EXPECTED = {
    "Content-Type": "application/pdf",
    "Content-Length": str(len(BODY)),
    "Content-Disposition": (
        'attachment; filename="Lebenslauf _d_.pdf"; '
        "filename*=UTF-8''Lebenslauf%20%C3%84d%C3%A4.pdf"
    ),
    "ETag": f'"{NAME[:64]}"',
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@pytest.mark.parametrize(
    ("media_type", "told"),
    [
        (None, "application/octet-stream"),
        ("text/plain", "text/plain"),
        ("text/html", "text/html"),
    ],
)
async def test_its_type_is_what_it_was_found_to_be(
    media_type: str | None, told: str, at: Office
) -> None:
    """No charset is made up for a text: nobody knows it."""
    kept = with_document(f"careerjet:type {told}", media_type=media_type)
    at.put(kept, {NAME: BODY})

    answer = await at.ask("GET", kept.id, PATH)

    assert answer.headers["Content-Type"] == told


@given(data=st.data())
@settings(max_examples=25, deadline=None)
async def test_a_range_is_the_slice(data: st.DataObject, there: Office) -> None:
    """Byte for byte, and the answer says which."""
    start = data.draw(st.integers(0, len(BODY) - 1))
    last = data.draw(st.integers(start, len(BODY) + 10))
    header, part = data.draw(
        st.sampled_from(
            [
                (f"bytes={start}-{last}", BODY[start : last + 1]),
                (f"bytes={start}-", BODY[start:]),
                (f"bytes=-{start + 1}", BODY[-start - 1 :]),
            ]
        )
    )

    answer = await there.ask("GET", ID, PATH, headers={"Range": header})

    assert answer.status_code == 206
    assert answer.content == part
    first = BODY.__len__() - len(part) if header.startswith("bytes=-") else start
    told = f"bytes {first}-{first + len(part) - 1}/{len(BODY)}"
    assert answer.headers["Content-Range"] == told
    assert answer.headers["Content-Length"] == str(len(part))


async def test_several_ranges_are_answered_by_the_whole(there: Office) -> None:
    """It is allowed, and no sender of CVs needs more."""
    answer = await there.ask("GET", ID, PATH, headers={"Range": "bytes=0-1,5-6"})

    assert (answer.status_code, answer.content) == (200, BODY)


async def test_416_for_a_range_beyond_the_end(there: Office) -> None:
    """With the size, so that the next try fits."""
    answer = await there.ask("GET", ID, PATH, headers={"Range": f"bytes={len(BODY)}-"})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(BODY)}"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "tag", ['"{}"', 'W/"{}"', '"other", "{}"', "*"], ids=["same", "weak", "list", "any"]
)
async def test_304_for_who_has_it(tag: str, there: Office) -> None:
    """Its content is in its name and never changes."""
    headers = {"If-None-Match": tag.format(NAME[:64]), "Range": "bytes=0-1"}

    answer = await there.ask("GET", ID, PATH, headers=headers)

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == f'"{NAME[:64]}"'


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"{}"', 206), ('W/"{}"', 200), ("another", 200)],
    ids=["same", "weak", "other"],
)
async def test_a_part_of_what_one_has_and_else_the_whole(
    tag: str, status: int, there: Office
) -> None:
    """If-Range goes by the strong tag alone."""
    headers = {"If-Range": tag.format(NAME[:64]), "Range": "bytes=0-9"}

    assert (await there.ask("GET", ID, PATH, headers=headers)).status_code == status


async def test_403_for_what_is_infected(at: Office) -> None:
    """Though it were in its old place still."""
    kept = with_document("careerjet:infected", scan="infected")
    at.put(kept, {NAME: BODY})

    answer = await at.ask("GET", kept.id, PATH)

    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("quarantined")


async def test_410_for_what_is_archived(at: Office) -> None:
    """It is in there, and somebody has to take it out."""
    kept = with_document("careerjet:archived with documents")
    at.archive(kept)

    answer = await at.ask("GET", kept.id, PATH)

    assert answer.status_code == 410
    assert answer.json()["stage"] == "archived"
    assert "letterbox restore" in answer.json()["detail"]


async def test_410_for_what_was_erased(at: Office) -> None:
    """There is nothing to take it out of."""
    at.bury("careerjet:erased with documents", Stage.ERASED)

    answer = await at.ask("GET", "careerjet:erased with documents", PATH)

    assert (answer.status_code, answer.json()["stage"]) == (410, "erased")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("0" * 64 + ".pdf", 404),
        (NAME.replace(".pdf", ".exe"), 404),
        (NAME[:64], 422),
        ("..%2Fapplication.json", 422),
        ("application.json", 422),
        (NAME.upper(), 422),
        (NAME + "%00", 422),
        (NAME + "%0A", 422),
        ("%2e%2e", 422),
        ("..%5C" + NAME, 422),
    ],
)
async def test_no_other_name_leads_anywhere(
    name: str, status: int, there: Office
) -> None:
    """Only what the record lists is looked for in the store."""
    answer = await there.ask("GET", ID, f"/documents/{name}")

    assert answer.status_code == status


async def test_404_where_the_store_has_lost_it(at: Office) -> None:
    """The record says that it was there; no half of an answer is begun."""
    kept = with_document("careerjet:without its document")
    at.put(kept)

    assert (await at.ask("GET", kept.id, PATH)).status_code == 404


async def test_404_while_it_is_not_recorded(at: Office) -> None:
    """What was not looked at yet is not handed out."""
    at.records.applications.put_document("careerjet:early", NAME, BODY, len(BODY))

    assert (await at.ask("GET", "careerjet:early", PATH)).status_code == 404


async def test_an_empty_document_is_one_too(at: Office) -> None:
    """Some candidates send them."""
    name = f"{sha256(b'').hexdigest()}.bin"
    at.put(record("careerjet:empty", attachment(name)), {name: b""})

    answer = await at.ask("GET", "careerjet:empty", f"/documents/{name}")

    assert (answer.status_code, answer.content) == (200, b"")
