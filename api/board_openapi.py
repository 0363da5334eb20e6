"""The addresses of the boards in OpenAPI: each with its own fields and words."""

from collections import defaultdict
from typing import Any

from api.operator.problems import documented
from letterbox.boards import discover
from letterbox.boards.abilities import ChallengeBoard
from letterbox.boards.base import FormBoard, NoticeBoard, PostBoard

Operation = dict[str, Any]

_FORM = """
Accept one application, posted as signed multipart/form-data.

The answer is in the board's own words. ``accepted`` means that the application
is stored durably; a repeat is harmless, and gets the same answer.
"""
_POST = """
Accept one application, posted as one signed body.

2xx means durable: a repeat is harmless and answered the same.
"""
_CHALLENGE = """
Show the board that this address knows the secret that both share.

Boards ask when an address is made known to them, and then every few hours.
"""
_NOTICE = """
Accept a signed notification: 204 once every readable event in it is stored durably.

Event types that Letterbox does not use are accepted too.
"""


def board_paths() -> dict[str, dict[str, Operation]]:
    """Return the path items of all boards there are, open or not."""
    paths: dict[str, dict[str, Operation]] = {}
    for name, board in discover().items():
        if isinstance(board, FormBoard):
            paths[f"/apply/{name}"] = {"post": _form(board)}
        if isinstance(board, PostBoard):
            paths[f"/apply/{name}"] = {"post": _post(board)}
        if isinstance(board, NoticeBoard):
            paths[f"/webhooks/{name}"] = {"post": _notice(board)}
        if isinstance(board, ChallengeBoard):
            paths[f"/apply/{name}"]["get"] = _challenge(board)
    return paths


def _form(board: FormBoard) -> Operation:
    words: dict[int, list[str]] = defaultdict(list)
    for status, word in board.responses.values():
        if word not in words[status.value]:
            words[status.value].append(word)
    schema = {
        "type": "object",
        "required": [name for name, field in board.fields.items() if field.is_required],
        "properties": {
            name: {"type": "string", "description": field.description}
            for name, field in board.fields.items()
        },
    }
    return {
        "tags": ["boards"],
        "summary": f"Submit an application from {board.name}",
        "description": _FORM.strip(),
        "operationId": f"apply_{board.name}",
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": schema}},
        },
        "responses": _by_text(documented(404))
        | {str(status): _answer(of_status) for status, of_status in words.items()},
    }


def _post(board: PostBoard) -> Operation:
    outcomes: dict[int, list[str]] = defaultdict(list)
    for outcome, status in board.statuses.items():
        outcomes[status.value].append(outcome.value)
    return {
        "tags": ["boards"],
        "summary": f"Submit an application from {board.name}",
        "description": _POST.strip(),
        "operationId": f"apply_{board.name}",
        "requestBody": {
            "required": True,
            "content": {board.media_type: {"schema": dict(board.body_schema)}},
        },
        "responses": _by_text(documented(404))
        | {str(of): {"description": ", ".join(so)} for of, so in outcomes.items()},
    }


def _answer(words: list[str]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"enum": words},
            "detail": {"type": "string", "description": "The reason, in some cases."},
        },
    }
    return {
        "description": ", ".join(words),
        "content": {"application/json": {"schema": schema}},
    }


def _notice(board: NoticeBoard) -> Operation:
    return {
        "tags": ["boards"],
        "summary": f"Receive a notification from {board.name}",
        "description": _NOTICE.strip(),
        "operationId": f"receive_{board.name}",
        "requestBody": {
            "required": True,
            "description": "In the format of the board, and signed by it.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        "responses": {"204": {"description": "Successful Response"}}
        | _by_text(documented(400, 401, 404, 413, 503)),
    }


def _challenge(board: ChallengeBoard) -> Operation:
    query, _ = board.sample_challenge("id:secret")
    return {
        "tags": ["boards"],
        "summary": f"Answer the challenge of {board.name}",
        "description": _CHALLENGE.strip(),
        "operationId": f"challenge_{board.name}",
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "string"}}
            for name in query
        ],
        "responses": {"200": {"description": "What the board expects."}}
        | _by_text(documented(400, 404)),
    }


def _by_text(responses: dict[int | str, dict[str, Any]]) -> dict[str, Any]:
    return {str(status): response for status, response in responses.items()}
