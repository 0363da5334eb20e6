"""An invented person's application, as ZipRecruiter would post it."""

from pydantic import JsonValue


def sample_application(board_id: str, job_id: str, data: str) -> dict[str, JsonValue]:
    """Write down an application; ``data`` is its CV in base64."""
    return {
        "response_id": board_id,
        "zr_application_id": f"zr-{board_id}",
        "job_id": job_id,
        "name": "Ada Example",
        "first_name": "Ada",
        "last_name": "Example",
        "email": f"ada.{board_id}@example.com",
        "phone": "(212) 555-0100",
        "resume": data,
        "attributes": {"feed": "sample"},
        "answers": [
            {"question_id": "years", "question": "Years of experience", "answer": "4"}
        ],
        "profile": {
            "city": "New York",
            "state": "NY",
            "postal_code": "10001",
            "job_records": [
                {"company": "Acme", "title": "Developer", "start_date": "2020-03"}
            ],
            "education_records": [],
        },
    }
