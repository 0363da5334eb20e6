"""GET /candidates/export: all that is held of a person, as one zip."""

import json
import zipfile
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Application
from letterbox.domain.candidate import Email
from tests.api.operator.operator_server import OperatorServer
from tests.factories import careerjet
from tests.record_factory import attachment, record

pytestmark = pytest.mark.xdist_group("operator")

CV = b"%PDF-1.4 the CV of Ada Example"
NAME = f"{sha256(CV).hexdigest()}.pdf"
PATH = "/candidates/export"


def of(address: str, application_id: str, hirer: str | None = None) -> Application:
    """Have the record of a person's application, with a CV."""
    made = record(application_id, attachment(NAME), hirer=hirer)
    candidate = made.candidate.model_copy(update={"emails": (Email(address=address),)})
    position = made.position.model_copy(update={"hirer": hirer})
    return made.model_copy(update={"candidate": candidate, "position": position})


def files_in(body: bytes) -> dict[str, bytes]:
    """Unzip it as any program does."""
    with zipfile.ZipFile(BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_all_that_is_held_of_a_person_is_in_one_zip(
    server: OperatorServer,
) -> None:
    """Open, archived and waiting; and nothing of anybody else."""
    address = f"{uuid4()}@example.com"
    opened = of(address, f"careerjet:open-{uuid4()}")
    server.put(opened, {NAME: CV})
    server.store.put(keys.source(opened.id, 2), b'{"said": "by the board"}')
    server.store.put(keys.demographics(opened.id, 1), b'{"gender": "hers"}')
    archived = of(address, f"careerjet:archived-{uuid4()}")
    server.archive(archived)
    waiting, contents = careerjet(f"waiting-{uuid4()}", email=address)
    server.records.applications.accept(waiting, contents)
    await server.ask("GET", opened.id)
    other = await server.recorded()
    headers = {"X-Candidate-Email": address.upper()}

    answer = await server.http.get(PATH, headers=headers)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "private, no-store"
    files = files_in(answer.content)
    index = json.loads(files["index.json"])
    folders = {one["id"]: one["folder"] for one in index["applications"]}
    assert set(folders) == {opened.id, archived.id, waiting.application_id}
    mine = folders[opened.id]
    assert files[f"{mine}documents/{NAME}"] == CV
    assert files[f"{mine}source/2.json"] == b'{"said": "by the board"}'
    assert files[f"{mine}demographics.json"] == b'{"gender": "hers"}'
    assert json.loads(files[f"{mine}application.json"])["id"] == opened.id
    journal = json.loads(files[f"{mine}journal.json"])
    assert [one["what"] for one in journal] == [
        "application read",
        "candidate exported",
    ]
    history = json.loads(files[f"{mine}history.json"])
    assert history["items"][0]["event"] == "received"
    with zipfile.ZipFile(BytesIO(files[f"{folders[archived.id]}archive.zip"])) as bag:
        assert any(name.endswith("data/application.json") for name in bag.namelist())
    inbox = files[f"{folders[waiting.application_id]}inbox/1.zip"]
    assert address.encode() in inbox
    assert opened.id in files["README.txt"].decode()
    assert not any(other in body.decode("latin-1") for body in files.values())
    for application in index["applications"]:
        for file in application["files"]:
            body = files[file["path"]]
            assert len(body) == file["size"]
            assert sha256(body).hexdigest() == file["sha256"]


async def test_the_history_of_an_export_has_temporals_part(
    server: OperatorServer,
) -> None:
    """The store alone does not know when it was recorded, where there is no ATS."""
    address = f"{uuid4()}@example.com"
    one = await server.recorded(email=address)

    answer = await server.http.get(PATH, headers={"X-Candidate-Email": address})

    files = files_in(answer.content)
    [name] = [name for name in files if name.endswith("/history.json")]
    exported = json.loads(files[name])
    shown = (await server.ask("GET", one, "/history")).json()
    assert exported["items"] == shown["items"]
    assert exported["notes"] == []
    [recorded] = [item for item in exported["items"] if item["event"] == "recorded"]
    assert recorded["at"]
    assert "history.json of" not in files["README.txt"].decode()


async def test_only_privacy_exports_and_only_of_its_own_hirers(
    server: OperatorServer,
) -> None:
    """Each export is in the journal, before the first byte of it is sent."""
    address = f"{uuid4()}@example.com"
    ours, theirs = (
        of(address, f"careerjet:{uuid4()}", hirer) for hirer in ("acme", "other")
    )
    for one in (ours, theirs):
        server.put(one, {NAME: CV})
    headers = {"X-Candidate-Email": address}

    async with server.named("tara") as triage, server.named("ats-acme") as acme:
        refused = await triage.get(PATH, headers=headers)
        shown = await acme.get(PATH, headers=headers)
    about = {"application": ours.id}
    journal = (await server.http.get("/journal", params=about)).json()["items"]

    assert refused.status_code == 403
    index = json.loads(files_in(shown.content)["index.json"])
    assert [one["id"] for one in index["applications"]] == [ours.id]
    assert [(one["operator"], one["what"]) for one in journal] == [
        ("ats-acme", "candidate exported")
    ]


async def test_an_export_of_nobody_is_404_and_without_an_address_422(
    server: OperatorServer,
) -> None:
    """There is no zip of nothing, which would look like an answer."""
    headers = {"X-Candidate-Email": "nobody@example.com"}

    nobody = await server.http.get(PATH, headers=headers)
    without = await server.http.get(PATH)

    assert (nobody.status_code, without.status_code) == (404, 422)
    assert "nobody@example.com" not in nobody.text
