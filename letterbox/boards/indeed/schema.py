"""What Indeed's bodies look like, for OpenAPI; every key but ``id`` may be absent."""

from collections.abc import Mapping

from pydantic import JsonValue

_TEXT: JsonValue = {"type": ["string", "null"]}
_FILE: JsonValue = {
    "type": ["object", "null"],
    "properties": {
        "contentType": _TEXT,
        "fileName": _TEXT,
        "data": {"type": ["string", "null"], "description": "In base64."},
    },
}
_QUESTIONS: JsonValue = {
    "description": "The container, or an empty list.",
    "properties": {
        "schemaVersion": _TEXT,
        "questionsAndAnswers": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "question": {
                        "type": "object",
                        "properties": {"id": _TEXT, "type": _TEXT, "question": _TEXT},
                    },
                    "answer": {"description": "A text, a choice, a file or a list."},
                },
            },
        },
    },
}
BODY_SCHEMA: Mapping[str, JsonValue] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {
            "type": ["string", "integer"],
            "description": "Indeed's own id of the application.",
        },
        "appliedOnMillis": {"description": "Milliseconds since 1970."},
        "locale": _TEXT,
        "job": {
            "type": ["object", "null"],
            "properties": {
                "jobId": {"description": "Our reference of the position."},
                "jobKey": _TEXT,
                "jobTitle": _TEXT,
            },
        },
        "applicant": {
            "type": ["object", "null"],
            "properties": {
                "fullName": _TEXT,
                "firstName": _TEXT,
                "lastName": _TEXT,
                "email": _TEXT,
                "phoneNumber": _TEXT,
                "coverletter": _TEXT,
                "resume": {
                    "type": ["object", "null"],
                    "properties": {"file": _FILE, "text": _TEXT, "html": _TEXT},
                },
            },
        },
        "screenerQuestionsAndAnswers": _QUESTIONS,
        "demographicQuestionsAndAnswers": {
            "description": "As above; kept apart from everything else."
        },
    },
}
