"""Screener questions of all types, in containers of all generations."""

import json
from typing import Any

from letterbox.boards.indeed import BOARD
from letterbox.domain.answers import Answer, AnswerKind, Choice
from tests.letterbox.boards.posts import received
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples/indeed"


def sample(name: str) -> dict[str, Any]:
    """Load a recorded body."""
    loaded: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return loaded


def answers(said: dict[str, Any]) -> tuple[Answer, ...]:
    """Read a body's answers."""
    return BOARD.read(received(BOARD, said).submission).answers


def test_questions_of_today_are_canonical() -> None:
    """A choice says what was to choose from, a file which document it is."""
    got = received(BOARD, sample("application"))

    visa, langs, years, cert = BOARD.read(got.submission).answers

    assert visa == Answer(
        question_id="visa",
        question="May you work here?",
        kind=AnswerKind.CHOICE,
        answer="Yes",
        choices=(
            Choice(value="1", label="Yes", selected=True),
            Choice(value="0", label="No", selected=False),
        ),
    )
    assert (langs.kind, langs.answer) == (AnswerKind.CHOICES, ("Python",))
    assert [choice.selected for choice in langs.choices] == [True, False]
    assert (years.kind, years.answer) == (AnswerKind.NUMBER, "4")
    assert (cert.kind, cert.answer) == (AnswerKind.FILE, None)
    assert cert.attachment == got.submission.documents[1].sha256


def test_the_oldest_container_means_the_same() -> None:
    """Its answers name values only; what is demographic is not there."""
    visa, langs, where, cert = answers(sample("oldest"))

    assert (visa.question, visa.answer) == ("May you work here?", "Yes")
    assert langs.answer == ("Python", "Go")
    assert where.answer == ("NZ", "Wellington")
    assert cert.attachment


def test_a_question_of_several_containers_is_read_once() -> None:
    """They come together while a board moves from one to the next."""
    said = sample("application")
    said["questionsAndAnswers"] = said["screenerQuestionsAndAnswers"]
    said["questions"] = sample("oldest")["questions"]

    ids = [answer.question_id for answer in answers(said)]

    assert ids == ["visa", "langs", "years", "cert", "where"]


def test_an_answer_counts_where_an_earlier_container_has_none() -> None:
    """Nothing is lost to an empty twin."""
    said = sample("application")
    listed = said["screenerQuestionsAndAnswers"]["questionsAndAnswers"]
    said["questionsAndAnswers"] = {"questionsAndAnswers": [dict(listed[2])]}
    listed[2] = {"question": listed[2]["question"], "answer": ""}

    [years] = [one for one in answers(said) if one.question_id == "years"]

    assert years.answer == "4"


def test_several_files_answer_one_question() -> None:
    """Each is an answer of its own."""
    said = sample("application")
    listed = said["screenerQuestionsAndAnswers"]["questionsAndAnswers"]
    files = [{"data": "QQ==", "fileName": "a"}, {"data": "Qg==", "fileName": "b"}]
    listed[:] = [{"question": {"id": "certs", "type": "file"}, "answer": files}]

    got = received(BOARD, said)
    first, second = BOARD.read(got.submission).answers

    assert [one.filename for one in got.submission.documents[1:]] == ["a", "b"]
    assert got.contents[first.attachment or ""] == b"A"
    assert got.contents[second.attachment or ""] == b"B"
    assert first.question_id == second.question_id == "certs"


def test_what_asks_nothing_is_no_question() -> None:
    """Pages break, and texts inform."""
    said = sample("application")
    listed = said["screenerQuestionsAndAnswers"]["questionsAndAnswers"]
    listed[:] = [
        {"question": {"id": "a", "type": "information"}},
        {"question": {"id": "b", "type": "pagebreak"}},
        {"question": {"id": "c", "type": "new kind"}, "answer": True},
    ]

    [answer] = answers(said)

    assert (answer.kind, answer.answer) == (AnswerKind.OTHER, "true")
