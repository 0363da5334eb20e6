"""An invented person's application, as HelloWork would post it."""

from pydantic import JsonValue

# Nobody's: what is played on a developer's machine is not to be told to HelloWork.
_STATUSES = "https://hellowork.example/v1/applications/{}/status"


def sample_application(
    board_id: str, job_id: str, filename: str, data: str
) -> dict[str, JsonValue]:
    """Write down an application; ``data`` is its CV in base64."""
    return {
        "applicationId": board_id,
        "job": {"jobId": job_id, "jobAtsUrl": "https://jobs.example.com/dev-17"},
        "applicant": {
            "firstName": "Ada",
            "lastName": "Example",
            "email": f"ada.{board_id}@example.com",
            "phoneNumber": "+33 1 99 00 12 34",
        },
        "resume": {
            "file": {
                "fileName": filename,
                "contentType": "application/octet-stream",
                "data": data,
            }
        },
        "source": "HelloWork",
        "statusApiUrl": _STATUSES.format(board_id),
        "screenerQuestions": [
            {
                "id": "permis",
                "question": "Avez-vous le permis B ?",
                "type": "boolean",
                "answer": True,
            },
            {
                "id": "contrat",
                "question": "Quel contrat cherchez-vous ?",
                "type": "select",
                "answer": "cdi",
                "options": [
                    {"value": "cdi", "label": "CDI"},
                    {"value": "cdd", "label": "CDD"},
                ],
            },
        ],
    }
