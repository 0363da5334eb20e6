"""Examples for the OpenAPI document, of an invented person."""

from typing import Any

_ID = "careerjet:12345678-aaaa-bbbb-cccc-123456789abc"
_CV = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_RECEIVED = "2026-03-01T12:00:00Z"
_DUE = "2026-08-14T12:00:00Z"

ITEM = {
    "id": _ID,
    "stage": "matched",
    "board": "careerjet",
    "position": "DEV-17",
    "hirer": "acme",
    "flags": ["conflict"],
    "archive_by": _DUE,
    "received_at": _RECEIVED,
    "job_reference": None,
    "triage": None,
}
PAGE = {"items": [ITEM], "next": "b3BhcXVl"}
STATUS = ITEM | {"flags": ["held"], "held_until": "2027-03-01T00:00:00Z"}
REPORTED = {
    "id": _ID,
    "change": "4711-interviewed",
    "status": "interviewed",
    "reporting": "owed",
}
RECORD = {
    "schema_version": 2,
    "id": _ID,
    "stage": "matched",
    "applied_at": _RECEIVED,
    "received_at": _RECEIVED,
    "archive_by": _DUE,
    "window_end": "2026-08-28T12:00:00Z",
    "source": {
        "board": "careerjet",
        "board_id": "12345678-aaaa-bbbb-cccc-123456789abc",
        "job_reference": "DEV-17",
    },
    "candidate": {
        "person": {
            "name": {"given": "Ada", "family": "Example", "formatted": "Ada Example"}
        },
        "emails": [{"address": "ada@example.com"}],
    },
    "attachments": [
        {
            "role": "RESUME",
            "name": f"{_CV}.pdf",
            "sha256": _CV,
            "size": 48213,
            "filename": "cv.pdf",
            "media_type": "application/pdf",
            "scan": "clean",
        }
    ],
    "position": {
        "reference": "DEV-17",
        "hirer": "acme",
        "title": "Developer",
        "matched_by": "reference",
    },
    "views": [{"number": 1, "fingerprint": _CV, "received_at": _RECEIVED}],
}
JOURNAL: dict[str, Any] = {
    "items": [
        {
            "at": _RECEIVED,
            "operator": "jane.doe",
            "by": "operator API: jane.doe",
            "what": "application read",
            "application": _ID,
            "applications": [],
            "position": None,
            "request_id": "4c1f6fe1d5b44c0b8e0e8d1b6f0f5f0e",
        }
    ],
    "next": None,
}
POSITION = {
    "reference": "DEV-17",
    "title": "Developer",
    "hirer": "acme",
    "status": "open",
    "countries": ["NZ", "AU"],
    "aliases": {"profile": ["seekAnzPublicTest:positionProfile:jobAd:1"]},
}


def example_response(
    example: Any, status: int = 200
) -> dict[int | str, dict[str, Any]]:
    """Document the response of an operation that succeeds by an example."""
    return {status: {"content": {"application/json": {"example": example}}}}
