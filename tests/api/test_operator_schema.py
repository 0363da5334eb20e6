"""Schemathesis over the OpenAPI document, against a real server."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from tests.api.operator.office import OPEN, TOKEN, Office, office
from tests.recorded import record

pytestmark = pytest.mark.xdist_group("operator-schema")

_EXAMPLES = 12
# A cursor is opaque: any text that fits the schema, and we did not give out, is 400.
# The catalogue reads positions leniently wherever they come from: 0 is false.
_CONFIGURATION = """
seed = 20260301
generation = {{ max-examples = {examples}, database = "none" }}
phases = {{ stateful = {{ enabled = false }} }}
warnings = false

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "410", "418"]
[checks.negative_data_rejection]
expected-statuses = ["4xx"]

[[operations]]
include-operation-id = "put_position"
checks = {{ negative_data_rejection = {{ enabled = false }} }}

[dictionaries]
ids = {{ values = {ids} }}
names = {{ values = {names} }}
references = {{ values = ["{reference}", "DEV-17", "a/b"] }}
boards = {{ values = ["careerjet", "seek", "monster"] }}
ranges = {{ values = ["bytes=0-4", "bytes=-1", "bytes=999999-"] }}
addresses = {{ values = ["ada@example.com"] }}

[parameters]
"path.application_id" = {{ dictionary = "ids", probability = 0.8 }}
"path.name" = {{ dictionary = "names", probability = 0.8 }}
"path.reference" = {{ dictionary = "references", probability = 0.8 }}
"path.board" = {{ dictionary = "boards", probability = 0.8 }}
"header.Range" = {{ dictionary = "ranges", probability = 0.8 }}
"header.X-Candidate-Email" = {{ dictionary = "addresses", probability = 0.5 }}
"body.reference" = {{ dictionary = "references", probability = 0.5 }}
"""


@pytest_asyncio.fixture(name="at", scope="module", loop_scope="session")
async def _at(
    tmp_path_factory: pytest.TempPathFactory,
    temporal_client: Client,
    temporal_address: str,
) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    async with office(folder, temporal_client, temporal_address) as opened:
        yield opened


async def test_nothing_is_answered_but_what_is_documented(
    at: Office, tmp_path: Path
) -> None:
    """No 5xx, no undocumented status, type, header or body, by thousands of tries."""
    ids = [await at.recorded() for _ in range(4)]
    kept = at.records.applications.find(ids[0])
    assert kept
    ids.append("careerjet:a/b")
    at.put(record(ids[-1]))
    told = _CONFIGURATION.format(
        examples=_EXAMPLES,
        ids=json.dumps(ids),
        names=json.dumps([one.name for one in kept.attachments]),
        reference=OPEN,
    )
    (tmp_path / "schemathesis.toml").write_text(told)

    running = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"),
        *("run", f"{at.url}/openapi.json", "--continue-on-failure", "--no-color"),
        *("--header", f"Authorization: Bearer {TOKEN}"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await running.communicate()

    assert running.returncode == 0, said.decode()
    assert "Tested: 16" in said.decode()
