"""A machine whose own disk holds nothing more, though the store may be well."""

import tempfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from structlog.testing import capture_logs

from api.failures import translate_failures
from letterbox.boards.careerjet import sign as careerjet_sign
from letterbox.boards.posting.verifiers import sign
from letterbox.storage.directory import DirectoryStore
from tests.api.accepting import accepting
from tests.end_to_end.processes.installation import SECRET

CV = b64encode(b"%PDF-1.4 " + bytes(600_000)).decode()


def indeed() -> httpx.Request:
    """Post an application that is too large for memory."""
    body = f'{{"id": "1", "applicant": {{"resume": {{"text": "{CV}"}}}}}}'.encode()
    headers = {"X-Indeed-Signature": sign(body, SECRET, "sha1")}
    return httpx.Request(
        "POST", "http://here/apply/indeed", content=body, headers=headers
    )


def careerjet() -> httpx.Request:
    """Post a form with a CV that is to be decoded, in a file of its own."""
    fields = {"uuid": "1", "source_signature": careerjet_sign("1", SECRET)}
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    ]
    file = (
        '--b\r\nContent-Disposition: form-data; name="cv"; filename="cv.pdf"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{CV}\r\n--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    body = "".join([*parts, file]).encode()
    url = "http://here/apply/careerjet"
    return httpx.Request("POST", url, content=body, headers=headers)


@pytest.mark.parametrize(("post", "status"), [(indeed, 503), (careerjet, 418)])
async def test_an_application_that_finds_no_room_may_be_sent_again(
    post: Callable[[], httpx.Request],
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the board's word for an outage; the log names the folder to make room in."""
    monkeypatch.setenv("LETTERBOX_STORE", f"file:{tmp_path / 'store'}")
    monkeypatch.setenv("LETTERBOX_CAREERJET_SECRETS", SECRET)
    monkeypatch.setenv("LETTERBOX_INDEED_SECRETS", SECRET)
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    async with accepting() as client:
        before = len(list(store.list("inbox/")))

        with monkeypatch.context() as patch, capture_logs() as lines:
            patch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
            refused = await client.send(post())
        again = await client.send(post())

        assert refused.status_code == status
        assert again.status_code == 200
        assert len(list(store.list("inbox/"))) == before + 1
    [line] = [line for line in lines if line["event"] == "unavailable"]
    assert line["error"] == "LocalDiskError"
    assert "TMPDIR" in line["do"]
    assert "store" not in line


@pytest.mark.parametrize("error", [TimeoutError, ConnectionResetError])
async def test_what_no_disk_has_said_blames_none(error: type[OSError]) -> None:
    """Python's OSError is more than files; nobody makes room for a network."""
    app = FastAPI()
    translate_failures(app)

    @app.get("/")
    async def fail(request: Request) -> None:
        request.state.request_id = "1"
        raise error

    with capture_logs() as lines:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport) as client:
            answer = await client.get("http://here/")

    assert answer.status_code == 500
    assert [line["event"] for line in lines] == ["unexpected error"]
    assert "TMPDIR" not in str(lines)
