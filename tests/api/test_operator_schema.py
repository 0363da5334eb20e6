"""Schemathesis over the OpenAPI document, against a real server."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from letterbox.domain.application import Stage
from letterbox.domain.listing import ID
from tests.api.operator.operator_server import (
    OPEN,
    OperatorServer,
    open_operator_server,
)
from tests.api.operator.serving import TOKEN
from tests.factories import PDF, careerjet
from tests.record_factory import attachment, record

pytestmark = pytest.mark.xdist_group("operator-schema")

_NAME = f"{sha256(PDF).hexdigest()}.pdf"
_INFECTED = "0" * 64 + ".pdf"
# The first is the document's own example.
_OPEN = (ID, "careerjet:a/b", "careerjet:two", "seek:three")
_OTHERS = ("archived", "erased", "received", "unknown")
# The catalogue reads positions leniently, wherever they come from: 0 is false. And
# what the schema cannot say is refused too: a cursor that nobody gave out, a blank.
_CONFIGURATION = """
seed = 20260301
generation = {{ max-examples = 10, database = "none" }}
warnings = false

[checks]
negative_data_rejection = {{ expected-statuses = ["4xx"] }}
positive_data_acceptance = {{ enabled = false }}

[[operations]]
include-operation-id = "put_position"
checks = {{ negative_data_rejection = {{ enabled = false }} }}

# They are off here, and say so whatever is sent: two of each are enough.
[[operations]]
include-path-regex = "^/apply/(generic|hellowork|indeed|linkedin|ziprecruiter)$"
generation = {{ max-examples = 2 }}
phases = {{ coverage = {{ enabled = false }} }}

# No serialiser knows the media type of a raw message, whose schema is any bytes.
[[operations]]
include-operation-id = "apply_mail"
enabled = false

# Nothing that depends on what was answered, and when: the same requests each time.
[phases]
examples = {{ extra-data-sources = {{ responses = false }} }}
coverage = {{ extra-data-sources = {{ responses = false }} }}
stateful = {{ enabled = false }}
[phases.fuzzing]
extra-data-sources = {{ responses = false }}
error-feedback = {{ enabled = false }}

[dictionaries]
ids = {{ values = {ids} }}
names = {{ values = {names} }}
references = {{ values = ["{reference}", "DEV-17", "a/b"] }}
boards = {{ values = ["careerjet", "seek", "monster"] }}
ranges = {{ values = ["bytes=0-4", "bytes=-1", "bytes=999999-"] }}
addresses = {{ values = ["ada@example.com"] }}

[parameters]
"path.application_id" = {{ dictionary = "ids", probability = 0.9 }}
"path.name" = {{ dictionary = "names", probability = 0.9 }}
"path.reference" = {{ dictionary = "references", probability = 0.8 }}
"path.board" = {{ dictionary = "boards", probability = 0.8 }}
"header.Range" = {{ dictionary = "ranges", probability = 0.8 }}
"header.X-Candidate-Email" = {{ dictionary = "addresses", probability = 0.5 }}
"body.reference" = {{ dictionary = "references", probability = 0.5 }}
"""


@pytest_asyncio.fixture(name="server", scope="module", loop_scope="session")
async def _server(
    tmp_path_factory: pytest.TempPathFactory,
    temporal_client: Client,
    temporal_address: str,
) -> AsyncIterator[OperatorServer]:
    """Have applications in every state there is."""
    folder = tmp_path_factory.mktemp("operator")
    async with open_operator_server(
        folder, temporal_client, temporal_address
    ) as opened:
        for application_id in _OPEN:
            bad = attachment(_INFECTED, scan="infected")
            opened.put(record(application_id, attachment(_NAME), bad), {_NAME: PDF})
        opened.keep_notice(_OPEN[-1])
        opened.archive(record("careerjet:archived", attachment(_NAME)))
        opened.bury("careerjet:erased", Stage.ERASED)
        opened.records.applications.accept(*careerjet("received"))
        yield opened


# An erasure cancels the step that is under way: the SDK throws that into its thread,
# at worst between the opening of a file and its ``with``; then the collector closes it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_nothing_is_answered_but_what_is_documented(
    server: OperatorServer, tmp_path: Path
) -> None:
    """No 5xx, no undocumented status, type, header or body, by hundreds of requests."""
    told = _CONFIGURATION.format(
        ids=json.dumps([*_OPEN, *(f"careerjet:{name}" for name in _OTHERS)]),
        names=json.dumps([_NAME, _INFECTED]),
        reference=OPEN,
    )
    (tmp_path / "schemathesis.toml").write_text(told)

    running = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"),
        *("run", f"{server.url}/openapi.json", "--continue-on-failure", "--no-color"),
        *("--header", f"Authorization: Bearer {TOKEN}"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await running.communicate()

    assert running.returncode == 0, said.decode()
    assert "Tested: 34" in said.decode()
