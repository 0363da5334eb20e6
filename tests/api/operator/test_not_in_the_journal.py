"""What cannot be kept in the journal is neither shown nor done, by no route."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio

from letterbox.catalogue.changes import CatalogueWriter
from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore
from letterbox.domain.positions import Position
from letterbox.resources import open_records, open_store
from letterbox.settings import Settings
from letterbox_cli.samples import CV
from tests.api.desk.signed_in import page_of, token_of_forms
from tests.api.operator.serving import TOKEN, served
from tests.record_factory import attachment, record
from tests.support import free_port

pytestmark = pytest.mark.xdist_group("operator-alone")

ONE = "seek:one"
_VIRUS = b"what the scanner takes for a virus"
_QUARANTINED = f"{sha256(_VIRUS).hexdigest()}.txt"
_ADDRESS = {"X-Candidate-Email": "ada@example.com"}
_BODIES: dict[str, dict[str, str]] = {
    "/position": {"reference": "DEV-17"},
    "/hold": {"reason": "case 4711"},
    "/status": {"status": "viewed"},
    "/release": {"reason": "case 4711"},
}
# Lists show nobody's name; of them the search by address alone is kept.
_LISTS = {
    ("GET", "/applications"),
    ("GET", "/applications.csv"),
    ("GET", "/applications.ndjson"),
    ("GET", "/positions"),
    ("GET", "/positions/{reference}"),
    ("GET", "/journal"),
}


@dataclass(frozen=True, slots=True)
class _Alone:
    http: httpx.AsyncClient
    store: ObjectStore
    cv: str

    def objects(self) -> dict[str, bytes]:
        """Return all that there is."""
        return {one.key: self.store.get(one.key) for one in self.store.list("")}


@pytest_asyncio.fixture(name="alone")
async def _alone(tmp_path: Path) -> AsyncIterator[_Alone]:
    """
    Have an application, and a journal that nothing can be written into.

    There is no Temporal: nothing that is refused has come so far as to ask it.
    """
    settings = Settings(
        store=f"file:{tmp_path / 'store'}",
        api_port=free_port(),
        operator_token=TOKEN,
        digest_key="a key of digests",
    )
    store = open_store(settings)
    store.prepare()
    CatalogueWriter(store).put(Position(reference="DEV-17", title="Developer"))
    body = CV.read_bytes()
    cv = f"{sha256(body).hexdigest()}.pdf"
    records = open_records(settings, store)
    records.applications.put_document(ONE, cv, body, len(body))
    store.put(keys.quarantined(ONE, _QUARANTINED), _VIRUS)
    store.put(keys.demographics(ONE, 1), b'{"sex": "declined"}')
    bad = attachment(_QUARANTINED, scan="infected")
    records.applications.update(
        records.candidates.mark(record(ONE, attachment(cv), bad))
    )
    # An object in the place of a folder.
    store.put(keys.JOURNAL.rstrip("/"), b"")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    address = f"http://127.0.0.1:{settings.api_port}"
    async with (
        served(settings, f"127.0.0.1:{free_port()}"),
        httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as http,
    ):
        yield _Alone(http, store, cv)


async def test_no_route_answers_what_it_cannot_keep(alone: _Alone) -> None:
    """503, and all is as it was: by the document, so that none is forgotten."""
    document = (await alone.http.get("/openapi.json")).json()
    before = alone.objects()
    asked: list[tuple[str, str]] = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            route = (method.upper(), path)
            if "x-permission" not in operation or route in _LISTS:
                continue
            answer = await alone.http.request(
                route[0],
                path.format(
                    application_id=quote(ONE, safe=""),
                    name=_QUARANTINED if path.endswith("/release") else alone.cv,
                    page=1,
                    reference="DEV-17",
                ),
                json=_body(path),
                headers=_ADDRESS,
            )
            assert answer.status_code == 503, (route, answer.text)
            assert answer.json()["detail"].startswith("put: "), route
            assert "Ada" not in answer.text
            asked.append(route)

    searched = await alone.http.get("/applications", headers=_ADDRESS)

    assert searched.status_code == 503
    assert len(asked) == 17
    assert alone.objects() == before


def _body(path: str) -> dict[str, Any]:
    matching = (body for end, body in _BODIES.items() if path.endswith(end))
    return next(matching, {})


async def test_no_page_of_the_desk_shows_what_it_cannot_keep(alone: _Alone) -> None:
    """Neither is anything changed by its forms."""
    await alone.http.post("/desk/sign-in", data={"token": TOKEN})
    csrf = token_of_forms((await alone.http.get("/desk/holds")).text)
    before = alone.objects()
    page = page_of(ONE)
    cv = f"{page}/documents/{alone.cv}"
    forms: dict[str, dict[str, str]] = {
        "/desk/find": {"q": "ada@example.com"},
        f"{page}/position": {"reference": "DEV-17"},
        f"{page}/hold": {"reason": "case 4711"},
        f"{page}/release": {},
        f"{page}/refresh": {},
        f"{page}/deliver": {},
        f"{page}/status": {"status": "viewed"},
        f"{page}/release-document": {"name": _QUARANTINED, "reason": "case 4711"},
        f"{page}/erase": {"reason": "case 4711", "confirmed": "yes"},
        "/desk/positions/close": {"reference": "DEV-17"},
        "/desk/positions/open": {"reference": "DEV-17"},
    }
    seen = ("", "/demographics", "/views/1")
    pages = [f"{page}{rest}" for rest in seen] + [
        f"{cv}{rest}" for rest in ("", "/text", "/pages/1.png")
    ]

    answers = [
        *[await alone.http.get(address) for address in pages],
        *[
            await alone.http.post(address, data={"csrf": csrf, **fields})
            for address, fields in forms.items()
        ],
    ]

    assert {answer.status_code for answer in answers} == {503}
    assert all("Not available now" in answer.text for answer in answers)
    assert "Ada" not in "".join(answer.text for answer in answers)
    assert alone.objects() == before
