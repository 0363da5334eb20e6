"""What ZipRecruiter's bodies look like, for OpenAPI; only ``response_id`` is needed."""

from collections.abc import Mapping

from pydantic import JsonValue

_TEXT: JsonValue = {"type": ["string", "null"]}
_LIST: JsonValue = {"type": ["array", "null"]}
BODY_SCHEMA: Mapping[str, JsonValue] = {
    "type": "object",
    "required": ["response_id"],
    "properties": {
        "response_id": {
            "type": ["string", "integer"],
            "description": "ZipRecruiter's own id of the application.",
        },
        "zr_application_id": {"description": "The id that hiring signals go by."},
        "job_id": {"description": "Our reference of the position."},
        "name": _TEXT,
        "first_name": _TEXT,
        "last_name": _TEXT,
        "email": _TEXT,
        "phone": _TEXT,
        "resume": {"type": ["string", "null"], "description": "In base64."},
        "attributes": {
            "type": ["object", "null"],
            "description": "What the job was posted with.",
        },
        "answers": _LIST,
        "profile": {
            "type": ["object", "null"],
            "properties": {
                "mobile": _TEXT,
                "executive_summary": _TEXT,
                "objective": _TEXT,
                "text_resume": _TEXT,
                "city": _TEXT,
                "state": _TEXT,
                "postal_code": _TEXT,
                "job_records": _LIST,
                "education_records": _LIST,
                "achievement_records": _LIST,
                "license_certification_records": _LIST,
                "association_records": _LIST,
            },
        },
    },
}
