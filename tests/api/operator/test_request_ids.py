"""The id of a request: made by the proxy or by us, never what a stranger chose."""

import json
import re
from uuid import uuid4

import httpx
import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.api.operator.operator_server import OperatorServer
from tests.factories import careerjet_fields
from tests.support import eventually

pytestmark = pytest.mark.xdist_group("operator")

_MADE = re.compile("[0-9a-f]{32}")


async def post(server: OperatorServer, uuid: str, request_id: str) -> httpx.Response:
    """Post it as Careerjet does, through a proxy."""
    fields = {name: (None, text) for name, text in careerjet_fields(uuid).items()}
    headers = {"X-Request-Id": request_id}
    return await server.http.post("/apply/careerjet", files=fields, headers=headers)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/healthz"),
        ("GET", "/applications"),
        ("GET", "/nowhere"),
        ("PATCH", "/applications"),
        ("POST", "/apply/careerjet"),
        ("POST", "/apply/nowhere"),
        ("POST", "/webhooks/seek"),
    ],
)
async def test_every_answer_has_the_request_id_of_the_proxy(
    method: str, path: str, server: OperatorServer
) -> None:
    """Refusals and failures have it too."""
    answer = await server.http.request(
        method, path, headers={"X-Request-Id": "a.B-1_z"}
    )

    assert answer.headers.get_list("X-Request-Id") == ["a.B-1_z"]


@pytest.mark.parametrize(
    "sent",
    [
        ["Ada Example ada@example.com"],
        ["x" * 65],
        [""],
        ["a\tb"],
        ['{"forged": 1}'],
        ["jürgen".encode()],
        ["one", "two"],
        [],
    ],
)
async def test_an_invalid_request_id_is_replaced_and_never_logged(
    sent: list[str | bytes], server: OperatorServer
) -> None:
    """It may be anything, a candidate's address too."""
    headers = [("X-Request-Id", value) for value in sent]
    with capture_logs(processors=[merge_contextvars]) as logs:
        answer = await server.http.get("/applications/careerjet:none", headers=headers)  # type: ignore[arg-type]

    assert _MADE.fullmatch(answer.headers["X-Request-Id"])
    lines = [one for one in logs if one["event"] == "refused"]
    assert {one["request_id"] for one in lines} == {answer.headers["X-Request-Id"]}
    assert not any(str(one) in json.dumps(logs, default=str) for one in sent if one)


async def test_a_request_id_leads_from_the_board_to_the_workflow(
    server: OperatorServer,
) -> None:
    """The log has it, and so has the memo in the Temporal UI."""
    uuid = str(uuid4())
    with capture_logs(processors=[merge_contextvars]) as logs:
        answer = await post(server, uuid, "from.the-proxy_1")

    [line] = [one for one in logs if one["event"] == "received"]
    handle = server.temporal.get_workflow_handle(f"careerjet:{uuid}")

    async def is_started() -> bool:
        found = server.temporal.list_workflows(f'WorkflowId = "{handle.id}"')
        return bool([one async for one in found])

    await eventually(is_started)
    memo = await (await handle.describe()).memo()
    assert answer.status_code == 200
    assert answer.headers["X-Request-Id"] == "from.the-proxy_1"
    assert line["request_id"] == "from.the-proxy_1"
    assert memo == {"request_id": "from.the-proxy_1"}
