"""Each access is logged by ids; nothing of the candidate is."""

import json

import pytest
from structlog.testing import capture_logs

from tests.api.operator.operator_server import OperatorServer
from tests.record_factory import OF_THE_CANDIDATE, attachment, record

pytestmark = pytest.mark.xdist_group("operator")

NAME = "0" * 64 + ".pdf"
ID = "careerjet:logged"


async def test_each_access_is_logged_by_the_ids_of_request_and_application(
    server: OperatorServer,
) -> None:
    """The id of the request leads to the log of the proxy, which knows the caller."""
    server.put(record(ID, attachment(NAME)), {NAME: b"CV"})
    person = {"X-Candidate-Email": "ada@example.com"}

    with capture_logs() as logs:
        await server.ask("GET", ID, headers={"X-Request-Id": "r-1"})
        await server.ask(
            "GET", ID, f"/documents/{NAME}", headers={"X-Request-Id": "r-2"}
        )
        await server.http.get("/applications", headers=person | {"X-Request-Id": "r-3"})

    read, document, listed = (
        one for one in logs if str(one.get("request_id")).startswith("r-")
    )
    assert (read["event"], read["application"]) == ("application read", ID)
    assert (document["event"], document["document"]) == ("document read", NAME)
    assert document["application"] == ID
    assert listed["event"] == "a candidate's applications listed"
    assert ID in listed["applications"]
    assert [one["request_id"] for one in (read, document, listed)] == [
        "r-1",
        "r-2",
        "r-3",
    ]


async def test_nothing_of_the_candidate_is_logged_by_the_operator_api(
    server: OperatorServer,
) -> None:
    """Neither what is read is logged, nor what is sent and refused."""
    server.put(record(ID, attachment(NAME)), {NAME: b"CV"})
    person = {"X-Candidate-Email": "ada@example.com"}

    with capture_logs() as logs:
        await server.ask("GET", ID)
        await server.ask("GET", ID, f"/documents/{NAME}")
        await server.ask("GET", ID, "/documents/Ada Example.pdf")
        await server.ask("GET", "careerjet:Ada Example")
        await server.ask("POST", ID, "/hold", json={"reason": "Ada Example called"})
        await server.ask("POST", ID, "/hold", json={"Ada": "Example"})
        await server.ask("POST", ID, "/position", json={"reference": ["Ada"]})
        await server.http.get("/applications", headers=person)
        await server.http.get("/applications", params={"ada@example.com": "Ada"})
        await server.http.get("/applications", params={"cursor": "Ada Example"})
        await server.http.get("/positions/Ada Example")
        await server.http.get("/Ada Example")

    said = json.dumps(logs, default=str)
    assert len(logs) >= 8
    assert [word for word in OF_THE_CANDIDATE if word in said] == []
