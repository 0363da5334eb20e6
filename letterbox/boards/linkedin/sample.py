"""An invented person's application, as LinkedIn would post it."""

import time

from pydantic import JsonValue


def sample_application(
    board_id: str, job_id: str, media_url: str
) -> dict[str, JsonValue]:
    """Write down an application whose CV lies at an address."""
    return {
        "type": "EXPORT_JOB_APPLICATION",
        "jobApplicationId": board_id,
        "jobApplicant": "urn:li:person:sample",
        "externalJobId": job_id,
        "appliedAt": int(time.time() * 1000),
        "integrationContext": "urn:li:organization:2414183",
        "questionResponses": {
            "contactInformationQuestionResponses": {
                "firstNameAnswer": {"value": "Ada"},
                "lastNameAnswer": {"value": "Example"},
                "emailAnswer": {"value": f"ada.{board_id}@example.com"},
                "cellphoneNumberQuestionAnswer": {
                    "countryCode": "64",
                    "nationalNumber": "21 555 0100",
                },
            },
            "resumeQuestionResponses": {
                "resumeQuestionAnswer": {
                    "mediaUrn": f"urn:li:media:{board_id}",
                    "mediaUrl": media_url,
                }
            },
            "coverLetterQuestionResponses": {
                "textCoverLetterQuestionAnswer": {
                    "answer": {"value": "Please find my CV."}
                }
            },
            "additionalQuestionResponses": {
                "customQuestionSetResponses": [
                    {
                        "customQuestionResponses": [
                            {
                                "questionIdentifier": "visa",
                                "answer": {
                                    "multipleChoiceAnswerValue": {
                                        "symbolicNames": ["yes"]
                                    }
                                },
                            },
                            {
                                "questionIdentifier": "years",
                                "answer": {"numericAnswerValue": {"integerValue": 4}},
                            },
                        ]
                    }
                ]
            },
        },
        "applicantSkills": [
            {"skillName": "Python", "jobMatched": True},
        ],
    }
