"""An API that is killed between an entry of the journal and what it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from letterbox.domain.ports import ObjectStore
from letterbox.journal.proof import JournalProof
from letterbox.journal.reader import JournalReader
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.s3.store import S3Store
from tests.end_to_end.processes.installation import Api
from tests.end_to_end.processes.program import Command
from tests.factories import PDF
from tests.moto_server import served_by_moto
from tests.record_factory import attachment, record
from tests.support import LETTERBOX, ROOT, THOROUGH, answers, free_port

ONE = "careerjet:one"
NAME = f"{sha256(PDF).hexdigest()}.pdf"
_HEADERS = {"Authorization": "Bearer a token of the operator's"}
_ASKED = {
    "a change": ("POST", f"/applications/{ONE}/hold", {"reason": "case 4711"}),
    "a view": ("GET", f"/applications/{ONE}", None),
    "a document": ("GET", f"/applications/{ONE}/documents/{NAME}", None),
    "an export": ("GET", "/candidates/export", None),
}
_ALWAYS = ["a change"]


class _Killer:
    """Kills the API once it has written into the journal, and before it learns so."""

    def __init__(self) -> None:
        self.armed: Api | None = None

    def __call__(self, method: str, path: str) -> None:
        if self.armed and method == "PUT" and "/journal/" in path:
            self.armed.running.kill()
            self.armed = None


@contextmanager
def _stack(folder: Path, killer: _Killer) -> Iterator[tuple[Api, ObjectStore]]:
    # moto's buckets are those of the process, whichever server is asked.
    bucket = f"killed-{uuid4()}"
    with served_by_moto(on_answer=killer) as endpoint:
        store = S3Store(
            endpoint=endpoint,
            access_key="access",
            secret_key="secret",
            bucket=bucket,
            region="us-east-1",
        )
        store.prepare()
        port = free_port()
        environment = {
            "PYTHONPATH": str(ROOT),
            "LETTERBOX_STORE": f"s3://{bucket}",
            "LETTERBOX_S3_ENDPOINT": endpoint,
            "LETTERBOX_S3_ACCESS_KEY": "access",
            "LETTERBOX_S3_SECRET_KEY": "secret",
            "LETTERBOX_S3_REGION": "us-east-1",
            "LETTERBOX_API_PORT": str(port),
            "LETTERBOX_OPERATOR_TOKEN": "a token of the operator's",
            "LETTERBOX_DIGEST_KEY": "a key of digests",
            # Nobody is there: what is killed has not come to ask.
            "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        }
        command = Command(
            name="api",
            words=(*LETTERBOX, "api"),
            environment=environment,
            folder=folder,
            is_ready=lambda _: answers(port),
        )
        api = Api(command, f"http://127.0.0.1:{port}")
        try:
            api.start()
            yield api, store
        finally:
            api.end()


@pytest.mark.parametrize("what", _ASKED if THOROUGH else _ALWAYS)
def test_an_entry_is_of_what_was_not_seen_rather_than_the_other_way_round(
    what: str, tmp_path: Path
) -> None:
    """
    The caller has nothing, nothing is changed, and the journal has it, and whole.

    It takes some seconds: the API starts twice.
    """
    killer = _Killer()
    with _stack(tmp_path, killer) as (api, store):
        records = open_records(Settings(digest_key="a key of digests"), store)
        records.applications.put_document(ONE, NAME, PDF, len(PDF))
        records.applications.update(
            records.candidates.mark(record(ONE, attachment(NAME)))
        )
        before = records.applications.find(ONE)
        method, path, body = _ASKED[what]
        killer.armed = api

        answer = _ask(api, method, path, body)
        code = api.wait()

        assert (answer, code) == (None, -9)
        entries = _entries(store)
        assert len(entries) == 1
        assert records.applications.find(ONE) == before
        assert records.holds.find(ONE) is None
        # Whoever asks again has it, and the journal has both.
        api.start()
        again = _ask(api, "GET", f"/applications/{ONE}", None)
        assert again
        assert again.status_code == 200
        assert len(_entries(store)) == 2
        proof = JournalProof(
            store, fast=False, now=datetime.now(UTC), show=lambda *_: None
        )
        assert proof.run().problems == []


def _ask(
    api: Api, method: str, path: str, body: dict[str, Any] | None
) -> httpx.Response | None:
    """Return the answer; None where there was none."""
    headers = _HEADERS | {"X-Candidate-Email": "ada@example.com"}
    try:
        return httpx.request(
            method, f"{api.url}{path}", json=body, headers=headers, timeout=30
        )
    except httpx.TransportError:
        return None


def _entries(store: ObjectStore) -> list[str]:
    return [name.key for name in JournalReader(store).names_of(ONE)]
