"""An invented person's application, as a career site would post it."""

from datetime import datetime

from pydantic import JsonValue


def sample_application(
    board_id: str, job_id: str, filename: str, data: str, applied_at: datetime
) -> dict[str, JsonValue]:
    """Write down an application; ``data`` is its CV in base64."""
    return {
        "id": board_id,
        "applied_at": applied_at.isoformat(),
        "position": {"reference": job_id},
        "candidate": {
            "person": {"name": {"given": "Ada", "family": "Example"}},
            "emails": [{"address": f"ada.{board_id}@example.com"}],
            "phones": [{"formatted_number": "+64 21 555 0100"}],
        },
        "cover_letter": "Please find my CV.",
        "documents": [{"role": "RESUME", "filename": filename, "content": data}],
        "answers": [
            {
                "question_id": "years",
                "question": "Years of experience",
                "kind": "number",
                "answer": "4",
            }
        ],
        "source": {"posting": "web-17", "ip_address": "192.0.2.1"},
    }
