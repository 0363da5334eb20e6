"""An invented person's application, as Indeed would post it."""

import time

from pydantic import JsonValue


def sample_application(
    board_id: str, job_id: str, filename: str, data: str
) -> dict[str, JsonValue]:
    """Write down an application; ``data`` is its CV in base64."""
    return {
        "id": board_id,
        "appliedOnMillis": int(time.time() * 1000),
        "locale": "en_NZ",
        "schemaVersion": "1.4",
        "job": {
            "jobId": job_id,
            "jobKey": "ef6a185864da5b5d",
            "jobTitle": "Developer",
            "jobCompany": "Acme",
            "jobLocation": "Wellington",
        },
        "applicant": {
            "fullName": "Ada Example",
            "firstName": "Ada",
            "lastName": "Example",
            "email": f"ada.{board_id}@example.com",
            "emailAlias": "ada_1ab@indeedemail.com",
            "phoneNumber": "+64 21 555 0100",
            "coverletter": "Please find my CV.",
            "verified": True,
            "location": {"country": "NZ", "city": "Wellington"},
            "resume": {
                "file": {
                    "contentType": "application/octet-stream",
                    "fileName": filename,
                    "data": data,
                }
            },
        },
        "analytics": {
            "ip": "192.0.2.1",
            "userAgent": "Letterbox sample",
            "device": "desktop",
        },
        "screenerQuestionsAndAnswers": {
            "schemaVersion": "1.4",
            "questionsAndAnswers": [_MAY_WORK, _YEARS],
        },
        "demographicQuestionsAndAnswers": [],
    }


_MAY_WORK: JsonValue = {
    "question": {
        "id": "visa",
        "type": "select",
        "question": "May you work here?",
        "required": True,
        "options": [{"value": "1", "label": "Yes"}, {"value": "0", "label": "No"}],
    },
    "answer": {"value": "1", "label": "Yes"},
}
_YEARS: JsonValue = {
    "question": {"id": "years", "type": "text", "question": "Years of experience"},
    "answer": "4",
}
