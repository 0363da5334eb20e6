"""The OpenAPI document says what there is."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.app import create_app
from api.operator.examples import PAGE, POSITION, RECORD, STATUS
from api.operator.listing import Page
from letterbox.boards import discover
from letterbox.boards.abilities import ChallengeBoard
from letterbox.boards.base import FormBoard, PostBoard
from letterbox.boards.careerjet import BOARD
from letterbox.domain.application import Application
from letterbox.domain.listing import ApplicationStatus, Item
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


def test_every_operation_has_a_description_a_tag_and_an_id(
    document: dict[str, Any],
) -> None:
    """No two operations share an id."""
    tags = {tag["name"] for tag in document["tags"]}
    result = operations(document)

    assert all(one["description"] for one in result.values())
    assert all(set(one["tags"]) <= tags for one in result.values())
    assert len({one["operationId"] for one in result.values()}) == len(result)


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


def test_the_examples_fit_their_models() -> None:
    """Each is what its model takes, and the record's could be stored."""
    assert Page.model_validate(PAGE).items[0].position == "DEV-17"
    assert ApplicationStatus.model_validate(STATUS).model_dump(mode="json") == STATUS
    assert Position.model_validate(POSITION).hirer == "acme"
    record = Application.model_validate(RECORD)
    assert Item.of(record).board == record.source.board == "careerjet"


def test_every_summary_is_a_sentence(document: dict[str, Any]) -> None:
    """No function's name: a sentence that says what is done."""
    for name, one in operations(document).items():
        assert one["summary"].endswith("."), name
        assert one["summary"].count(" ") >= 2, name
        assert one["summary"][0].isupper(), name


def test_only_operator_routes_document_the_token(document: dict[str, Any]) -> None:
    """Boards sign what they send; orchestrators ask for nothing secret."""
    guarded = {name for name, one in operations(document).items() if "security" in one}
    open_to_all = set(operations(document)) - guarded

    assert open_to_all == {
        *(
            f"POST /apply/{name}"
            for name, board in discover().items()
            if isinstance(board, FormBoard | PostBoard)
        ),
        *(
            f"GET /apply/{name}"
            for name, board in discover().items()
            if isinstance(board, ChallengeBoard)
        ),
        "POST /webhooks/seek",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }
    assert document["components"]["securitySchemes"]["operator"]["scheme"] == "bearer"


def test_answers_to_form_boards_are_documented(document: dict[str, Any]) -> None:
    """They are all of Careerjet's table, and the 404 of a board that is not open."""
    responses = operations(document)["POST /apply/careerjet"]["responses"]

    for status, words in BOARD.responses.values():
        content = responses[str(status.value)]["content"]["application/json"]
        assert words in content["schema"]["properties"]["status"]["enum"]
    assert set(responses) == {str(one.value) for one, _ in BOARD.responses.values()} | {
        "404"
    }


def test_answers_to_seek_are_documented(document: dict[str, Any]) -> None:
    """They are those of the design's line on the webhook."""
    responses = operations(document)["POST /webhooks/seek"]["responses"]

    assert set(responses) == {"204", "400", "401", "404", "413", "503"}


def test_events_for_the_ats_are_documented_as_a_webhook(
    document: dict[str, Any],
) -> None:
    """The document has the headers and the body of an event."""
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
