"""
The screening questions, and what the candidate answered.

https://developer.seek.com/use-cases/application-export/questionnaire-submissions
"""

from collections.abc import Iterator

from pydantic import JsonValue

from letterbox.boards.node import Node
from letterbox.domain.answers import Answer, from_version_1


def read_answers(profile: Node) -> tuple[Answer, ...]:
    """
    Return what is said of the whole, then each answer in its order.

    Texts are as they were sent: ``question_html`` is HTML of a stranger.
    """
    submission = profile.node("seekQuestionnaireSubmission")
    return tuple(map(from_version_1, _entries(submission))) if submission else ()


def is_consent_withheld(profile: Node) -> bool:
    """Return whether a consent that was asked for was not given."""
    responses = profile.nodes("seekQuestionnaireSubmission", "responses")
    return any(
        response.flag("consentGivenIndicator") is False for response in responses
    )


def _entries(submission: Node) -> Iterator[JsonValue]:
    yield {
        "type": "Submission",
        "questionnaire_id": submission.identifier("questionnaire", "id"),
        "hirer": submission.identifier("questionnaire", "hirer", "id"),
        "score": submission.node("score").value,
    }
    yield from map(_response, submission.nodes("responses"))


def _response(response: Node) -> JsonValue:
    """Read a response by what it has: one of a new kind keeps what all have."""
    component = response.node("component")
    entry: dict[str, JsonValue] = {
        "type": response.text("componentTypeCode"),
        "id": component.identifier("id"),
        "value": component.text("value"),
    }
    if response.node("answers").value is not None:
        entry |= _question(response, component)
    if response.node("consentGivenIndicator").value is not None:
        entry |= _consent(response, component)
    return entry


def _question(response: Node, component: Node) -> dict[str, JsonValue]:
    return {
        "question_html": component.text("questionHtml"),
        "response_type": component.text("responseTypeCode"),
        "source": component.text("sourceCode"),
        "choices": [_choice(choice) for choice in component.nodes("responseChoice")],
        "answers": [
            {
                "answer": answer.node("answer").value,
                "choice": _choice(choice)
                if (choice := answer.node("choice"))
                else None,
            }
            for answer in response.nodes("answers")
        ],
        "score": response.node("score").value,
    }


def _choice(choice: Node) -> JsonValue:
    return {
        "id": choice.identifier("id"),
        "value": choice.text("value"),
        "text": choice.node("text").value,
        "preferred": choice.flag("preferredIndicator"),
        "selected": choice.flag("selectedIndicator"),
    }


def _consent(response: Node, component: Node) -> dict[str, JsonValue]:
    return {
        "description_html": component.text("descriptionHtml"),
        "privacy_policy_url": component.text("privacyPolicyUrl", "url"),
        "consent_given": response.flag("consentGivenIndicator"),
    }
