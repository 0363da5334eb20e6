"""Erasing over HTTP: clients differ in what a DELETE can carry."""

import asyncio
from typing import Any

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Tombstone
from tests.api.operator.operator_server import OperatorServer
from tests.factories import careerjet
from tests.record_factory import record

pytestmark = pytest.mark.xdist_group("operator")

_NONE = "no reason was given"


@pytest.mark.parametrize(
    ("method", "rest", "more", "reason"),
    [
        ("DELETE", "", {}, _NONE),
        ("DELETE", "", {"json": {}}, _NONE),
        ("DELETE", "", {"json": None}, _NONE),
        ("DELETE", "", {"headers": {"Content-Type": "application/json"}}, _NONE),
        ("DELETE", "", {"json": {"reason": "case 1"}}, "case 1"),
        ("DELETE", "", {"headers": {"X-Reason": "case 2"}}, "case 2"),
        ("DELETE", "", {"headers": {"X-Reason": "Löschung".encode()}}, "Löschung"),
        ("DELETE", "", {"params": {"reason": "case 3"}}, "case 3"),
        ("POST", "/erase", {}, _NONE),
        ("POST", "/erase", {"json": {"reason": "case 4"}}, "case 4"),
        ("POST", "/erase", {"headers": {"X-Reason": "case 5"}}, "case 5"),
        (
            "DELETE",
            "",
            {
                "json": {"reason": "case 6"},
                "headers": {"X-Reason": "case 7"},
                "params": {"reason": "case 8"},
            },
            "case 6",
        ),
    ],
)
async def test_an_erasure_takes_its_reason_from_body_header_or_query(
    method: str, rest: str, more: dict[str, Any], reason: str, server: OperatorServer
) -> None:
    """The body comes first, then the header, then the query; none is needed."""
    one = await server.recorded()

    answer = await server.ask(method, one, rest, **more)

    tombstone = Tombstone.model_validate_json(server.store.get(keys.tombstone(one)))
    assert answer.status_code == 200
    assert answer.json()["stage"] == "erased"
    assert tombstone.reason == reason
    assert list(server.store.list(keys.application(one))) == []


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"X-Reason": "Ada Example asked"}},
        {"params": {"reason": "ada@example.com asked"}},
    ],
)
async def test_an_erasure_reason_that_names_the_candidate_is_refused(
    more: dict[str, Any], server: OperatorServer
) -> None:
    """It would be kept in Temporal, wherever it came from."""
    kept = record("careerjet:named by a header")
    server.put(kept)

    answer = await server.ask("DELETE", kept.id, **more)

    assert answer.status_code == 409
    assert server.records.applications.find(kept.id) is not None


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"X-Reason": ""}},
        {"headers": {"X-Reason": "x" * 501}},
        {"headers": {"X-Reason": "a\tb"}},
        {"params": {"reason": ""}},
        {"params": {"reason": "x" * 501}},
    ],
)
async def test_an_invalid_erasure_reason_is_422(
    more: dict[str, Any], server: OperatorServer
) -> None:
    """A reason is invalid if it is blank, too long or unprintable."""
    kept = record("careerjet:asked for nonsense")
    server.put(kept)

    assert (await server.ask("DELETE", kept.id, **more)).status_code == 422


async def test_what_waits_in_the_inbox_is_found_by_address_and_erased(
    server: OperatorServer,
) -> None:
    """It is not recorded, so that no marker leads to it."""
    delivery, contents = careerjet(
        f"waits {id(server)}", email="\u200bwait@example.com"
    )
    await asyncio.to_thread(server.records.applications.accept, delivery, contents)
    person = {"X-Candidate-Email": "Wait@Example.com"}

    listed = (await server.http.get("/applications", headers=person)).json()["items"]
    erased = await server.ask("DELETE", delivery.application_id)
    after = (await server.http.get("/applications", headers=person)).json()["items"]

    assert [(one["id"], one["stage"]) for one in listed] == [
        (delivery.application_id, "received")
    ]
    assert listed[0]["received_at"]
    assert erased.json()["stage"] == "erased"
    assert after == []
    assert list(server.store.list(keys.inbox(delivery.application_id))) == []
