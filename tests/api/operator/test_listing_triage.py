"""GET /applications: what waits for a person to choose its position."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.api.operator.operator_server import OperatorServer
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("operator")


async def test_what_waits_for_a_person_is_listed_with_what_the_person_needs(
    server: OperatorServer,
) -> None:
    """The board's reference and the reason, in lists and after a hold is placed."""
    application_id = await server.recorded(job_id="NOBODYS-1")

    async def item() -> dict[str, Any]:
        found = await server.http.get("/applications", params={"stage": "triage"})
        return next(
            (one for one in found.json()["items"] if one["id"] == application_id), {}
        )

    await eventually(item, 10)
    held = await server.http.post(
        f"/applications/{quote(application_id, safe='')}/hold",
        json={"reason": "case 4711"},
    )

    for shown in (await item(), held.json()):
        assert shown["job_reference"] == "NOBODYS-1"
        assert shown["triage"] == "unknown-reference"
        assert shown["position"] is None
