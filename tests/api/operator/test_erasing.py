"""Erasing over HTTP: clients differ in what a DELETE can carry."""

import asyncio
from typing import Any

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Tombstone
from tests.api.operator.operator_server import Office
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
async def test_an_application_is_erased_with_a_reason_from_anywhere_or_without(
    method: str, rest: str, more: dict[str, Any], reason: str, at: Office
) -> None:
    """The body comes first, then the header, then the address."""
    one = await at.recorded()

    answer = await at.ask(method, one, rest, **more)

    tombstone = Tombstone.model_validate_json(at.store.get(keys.tombstone(one)))
    assert answer.status_code == 200
    assert answer.json()["stage"] == "erased"
    assert tombstone.reason == reason
    assert list(at.store.list(keys.application(one))) == []


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"X-Reason": "Ada Example asked"}},
        {"params": {"reason": "ada@example.com asked"}},
    ],
)
async def test_a_reason_that_names_the_candidate_is_refused_wherever_it_stands(
    more: dict[str, Any], at: Office
) -> None:
    """It would be kept in Temporal."""
    kept = record("careerjet:named by a header")
    at.put(kept)

    answer = await at.ask("DELETE", kept.id, **more)

    assert answer.status_code == 409
    assert at.records.applications.find(kept.id) is not None


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
async def test_422_for_a_reason_that_is_none(more: dict[str, Any], at: Office) -> None:
    """Blank, endless, or not to be printed."""
    kept = record("careerjet:asked for nonsense")
    at.put(kept)

    assert (await at.ask("DELETE", kept.id, **more)).status_code == 422


async def test_what_waits_in_the_inbox_is_found_by_address_and_erased(
    at: Office,
) -> None:
    """Nobody has recorded it: no marker leads there."""
    delivery, contents = careerjet(f"waits {id(at)}", email="\u200bwait@example.com")
    await asyncio.to_thread(at.records.applications.accept, delivery, contents)
    person = {"X-Candidate-Email": "Wait@Example.com"}

    listed = (await at.http.get("/applications", headers=person)).json()["items"]
    erased = await at.ask("DELETE", delivery.application_id)
    after = (await at.http.get("/applications", headers=person)).json()["items"]

    assert [(one["id"], one["stage"]) for one in listed] == [
        (delivery.application_id, "received")
    ]
    assert listed[0]["received_at"]
    assert erased.json()["stage"] == "erased"
    assert after == []
    assert list(at.store.list(keys.inbox(delivery.application_id))) == []
