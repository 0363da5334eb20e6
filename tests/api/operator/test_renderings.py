"""GET /applications/{id}/documents/{name}/text, and …/pages/{n}.png."""

from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Stage, Tombstone
from letterbox.domain.errors import EndedError, StoreUnavailableError
from letterbox.records.texts import StoredTexts
from letterbox.rendering.process import Rendering
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.api.operator.operator_server import OperatorServer
from tests.record_factory import NOON, attachment, record

pytestmark = pytest.mark.xdist_group("operator")

_SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
CV = (_SAMPLES / "libreoffice.pdf").read_bytes()
DIGEST = sha256(CV).hexdigest()
NAME = f"{DIGEST}.pdf"
PATH = f"/documents/{NAME}"


def _settings() -> Settings:
    return Settings(digest_key="a key of digests")


def put(server: OperatorServer, **about: object) -> str:
    """Record an application with a CV, of which something is told."""
    application_id = f"careerjet:{uuid4()}"
    told = attachment(NAME).model_copy(update=about)
    server.put(record(application_id, told), {NAME: CV})
    return application_id


async def test_the_text_of_a_cv_is_read_and_kept_beside_it(
    server: OperatorServer,
) -> None:
    """As plain text, whatever was in it; the second time it is not made again."""
    application_id = put(server)
    key = keys.document_text(application_id, DIGEST)

    first = await server.ask("GET", application_id, f"{PATH}/text")
    kept = server.store.get(key)
    server.store.put(key, b"made before")
    second = await server.ask("GET", application_id, f"{PATH}/text")

    assert first.status_code == 200
    assert first.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-store"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert "Ada Example" in first.text.splitlines()
    assert kept == first.content
    assert second.text == "made before"


async def test_a_page_of_a_cv_is_a_picture(server: OperatorServer) -> None:
    """Its header says how many there are; beyond them, and of other kinds, 404."""
    application_id = put(server)

    page = await server.ask("GET", application_id, f"{PATH}/pages/1.png?width=300")
    beyond = await server.ask("GET", application_id, f"{PATH}/pages/2.png")
    strange = [
        (await server.ask("GET", application_id, f"{PATH}/pages/{rest}")).status_code
        for rest in ("0.png", "201.png", "x.png", "1.png?width=9000")
    ]

    assert page.status_code == 200
    assert page.headers["Content-Type"] == "image/png"
    assert page.headers["X-Page-Count"] == "1"
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert page.content.startswith(b"\x89PNG")
    assert beyond.status_code == 404
    assert beyond.json()["detail"] == "the document has no such page"
    assert strange == [422] * 4


async def test_what_has_no_text_says_why_and_what_is_infected_is_not_looked_into(
    server: OperatorServer,
) -> None:
    """Nor is what is archived, or never was."""
    infected = put(server, scan="infected")
    scan = f"{sha256(b'no pdf').hexdigest()}.pdf"
    broken = f"careerjet:{uuid4()}"
    server.put(record(broken, attachment(scan)), {scan: b"no pdf"})
    archived = record(f"careerjet:{uuid4()}", attachment(NAME))
    server.archive(archived)

    codes = [
        (await server.ask("GET", infected, f"{PATH}/{what}")).status_code
        for what in ("text", "pages/1.png")
    ]
    without = await server.ask("GET", broken, f"/documents/{scan}/text")
    gone = await server.ask("GET", archived.id, f"{PATH}/text")
    unknown = await server.ask("GET", "careerjet:never", f"{PATH}/text")

    assert codes == [403, 403]
    assert without.status_code == 404
    assert "damaged" in without.json()["detail"]
    assert (gone.status_code, unknown.status_code) == (410, 404)


async def test_who_may_not_see_documents_sees_no_text_and_no_picture_of_them(
    server: OperatorServer,
) -> None:
    """And each that is seen is in the journal, as the document is."""
    application_id = put(server)

    async with server.named("victor") as viewer, server.named("tara") as triage:
        path = f"/applications/{application_id}{PATH}"
        refused = [
            (await viewer.get(f"{path}/{what}")).status_code
            for what in ("text", "pages/1.png")
        ]
        allowed = await triage.get(f"{path}/text")
    about = {"application": application_id}
    journal = (await server.http.get("/journal", params=about)).json()["items"]

    assert refused == [403, 403]
    assert allowed.status_code == 200
    assert [(one["operator"], one["what"]) for one in journal] == [
        ("tara", "document read")
    ]


def test_a_text_goes_into_the_archive_and_is_erased_with_its_application(
    tmp_path: Path,
) -> None:
    """By what archives and erases everything below the application."""
    store = DirectoryStore(tmp_path)
    store.prepare()
    records = open_records(_settings(), store)
    texts = StoredTexts(store, Rendering())
    kept = record("careerjet:1", attachment(NAME))
    records.applications.put_document(kept.id, NAME, CV, len(CV))
    records.applications.update(kept)
    texts.text(kept.id, NAME)

    records.archives.pack(kept.model_copy(update={"stage": Stage.ARCHIVED}))
    paths = records.archives.intact_paths(kept.id)
    tombstone = Tombstone(reason="case 4711", removed_at=NOON)
    records.removal.erase(kept.id, tombstone)

    assert f"texts/{DIGEST}.txt" in paths
    assert list(store.list(keys.APPLICATIONS)) == []


@pytest.mark.parametrize("how", ["erased", "archived"])
def test_a_text_that_is_made_while_its_application_ends_leaves_nothing(
    how: str, tmp_path: Path
) -> None:
    """Whoever erases has listed what there was before the text was put."""

    class Ending(DirectoryStore):
        def put(
            self, key: str, body: bytes | BinaryIO, size: int | None = None
        ) -> None:
            if "/texts/" in key:
                if how == "erased":
                    records.removal.erase(
                        kept.id, Tombstone(reason="case 4711", removed_at=NOON)
                    )
                else:
                    records.archives.pack(kept)
                    records.removal.delete_open_copy(kept.id)
            super().put(key, body, size)

    store = Ending(tmp_path)
    store.prepare()
    records = open_records(_settings(), store)
    kept = record("careerjet:1", attachment(NAME))
    records.applications.put_document(kept.id, NAME, CV, len(CV))
    records.applications.update(kept)

    with pytest.raises(EndedError):
        StoredTexts(store, Rendering()).text(kept.id, NAME)

    assert list(store.list(keys.APPLICATIONS)) == []


def test_a_text_that_cannot_be_kept_is_read_all_the_same(tmp_path: Path) -> None:
    """A disk that is full for a month takes no text from anybody."""

    class Full(DirectoryStore):
        def put(
            self, key: str, body: bytes | BinaryIO, size: int | None = None
        ) -> None:
            if "/texts/" in key:
                raise StoreUnavailableError("the disk is full")
            super().put(key, body, size)

    store = Full(tmp_path)
    store.prepare()
    applications = open_records(_settings(), store).applications
    applications.put_document("careerjet:1", NAME, CV, len(CV))
    applications.update(record("careerjet:1", attachment(NAME)))

    text = StoredTexts(store, Rendering()).text("careerjet:1", NAME)

    assert b"Ada Example" in text
