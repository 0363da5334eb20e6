"""What Indeed's bytes mean. Pure: the HTTP around it is tested in tests/api."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from letterbox.boards.indeed import BOARD
from letterbox.boards.node import Node
from letterbox.domain.errors import SignatureError
from letterbox.domain.submission import Role, Submission
from tests.letterbox.boards.posts import NOW, received, verified
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples/indeed"
SECRET = "Y0ur api secret key not shared &$%@"
# The official vector: single quotes, so it is no JSON, only bytes.
BODY = (
    b"{'locale':'en_US','applicant':"
    b"{'fullName':'John Doe','email':'john.doe@example.com'}}"
)
SIGNATURE = "SGadPKocf3HD1LYXm3xGObB6hzk="
PDF = "JVBERi0xLjQK"


def sample(name: str = "application") -> dict[str, Any]:
    """Load a recorded body."""
    loaded: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return loaded


def submission(said: Any) -> Submission:
    """Receive a body."""
    return received(BOARD, said).submission


@pytest.mark.parametrize("secrets", [[SECRET], ["another", SECRET]])
def test_the_official_vector_verifies(secrets: list[str]) -> None:
    """Both secrets are good while they rotate."""
    keys = [secret.encode() for secret in secrets]

    verified(BOARD, BODY, {"x-indeed-signature": SIGNATURE}, keys)

    with pytest.raises(SignatureError):
        verified(BOARD, BODY, {"x-indeed-signature": SIGNATURE}, keys[:-1])


def test_a_whole_application_finds_its_canonical_places() -> None:
    """The documents come out decoded, with what they are for."""
    got = received(BOARD, sample())

    reading = BOARD.read(got.submission)

    assert got.submission.application_id == f"indeed:{sample()['id']}"
    cv, certificate = got.submission.documents
    assert (cv.role, cv.filename, cv.size) == (Role.RESUME, "Ada Example.pdf", 9)
    assert (certificate.role, certificate.question_id) == (Role.OTHER, "cert")
    assert got.contents[cv.sha256] == b"%PDF-1.4\n"
    assert PDF not in got.submission.model_dump_json()
    assert reading.applied_at == datetime(2026, 3, 2, 9, 30, 6, 123000, UTC)
    assert reading.source.posting == "ef6a185864da5b5d"
    assert reading.source.ip_address == "203.0.113.9"
    ad = reading.source.position_profile
    assert ad
    assert (ad.title, [one.name for one in ad.organizations]) == ("Developer", ["Acme"])
    assert reading.references.job_reference == "DEV-17"
    assert reading.candidate.person.name.formatted == "Ada Example"
    assert [email.address for email in reading.candidate.emails] == ["ada@example.com"]
    assert reading.candidate.addresses[0].country_code == "NZ"
    assert [text.role for text in reading.texts] == [Role.COVER_LETTER]
    assert not reading.incomplete


def test_an_ad_without_a_title_is_no_ad() -> None:
    """Nothing is made up of what Indeed does not say."""
    said = sample() | {"job": {"jobId": "DEV-17"}}

    reading = BOARD.read(submission(said))

    assert reading.source.position_profile is None
    assert reading.references.job_reference == "DEV-17"


def test_the_forwarding_address_is_never_the_candidates() -> None:
    """It is another one each time: no marker of a person, and no other application."""
    other = sample()
    other["applicant"]["emailAlias"] = "ada_2cd@indeedemail.com"
    other["analytics"]["ip"] = "203.0.113.10"
    letter = sample()
    letter["applicant"]["coverletter"] = "Another letter."
    alone = sample()
    del alone["applicant"]["email"]

    assert submission(other).fingerprint == submission(sample()).fingerprint
    assert submission(letter).fingerprint != submission(sample()).fingerprint
    assert BOARD.read(submission(alone)).candidate.emails == ()


def test_an_indeed_resume_is_read_as_text_and_as_a_career() -> None:
    """Its text is the CV, its JSON the employment; months of -1 were not told."""
    reading = BOARD.read(submission(sample("resume")))

    assert [(text.role, text.text) for text in reading.texts] == [
        (Role.RESUME, "Ada Example, developer")
    ]
    first, second = reading.candidate.employment
    assert first.organization == "Acme"
    assert (first.positions[0].start, first.positions[0].end) == ("2020-03", None)
    assert first.positions[0].current is True
    assert (second.positions[0].start, second.positions[0].end) == ("2018", "2020-02")
    assert reading.candidate.education[0].degrees[0].name == "BSc, Mathematics"
    assert reading.candidate.certifications[0].issued == "2024-01"
    assert reading.candidate.addresses[0].postal_code == "6011"
    assert not reading.incomplete


@pytest.mark.parametrize(
    ("file", "incomplete"),
    [
        ({"fileName": "cv.pdf"}, True),
        ({"fileName": "cv.pdf", "data": PDF}, False),
        (None, False),
    ],
)
def test_a_file_that_was_announced_and_has_not_come_is_missed(
    file: dict[str, str] | None, *, incomplete: bool
) -> None:
    """An application needs none; one that says that there is one does."""
    said = sample()
    said["applicant"]["resume"] = {"file": file} if file else {"text": "A CV."}

    assert BOARD.read(submission(said)).incomplete is incomplete


def test_the_place_is_of_the_first_that_tells_it() -> None:
    """It is the applicant's own, or that of the resume, or the oldest form's."""
    said = sample("resume")
    said["applicant"] |= {"location": {"city": "Nelson"}, "city": "Old"}
    places = [BOARD.read(submission(said)).candidate.addresses[0].city]
    del said["applicant"]["location"]
    places.append(BOARD.read(submission(said)).candidate.addresses[0].city)
    del said["applicant"]["resume"]
    places.append(BOARD.read(submission(said)).candidate.addresses[0].city)

    assert places == ["Nelson", "Wellington", "Old"]


def test_a_resume_of_html_alone_is_a_document() -> None:
    """There is nothing better of it."""
    said = sample("resume")
    del said["applicant"]["resume"]["text"]

    [document] = submission(said).documents

    assert (document.role, document.declared_type) == (Role.RESUME, "text/html")


@pytest.mark.parametrize(
    "millis",
    [None, "soon", True, 10**30, -1, 0, 99_999_999_999_999, "1e9", [], {}, 1.5e400],
)
def test_an_impossible_time_of_applying_is_the_time_of_receipt(millis: Any) -> None:
    """It decides when the application is archived."""
    kept = submission(sample() | {"appliedOnMillis": millis})

    assert BOARD.read(kept).applied_at == kept.received_at


@pytest.mark.parametrize("digits", [1, 300, 301, 4300, 4301, 100_000])
def test_a_number_of_any_length_is_kept(digits: int) -> None:
    """As text where no program reads it as a number: who signed it is not refused."""
    body = b'{"id": "1", "number": ' + b"9" * digits + b"}"

    kept = submission(body)

    assert Submission.model_validate_json(kept.model_dump_json()) == kept
    assert Node(kept.said).word("number") == "9" * digits


def test_a_time_of_applying_may_be_text() -> None:
    """Milliseconds were seen as text elsewhere in the body."""
    at = NOW - timedelta(hours=1)
    kept = submission(sample() | {"appliedOnMillis": str(int(at.timestamp()) * 1000)})

    assert BOARD.read(kept).applied_at == at


def test_demographic_answers_are_taken_out_of_all_containers() -> None:
    """They are kept apart: what is said of the application has none of them."""
    said = sample()
    asked = {"question": {"id": "gender", "question": "Gender?"}, "answer": "canary-1"}
    said["demographicQuestionsAndAnswers"] = {"questionsAndAnswers": [asked]}
    listed = said["screenerQuestionsAndAnswers"]["questionsAndAnswers"]
    listed.append({"question": {"id": "Disability-EEO"}, "answer": "canary-2"})
    plain = submission(sample())

    kept, oldest = submission(said), submission(sample("oldest"))

    apart, oldest_apart = json.dumps(kept.demographics), oldest.demographics
    assert "canary" not in json.dumps(kept.said)
    assert "canary-1" in apart
    assert "canary-2" in apart
    assert kept.fingerprint == plain.fingerprint
    assert isinstance(oldest_apart, dict)
    assert len(oldest_apart) == 2
    assert "veteran" not in json.dumps(oldest.said)
