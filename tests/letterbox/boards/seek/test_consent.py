"""A consent that was asked for and not given is a flag, and nothing else is."""

import pytest
from pydantic import JsonValue

from letterbox.boards.node import Node
from letterbox.boards.seek.questionnaire import is_consent_withheld


@pytest.mark.parametrize(
    ("given", "is_withheld"),
    [
        ([], False),
        ([True], False),
        ([True, False], True),
        ([None], False),
        (["false"], False),
    ],
)
def test_only_a_plain_no_is_a_consent_withheld(
    given: list[JsonValue], *, is_withheld: bool
) -> None:
    """What is absent or malformed was not refused by anybody."""
    responses: list[JsonValue] = [{"consentGivenIndicator": one} for one in given]
    profile: JsonValue = {"seekQuestionnaireSubmission": {"responses": responses}}

    assert is_consent_withheld(Node(profile)) is is_withheld


def test_a_profile_without_questions_withholds_nothing() -> None:
    """Most ads ask for no consent."""
    assert not is_consent_withheld(Node({}))
    assert not is_consent_withheld(Node(None))
