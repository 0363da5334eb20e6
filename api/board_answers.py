"""How OpenAPI tells of the addresses that boards know: their own words, as they are."""

from collections import defaultdict
from typing import Any

from api.form_shapes import FIELDS
from api.operator.problems import documented
from letterbox.boards import discover
from letterbox.boards.base import FormBoard

Responses = dict[int | str, dict[str, Any]]

FORM_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["uuid", "source_signature"],
                    "properties": {
                        name: {"type": "string", "description": about}
                        for name, about in FIELDS.items()
                    },
                }
            }
        },
    }
}
NOTICE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "As the board has it, signed as the board does.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
NOTICE_ANSWERS = documented(400, 401, 404, 413, 503)


def form_answers() -> Responses:
    """Put the boards' tables together: a status, and the words that go with it."""
    said: dict[int, list[str]] = defaultdict(list)
    for board in discover().values():
        if isinstance(board, FormBoard):
            for status, words in board.answers.values():
                said[status.value].append(words)
    return documented(404) | {
        status: {
            "description": ", ".join(dict.fromkeys(words)),
            "content": {"application/json": {"schema": _schema(words)}},
        }
        for status, words in said.items()
    }


def _schema(words: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"enum": list(dict.fromkeys(words))},
            "detail": {"type": "string", "description": "Why, now and then."},
        },
    }
