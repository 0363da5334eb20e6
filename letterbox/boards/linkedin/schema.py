"""What LinkedIn's bodies look like, for OpenAPI; all may be absent but the id."""

from collections.abc import Mapping

from pydantic import JsonValue

_TEXT: JsonValue = {"type": ["string", "null"]}
_ANSWER: JsonValue = {"type": ["object", "null"], "properties": {"value": _TEXT}}
_MEDIA: JsonValue = {
    "type": ["object", "null"],
    "properties": {
        "mediaUrn": _TEXT,
        "mediaUrl": {
            "type": ["string", "null"],
            "description": "Where the document lies, for 30 days.",
        },
    },
}
BODY_SCHEMA: Mapping[str, JsonValue] = {
    "type": "object",
    "required": ["jobApplicationId"],
    "description": "The same wrapped in jobApplication, or in its applicant, is read.",
    "properties": {
        "type": _TEXT,
        "jobApplicationId": {
            "type": ["string", "integer"],
            "description": "LinkedIn's own id of the application.",
        },
        "jobApplicant": _TEXT,
        "externalJobId": {"description": "Our reference of the position."},
        "appliedAt": {"description": "Milliseconds since 1970."},
        "integrationContext": {"description": "LinkedIn's own id of the hirer."},
        "questionResponses": {
            "type": ["object", "null"],
            "properties": {
                "contactInformationQuestionResponses": {
                    "type": ["object", "null"],
                    "properties": {
                        "firstNameAnswer": _ANSWER,
                        "lastNameAnswer": _ANSWER,
                        "emailAnswer": _ANSWER,
                    },
                },
                "resumeQuestionResponses": {
                    "type": ["object", "null"],
                    "properties": {"resumeQuestionAnswer": _MEDIA},
                },
                "additionalQuestionResponses": {
                    "description": "Answers to the hirer's own questions."
                },
                "voluntarySelfIdentificationQuestionResponses": {
                    "description": "Kept apart from everything else."
                },
            },
        },
    },
}
