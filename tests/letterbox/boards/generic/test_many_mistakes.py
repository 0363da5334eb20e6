"""Applications of a board of one's own that have a mistake a thousand times over."""

from typing import Any

import pytest

from letterbox.boards.generic import BOARD
from tests.letterbox.boards.generic.posting import application, take


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ({"question_id": "1", "answer": "yes", "required": True}, 2000),
        ({"question_id": 1, "answer": 4}, 2000),
        ({"question_id": "1", "answer": {"yes": True}}, 0),
        ("yes", 0),
    ],
)
def test_a_mistake_in_every_answer_costs_nothing_beside_them(
    answer: Any, kept: int
) -> None:
    """Who applies, and for what, is understood; so are answers, for what they are."""
    got, _ = take(application(answers=[answer] * 2000))

    reading = BOARD.read(got.submission)

    assert reading.references.job_reference == "DEV-17"
    assert reading.candidate.emails[0].address == "ada@example.com"
    assert len(reading.answers) == kept


def test_many_mistakes_are_told_shortly() -> None:
    """Whoever makes a thousand does not mean this format; the whole is kept."""
    unknown = {f"field{number}": number for number in range(5000)}

    got, warnings = take({"id": "1", **unknown})
    few = take({"id": "1", **dict(list(unknown.items())[:200])})[1]

    assert warnings == [{"at": [], "problem": "most of it is not in this format"}]
    assert len(few) == 50
    assert isinstance(got.submission.said, dict)
    assert len(got.submission.said) == 5001


def test_demographics_are_kept_apart_wherever_they_stand() -> None:
    """A sender's mistake shows them to nobody, and the sender is told of it."""
    said = application(demographics={"gender": "x"}, Demographics="top")
    said["candidate"]["demographics"] = {"veteran": "no"}
    said["answers"][0]["demographics"] = ["nested"]

    got, warnings = take(said)

    assert got.submission.demographics == {
        "demographics": {"gender": "x"},
        "Demographics": "top",
        "candidate.demographics": {"veteran": "no"},
        "answers.0.demographics": ["nested"],
    }
    assert "demographics" not in str(got.submission.said).lower()
    assert ["candidate", "demographics"] in [one["at"] for one in warnings]
