"""Answers to LinkedIn's questions, in each shape that they may come in."""

from typing import Any

import pytest

from letterbox.boards.linkedin import BOARD
from letterbox.domain.answers import AnswerKind
from letterbox.domain.submission import ReceivedDocument, Role
from tests.letterbox.boards.linkedin.posting import sample, submission

DIGEST = "0" * 64


def test_every_kind_of_answer_is_read() -> None:
    """The hirer's own questions come first, then what LinkedIn asks itself."""
    downloaded = ReceivedDocument(
        role=Role.OTHER, name="x.pdf", sha256=DIGEST, size=1, link="urn:li:media:cert"
    )
    kept = submission(sample()).model_copy(update={"documents": (downloaded,)})

    answers = BOARD.read(kept).answers

    assert [(one.question_id, one.kind, one.answer) for one in answers] == [
        ("visa", AnswerKind.CHOICES, ("yes", "citizen")),
        ("years", AnswerKind.NUMBER, "4"),
        ("rate", AnswerKind.NUMBER, "45.5"),
        ("why", AnswerKind.TEXT, "I like post."),
        ("from", AnswerKind.DATE, "2026-04-01"),
        ("call", AnswerKind.OTHER, "+64 4 555 0100"),
        ("cert", AnswerKind.FILE, None),
        ("yearsOfExperienceAnswer", AnswerKind.OTHER, "4"),
        ("mayRelocate", AnswerKind.OTHER, "true"),
        ("schoolAnswer", AnswerKind.OTHER, "Victoria"),
        ("schoolAnswer", AnswerKind.OTHER, "Otago"),
    ]
    assert answers[6].attachment == DIGEST


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ({"nationalNumber": "21 5", "value": "7"}, "21 5"),
        ({"value": "21 5"}, "21 5"),
        ({"value": "21 5", "countryCode": "+64"}, "+64 21 5"),
        ({"value": "21 5", "countryCode": "NZ", "extension": 7}, "21 5 ext. 7"),
        ({"countryCode": "64"}, None),
    ],
)
def test_a_telephone_number_is_written_with_its_parts(
    answer: dict[str, Any], number: str | None
) -> None:
    """It is sent whole or in parts; a country's letters are no part of a number."""
    said = sample()
    contact = said["questionResponses"]["contactInformationQuestionResponses"]
    contact["cellphoneNumberQuestionAnswer"] = answer

    phones = BOARD.read(submission(said)).candidate.phones

    assert [one.formatted_number for one in phones] == ([number] if number else [])


@pytest.mark.parametrize(
    ("chosen", "answer"),
    [
        ({"symbolicNames": ["a", "b"], "value": "c"}, ("a", "b")),
        (["a", "b"], ("a", "b")),
        ({"value": "a"}, "a"),
        ({}, None),
    ],
)
def test_what_was_chosen_is_read_in_any_of_its_shapes(
    chosen: Any, answer: str | tuple[str, ...] | None
) -> None:
    """Names are sent; which shapes there are besides is not public."""
    said = sample()
    custom = said["questionResponses"]["additionalQuestionResponses"]
    responses = custom["customQuestionSetResponses"][0]["customQuestionResponses"]
    responses[:] = [
        {"questionIdentifier": "q", "answer": {"multipleChoiceAnswerValue": chosen}}
    ]

    read = BOARD.read(submission(said)).answers[0]

    assert (read.kind, read.answer) == (AnswerKind.CHOICES, answer)


@pytest.mark.parametrize(
    ("typed", "letter"),
    [
        ({"answer": {"value": "Dear"}, "value": "Sir"}, "Dear"),
        ({"value": "Dear"}, "Dear"),
        ({}, None),
    ],
)
def test_a_letter_that_was_typed_is_read_in_either_shape(
    typed: dict[str, Any], letter: str | None
) -> None:
    """Which of them LinkedIn sends is not public."""
    said = sample()
    said["questionResponses"]["coverLetterQuestionResponses"] = {
        "textCoverLetterQuestionAnswer": typed
    }

    texts = BOARD.read(submission(said)).texts

    assert [one.text for one in texts] == ([letter] if letter else [])
