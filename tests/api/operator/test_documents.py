"""GET /applications/{id}/documents/{name}."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letterbox.domain.application import Application, Stage
from tests.api.operator.operator_server import OperatorServer
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
def _there(server: OperatorServer) -> OperatorServer:
    server.put(with_document(filename="Lebenslauf Ädä.pdf"), {NAME: BODY})
    return server


async def test_a_document_is_an_attachment_that_no_browser_shows(
    there: OperatorServer,
) -> None:
    """No browser runs it as ours, and no proxy stores it."""
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
    ("media_type", "content_type"),
    [
        (None, "application/octet-stream"),
        ("text/plain", "text/plain"),
        ("text/html", "text/html"),
    ],
)
async def test_a_document_has_the_recognised_media_type(
    media_type: str | None, content_type: str, server: OperatorServer
) -> None:
    """A text gets no charset: nobody knows it."""
    kept = with_document(f"careerjet:type {content_type}", media_type=media_type)
    server.put(kept, {NAME: BODY})

    answer = await server.ask("GET", kept.id, PATH)

    assert answer.headers["Content-Type"] == content_type


@given(data=st.data())
@settings(max_examples=25, deadline=None)
async def test_a_range_request_returns_the_slice(
    data: st.DataObject, there: OperatorServer
) -> None:
    """The bytes are those of the range, which ``Content-Range`` names."""
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
    content_range = f"bytes {first}-{first + len(part) - 1}/{len(BODY)}"
    assert answer.headers["Content-Range"] == content_range
    assert answer.headers["Content-Length"] == str(len(part))


async def test_several_ranges_are_answered_with_the_whole_document(
    there: OperatorServer,
) -> None:
    """RFC 9110 allows it, and nobody needs more of a CV."""
    answer = await there.ask("GET", ID, PATH, headers={"Range": "bytes=0-1,5-6"})

    assert (answer.status_code, answer.content) == (200, BODY)


async def test_a_range_beyond_the_end_is_416(there: OperatorServer) -> None:
    """The answer has the size, so that the next request fits."""
    answer = await there.ask("GET", ID, PATH, headers={"Range": f"bytes={len(BODY)}-"})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(BODY)}"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "tag", ['"{}"', 'W/"{}"', '"other", "{}"', "*"], ids=["same", "weak", "list", "any"]
)
async def test_a_document_that_the_client_has_is_304(
    tag: str, there: OperatorServer
) -> None:
    """The content of a name never changes."""
    headers = {"If-None-Match": tag.format(NAME[:64]), "Range": "bytes=0-1"}

    answer = await there.ask("GET", ID, PATH, headers=headers)

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == f'"{NAME[:64]}"'


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"{}"', 206), ('W/"{}"', 200), ("another", 200)],
    ids=["same", "weak", "other"],
)
async def test_if_range_returns_the_range_only_for_the_strong_tag(
    tag: str, status: int, there: OperatorServer
) -> None:
    """With any other tag the whole document is returned."""
    headers = {"If-Range": tag.format(NAME[:64]), "Range": "bytes=0-9"}

    assert (await there.ask("GET", ID, PATH, headers=headers)).status_code == status


async def test_an_infected_document_is_403(server: OperatorServer) -> None:
    """It is refused even where it still lies in its old place."""
    kept = with_document("careerjet:infected", scan="infected")
    server.put(kept, {NAME: BODY})

    answer = await server.ask("GET", kept.id, PATH)

    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("quarantined")


async def test_a_document_of_an_archived_application_is_410(
    server: OperatorServer,
) -> None:
    """It is in the archive, which has to be restored."""
    kept = with_document("careerjet:archived with documents")
    server.archive(kept)

    answer = await server.ask("GET", kept.id, PATH)

    assert answer.status_code == 410
    assert answer.json()["stage"] == "archived"
    assert "letterbox restore" in answer.json()["detail"]


async def test_a_document_of_an_erased_application_is_410(
    server: OperatorServer,
) -> None:
    """Nothing is left to restore it from."""
    server.bury("careerjet:erased with documents", Stage.ERASED)

    answer = await server.ask("GET", "careerjet:erased with documents", PATH)

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
async def test_a_name_that_the_record_lacks_is_not_served(
    name: str, status: int, there: OperatorServer
) -> None:
    """Only what the record lists is looked for in the store."""
    answer = await there.ask("GET", ID, f"/documents/{name}")

    assert answer.status_code == status


async def test_a_document_that_the_store_has_lost_is_404(
    server: OperatorServer,
) -> None:
    """The status is sent only once the document was opened."""
    kept = with_document("careerjet:without its document")
    server.put(kept)

    assert (await server.ask("GET", kept.id, PATH)).status_code == 404


async def test_a_document_of_an_unrecorded_application_is_404(
    server: OperatorServer,
) -> None:
    """What was not inspected yet is not handed out."""
    server.records.applications.put_document("careerjet:early", NAME, BODY, len(BODY))

    assert (await server.ask("GET", "careerjet:early", PATH)).status_code == 404


async def test_an_empty_document_is_served(server: OperatorServer) -> None:
    """Some candidates send empty documents."""
    name = f"{sha256(b'').hexdigest()}.bin"
    server.put(record("careerjet:empty", attachment(name)), {name: b""})

    answer = await server.ask("GET", "careerjet:empty", f"/documents/{name}")

    assert (answer.status_code, answer.content) == (200, b"")
