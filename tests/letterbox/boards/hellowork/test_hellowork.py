"""What is HelloWork's alone; what all boards that post do is in test_posts.py."""

from typing import Any

import pytest
from pydantic import ValidationError

from letterbox.boards.base import Head
from letterbox.boards.hellowork import BOARD
from letterbox.boards.hellowork.settings import HelloWorkSettings
from letterbox.domain.answers import Answer, AnswerKind, Choice
from letterbox.domain.errors import SignatureError
from tests.letterbox.boards.posts import HELLOWORK, NOW, changed


def answers(said: dict[str, Any]) -> tuple[Answer, ...]:
    """Read a body's answers."""
    return BOARD.read(HELLOWORK.submission(said)).answers


def test_the_header_of_the_key_is_a_setting() -> None:
    """HelloWork's pages do not name it: what was agreed on is what counts."""
    settings = HelloWorkSettings(hellowork_header="X-Agreed")
    key = "a key é".encode()
    as_read = key.decode("latin-1")

    BOARD.verifier(Head({"x-agreed": as_read}, {}), [b"old", key], settings).verify()
    with pytest.raises(SignatureError):
        BOARD.verifier(Head({"x-api-key": as_read}, {}), [key], settings).verify()


@pytest.mark.parametrize("header", ["", "X Api", "X-Api:", "X\nY", "é"])
def test_what_is_no_header_is_refused_at_the_start(header: str) -> None:
    """With it the board would be closed, without a word."""
    with pytest.raises(ValidationError):
        HelloWorkSettings(hellowork_header=header)


@pytest.mark.parametrize(
    "hosts", ["https://hellowork.example", "hellowork.example/v1", "a@b", "*", "a b"]
)
def test_what_is_no_host_is_refused_at_the_start(hosts: str) -> None:
    """With it every status would be refused, and nobody would know why."""
    with pytest.raises(ValidationError, match="without https://"):
        HelloWorkSettings.model_validate({"hellowork_status_hosts": hosts})


def test_hosts_are_a_list_with_ports() -> None:
    """As they stand in the variable."""
    settings = HelloWorkSettings.model_validate(
        {"hellowork_status_hosts": "a.example, b.example:8443"}
    )

    assert settings.hellowork_status_hosts == ("a.example", "b.example:8443")


def test_the_sample_carries_its_key_in_the_header_of_the_settings() -> None:
    """``letterbox send hellowork`` is to be taken whatever was agreed on."""
    settings = HelloWorkSettings(hellowork_header="X-Agreed")

    post = BOARD.sample_post("1", "DEV-17", "key", ("cv.pdf", b"%PDF"), settings)

    assert post.headers["X-Agreed"] == "key"
    assert "X-Api-Key" not in post.headers


def test_what_goes_beside_the_application_has_its_place() -> None:
    """The file's name and type, where statuses go, and how the person came."""
    submission = HELLOWORK.submission(HELLOWORK.sample())

    reading = BOARD.read(submission)

    [cv] = submission.documents
    assert (cv.filename, cv.declared_type) == ("Ada Example.pdf", "application/pdf")
    assert reading.source.status_target == (
        "https://ats-partner.hellowork.com/v1/applications/hw-7f0c2a/status"
    )
    assert [source.name for source in reading.candidate.sources] == ["HelloWork"]
    assert reading.candidate.phones[0].formatted_number == "+33 1 99 00 12 34"
    assert reading.applied_at == NOW


@pytest.mark.parametrize(
    ("source", "names"),
    [({"name": "Regionsjob"}, ["Regionsjob"]), ({"id": 7}, []), (None, []), (7, [])],
)
def test_a_source_is_a_text_or_an_object(source: Any, names: list[str]) -> None:
    """It varies by ATS; whole it stays in the source."""
    said = HELLOWORK.sample() | {"source": source}

    submission = HELLOWORK.submission(said)

    read = BOARD.read(submission).candidate.sources
    assert [one.name for one in read] == names
    assert isinstance(submission.said, dict)
    assert submission.said["source"] == source


def test_questions_of_all_types_are_canonical() -> None:
    """A choice says what was to choose from."""
    text, number, licence, day, contract, languages = answers(HELLOWORK.sample())

    assert (text.kind, text.answer) == (AnswerKind.TEXT, "Le métier me plaît.")
    assert (number.kind, number.answer) == (AnswerKind.NUMBER, "4")
    assert (licence.kind, licence.answer) == (AnswerKind.OTHER, "true")
    assert (day.kind, day.answer) == (AnswerKind.DATE, "2026-12-01")
    assert contract == Answer(
        question_id="contrat",
        question="Quel contrat ?",
        kind=AnswerKind.CHOICE,
        answer="CDI",
        choices=(
            Choice(value="cdi", label="CDI", selected=True),
            Choice(value="cdd", label="CDD", selected=False),
        ),
    )
    assert languages.kind is AnswerKind.CHOICES
    assert languages.answer == ("Français", "Anglais")
    assert [choice.selected for choice in languages.choices] == [True, True, False]


def test_a_question_without_an_answer_is_kept_as_a_question() -> None:
    """The older page has none of them at all."""
    said = changed(HELLOWORK.sample(), HELLOWORK.answer, None)
    older = HELLOWORK.sample()
    del older["screenerQuestions"]

    assert answers(said)[0].answer is None
    assert answers(older) == ()


def test_without_a_resume_it_is_whole_and_with_an_empty_file_it_is_not() -> None:
    """What was announced and did not come is missing."""
    without = HELLOWORK.sample()
    del without["resume"]
    empty = changed(HELLOWORK.sample(), HELLOWORK.resume, "")

    assert not BOARD.read(HELLOWORK.submission(without)).incomplete
    assert BOARD.read(HELLOWORK.submission(empty)).incomplete
