"""The OpenAPI document says what there is."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.app import create_app
from api.operator.examples import PAGE, POSITION, RECORD, STATUS
from api.operator.listing import Page
from api.operator.models import ApplicationStatus
from letterbox.boards.careerjet import BOARD
from letterbox.domain.application import Application
from letterbox.domain.listing import Item
from letterbox.domain.positions import Position
from letterbox.settings import Settings

PROBLEMS = "application/problem+json"


@pytest.fixture(name="document", scope="module")
def _document() -> dict[str, Any]:
    return create_app(Settings(operator_token="a token")).openapi()


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Name every operation by its method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, of_path in document["paths"].items()
        for method, operation in of_path.items()
    }


def test_every_operation_is_told_in_words(document: dict[str, Any]) -> None:
    """And under one of the tags, with an id of its own."""
    tags = {tag["name"] for tag in document["tags"]}
    told = operations(document)

    assert all(one["description"] for one in told.values())
    assert all(set(one["tags"]) <= tags for one in told.values())
    assert len({one["operationId"] for one in told.values()}) == len(told)


def test_every_problem_is_documented_with_an_example(document: dict[str, Any]) -> None:
    """One schema for all, which each example fits."""
    schemas = document["components"]["schemas"]
    problem = schemas["Problem"] | {"components": document["components"]}
    validator = Draft202012Validator(problem)
    contents = [
        (status, response["content"][PROBLEMS])
        for one in operations(document).values()
        for status, response in one["responses"].items()
        if PROBLEMS in response.get("content", {})
    ]

    assert len(contents) > 50
    for status, content in contents:
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert content["example"]["status"] == int(status)
        validator.validate(content["example"])
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)


def test_the_examples_are_what_would_be_answered() -> None:
    """Each is what its model takes, and the record's is one that could be kept."""
    assert Page.model_validate(PAGE).items[0].position == "DEV-17"
    assert ApplicationStatus.model_validate(STATUS).model_dump(mode="json") == STATUS
    assert Position.model_validate(POSITION).hirer == "acme"
    record = Application.model_validate(RECORD)
    assert Item.of(record).board == record.source.board == "careerjet"


def test_only_operators_need_the_token(document: dict[str, Any]) -> None:
    """Boards sign what they send; orchestrators ask for nothing secret."""
    guarded = {name for name, one in operations(document).items() if "security" in one}
    open_to_all = set(operations(document)) - guarded

    assert open_to_all == {
        "POST /apply/{board}",
        "POST /webhooks/{board}",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }
    assert document["components"]["securitySchemes"]["operator"]["scheme"] == "bearer"


def test_a_boards_own_words_are_documented(document: dict[str, Any]) -> None:
    """All of Careerjet's table, and the 404 of a board that is not open."""
    responses = operations(document)["POST /apply/{board}"]["responses"]

    for status, words in BOARD.answers.values():
        content = responses[str(status.value)]["content"]["application/json"]
        assert words in content["schema"]["properties"]["status"]["enum"]
    assert set(responses) == {str(one.value) for one, _ in BOARD.answers.values()} | {
        "404"
    }


def test_what_seek_is_answered_is_documented(document: dict[str, Any]) -> None:
    """By DESIGN's line on the webhook."""
    responses = operations(document)["POST /webhooks/{board}"]["responses"]

    assert set(responses) == {"204", "400", "401", "404", "413", "503"}


def test_what_the_ats_is_posted_is_described(document: dict[str, Any]) -> None:
    """As a webhook: its headers, and the event."""
    event = document["webhooks"]["event"]["post"]

    assert {one["name"] for one in event["parameters"]} == {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }
    [content] = event["requestBody"]["content"].values()
    assert content["schema"] == {"$ref": "#/components/schemas/Event"}
    assert set(event["responses"]) == {"204"}
    assert "Event" in document["components"]["schemas"]
