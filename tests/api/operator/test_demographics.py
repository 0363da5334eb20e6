"""GET /applications/{id}/demographics."""

import json

import pytest

from letterbox.domain import keys
from tests.api.operator.operator_server import OperatorServer
from tests.record_factory import record

pytestmark = pytest.mark.xdist_group("operator")


async def test_demographic_answers_are_read_at_their_own_address_only(
    server: OperatorServer,
) -> None:
    """The record that everybody reads has none of them."""
    application_id = await server.recorded()
    told = {"gender": "canary-of-what-she-is"}
    server.store.put(keys.demographics(application_id, 1), json.dumps(told).encode())

    answer = await server.ask("GET", application_id, "/demographics")
    whole = await server.ask("GET", application_id)

    assert answer.status_code == 200
    assert answer.json() == {"views": [{"view": 1, "answers": told}]}
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "canary" not in whole.text


async def test_most_applications_have_no_demographic_answers(
    server: OperatorServer,
) -> None:
    """404 for those, and for what is unknown; 410 for what is archived."""
    application_id = await server.recorded()
    kept = record("careerjet:archived-with-demographics")
    server.archive(kept)

    none = await server.ask("GET", application_id, "/demographics")
    unknown = await server.ask("GET", "careerjet:never", "/demographics")
    archived = await server.ask("GET", kept.id, "/demographics")

    codes = (none.status_code, unknown.status_code, archived.status_code)
    assert codes == (404, 404, 410)
