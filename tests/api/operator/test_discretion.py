"""Each access is logged by ids; nothing of the candidate is."""

import json

import pytest
from structlog.testing import capture_logs

from tests.api.operator.operator_server import Office
from tests.record_factory import OF_THE_CANDIDATE, attachment, record

pytestmark = pytest.mark.xdist_group("operator")

NAME = "0" * 64 + ".pdf"
ID = "careerjet:logged"


async def test_each_access_is_logged_by_the_ids_of_request_and_application(
    at: Office,
) -> None:
    """Who it was can be found by what the proxy has logged."""
    at.put(record(ID, attachment(NAME)), {NAME: b"CV"})
    person = {"X-Candidate-Email": "ada@example.com"}

    with capture_logs() as logs:
        await at.ask("GET", ID, headers={"X-Request-Id": "r-1"})
        await at.ask("GET", ID, f"/documents/{NAME}", headers={"X-Request-Id": "r-2"})
        await at.http.get("/applications", headers=person | {"X-Request-Id": "r-3"})

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


async def test_nothing_of_the_candidate_is_logged(at: Office) -> None:
    """Neither what is read, nor what is asked for and refused."""
    at.put(record(ID, attachment(NAME)), {NAME: b"CV"})
    person = {"X-Candidate-Email": "ada@example.com"}

    with capture_logs() as logs:
        await at.ask("GET", ID)
        await at.ask("GET", ID, f"/documents/{NAME}")
        await at.ask("GET", ID, "/documents/Ada Example.pdf")
        await at.ask("GET", "careerjet:Ada Example")
        await at.ask("POST", ID, "/hold", json={"reason": "Ada Example called"})
        await at.ask("POST", ID, "/hold", json={"Ada": "Example"})
        await at.ask("POST", ID, "/position", json={"reference": ["Ada"]})
        await at.http.get("/applications", headers=person)
        await at.http.get("/applications", params={"ada@example.com": "Ada"})
        await at.http.get("/applications", params={"cursor": "Ada Example"})
        await at.http.get("/positions/Ada Example")
        await at.http.get("/Ada Example")

    said = json.dumps(logs, default=str)
    assert len(logs) >= 8
    assert [word for word in OF_THE_CANDIDATE if word in said] == []
