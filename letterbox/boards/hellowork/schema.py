"""What HelloWork's bodies look like, for OpenAPI; only ``applicationId`` is needed."""

from collections.abc import Mapping

from pydantic import JsonValue

_TEXT: JsonValue = {"type": ["string", "null"]}
_QUESTION: JsonValue = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "question": _TEXT,
        "type": {
            "type": ["string", "null"],
            "description": "text, textarea, number, select, multiselect, boolean, date",
        },
        "answer": {"description": "A text, a number, true, false, or a list of texts."},
        "options": {
            "type": ["array", "null"],
            "items": {
                "type": "object",
                "properties": {"value": _TEXT, "label": _TEXT},
            },
        },
    },
}
BODY_SCHEMA: Mapping[str, JsonValue] = {
    "type": "object",
    "required": ["applicationId"],
    "properties": {
        "applicationId": {
            "type": ["string", "integer"],
            "description": "HelloWork's own id of the application.",
        },
        "job": {
            "type": ["object", "null"],
            "properties": {
                "jobId": {"description": "Our reference of the position."},
                "jobAtsUrl": _TEXT,
            },
        },
        "applicant": {
            "type": ["object", "null"],
            "properties": {
                "firstName": _TEXT,
                "lastName": _TEXT,
                "email": _TEXT,
                "phoneNumber": _TEXT,
            },
        },
        "resume": {
            "type": ["object", "null"],
            "properties": {
                "file": {
                    "type": ["object", "null"],
                    "properties": {
                        "fileName": _TEXT,
                        "contentType": _TEXT,
                        "data": {
                            "type": ["string", "null"],
                            "description": "In base64.",
                        },
                    },
                }
            },
        },
        "source": {"description": "A text or an object."},
        "statusApiUrl": _TEXT,
        "screenerQuestions": {"type": ["array", "null"], "items": _QUESTION},
    },
}
