"""What LinkedIn's bytes mean. Pure: the HTTP around it is tested in tests/api."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.boards.linkedin import BOARD
from letterbox.domain.errors import MalformedError
from letterbox.domain.submission import Role, Submission
from tests.letterbox.boards.linkedin.posting import sample, submission, wrapped
from tests.letterbox.boards.posts import NOW, received


def test_a_whole_application_finds_its_canonical_places() -> None:
    """Its documents are links: they are downloaded once it is recorded."""
    kept = submission(sample())

    reading = BOARD.read(kept)

    candidate = reading.candidate
    assert kept.application_id == "linkedin:urn:li:jobApplication:12345678"
    assert kept.documents == ()
    assert reading.applied_at == datetime(2026, 3, 2, 9, 30, 6, 123000, UTC)
    assert reading.references.job_reference == "DEV-17"
    assert reading.references.hirer == "urn:li:organization:2414183"
    assert candidate.person.name.formatted == "Ada Example"
    assert [email.address for email in candidate.emails] == ["ada@example.com"]
    assert candidate.phones[0].formatted_number == "+64 21 555 0100 ext. 7"
    assert candidate.addresses[0].city == "Wellington"
    assert candidate.addresses[0].postal_code == "6011"
    assert candidate.board_id == "urn:li:person:a1b2c3"
    assert candidate.skills == ("Python", "Temporal")
    assert [source.name for source in candidate.sources] == ["LinkedIn apply"]
    assert [
        (one.id, one.role, one.question_id) for one in candidate.attachment_links
    ] == [
        ("urn:li:media:cv", Role.RESUME, None),
        ("urn:li:media:cert", Role.OTHER, "cert"),
    ]
    assert [(text.role, text.text) for text in reading.texts] == [
        (Role.COVER_LETTER, "Please find my CV.")
    ]
    assert not reading.incomplete


def test_what_is_wrapped_reads_the_same() -> None:
    """Public receivers differ in what is around the application."""
    plain, other = submission(sample()), submission(wrapped())

    assert BOARD.read(other) == BOARD.read(plain)
    assert other.fingerprint == plain.fingerprint
    assert other.application_id == plain.application_id


def test_an_answer_to_a_hirer_s_question_is_part_of_the_content() -> None:
    """It counts in whichever list it stands; a document's address does not count."""
    other, signed_again = sample(), sample()
    for said, key, value in (
        (other, "questionIdentifier", "another"),
        (signed_again, "mediaUrl", "https://media.example.com/signed-again"),
    ):
        for place in _objects_with(said["questionResponses"], key):
            if "mediaUrl" not in place or "mediaUrn" in place:
                place[key] = value

    assert submission(other).fingerprint != submission(sample()).fingerprint
    assert submission(signed_again).fingerprint == submission(sample()).fingerprint


def _objects_with(value: Any, key: str) -> Iterator[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for item in inner:
            yield from _objects_with(item, key)
    if isinstance(value, dict) and key in value:
        yield value


def test_demographic_answers_are_taken_out_wherever_they_are() -> None:
    """They are kept apart: what is said of the application has none of them."""
    deep = sample()
    deep["jobApplication"] = {
        "list": [{"VoluntarySelfIdentificationOfDisability": "canary-2"}]
    }

    for said in (sample(), wrapped(), deep):
        kept = submission(said)
        assert "canary" not in json.dumps(kept.said)
        assert "canary-of-what-she-is" in json.dumps(kept.demographics)
    assert "canary-2" in json.dumps(kept.demographics)
    without = sample()
    del without["questionResponses"]["voluntarySelfIdentificationQuestionResponses"]
    assert submission(without).demographics is None
    assert submission(without).fingerprint == submission(sample()).fingerprint


def test_another_address_of_the_same_document_is_a_repeat() -> None:
    """LinkedIn may sign the address anew each time that it sends."""
    again = sample()
    resume = again["questionResponses"]["resumeQuestionResponses"]
    resume["resumeQuestionAnswer"]["mediaUrl"] += "&signed=again"

    assert submission(again).fingerprint == submission(sample()).fingerprint


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("externalJobId",), "DEV-18"),
        (("jobApplicant",), "urn:li:person:other"),
        (
            (
                "questionResponses",
                "resumeQuestionResponses",
                "resumeQuestionAnswer",
                "mediaUrn",
            ),
            "urn:li:media:other",
        ),
        (
            (
                "questionResponses",
                "contactInformationQuestionResponses",
                "emailAnswer",
                "value",
            ),
            "eve@example.com",
        ),
    ],
)
def test_another_content_is_another_fingerprint(
    path: tuple[str, ...], value: str
) -> None:
    """What the candidate has changed is no repeat."""
    changed = sample()
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value

    assert submission(changed).fingerprint != submission(sample()).fingerprint


def test_a_document_without_an_id_goes_by_its_address() -> None:
    """And one that is named twice is one document."""
    said = sample()
    resume = said["questionResponses"]["resumeQuestionResponses"]
    address = resume["resumeQuestionAnswer"]["mediaUrl"]
    del resume["resumeQuestionAnswer"]["mediaUrn"]
    said["questionResponses"]["again"] = [{"mediaUrl": address}]

    cv, certificate = BOARD.read(submission(said)).candidate.attachment_links

    assert (cv.id, cv.url, cv.role) == (address, address, Role.RESUME)
    assert certificate.id == "urn:li:media:cert"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b"{}",
        b'{"jobApplicationId": ""}',
        b'{"jobApplicationId": null}',
        b'{"jobApplicationId": ["1"]}',
        b'{"jobApplicationId": "a\\u0000b"}',
        json.dumps({"jobApplicationId": "x" * 129}).encode(),
        b'{"jobApplicationId": "1", "deep": ' + b"[" * 150 + b"]" * 150 + b"}",
    ],
)
def test_what_cannot_be_kept_under_an_id_is_malformed(body: bytes) -> None:
    """There is nothing to keep it under, or no end to it."""
    with pytest.raises(MalformedError):
        received(BOARD, body)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig", "utf-8"])
def test_another_charset_is_read(encoding: str) -> None:
    """What a board signed is not refused for its encoding."""
    said = sample()
    contact = said["questionResponses"]["contactInformationQuestionResponses"]
    contact["firstNameAnswer"]["value"] = "Zoë"

    kept = submission(json.dumps(said, ensure_ascii=False).encode(encoding))

    assert BOARD.read(kept).candidate.person.name.given == "Zoë"


@pytest.mark.parametrize("millis", [None, "soon", True, 10**30, -1, [], {}, 0])
def test_an_impossible_time_of_applying_is_the_time_of_receipt(millis: Any) -> None:
    """It decides when the application is archived."""
    kept = submission(sample() | {"appliedAt": millis})

    assert BOARD.read(kept).applied_at == kept.received_at


def test_a_time_of_applying_may_be_text() -> None:
    """A public receiver's sample has it so."""
    at = NOW - timedelta(hours=1)
    kept = submission(sample() | {"appliedAt": str(int(at.timestamp()) * 1000)})

    assert BOARD.read(kept).applied_at == at


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)
_KEYS = st.sampled_from(
    [
        "jobApplication applicant externalJobId appliedAt integrationContext value",
        "questionResponses contactInformationQuestionResponses firstNameAnswer answer",
        "emailAnswer cellphoneNumberQuestionAnswer nationalNumber countryCode mediaUrn",
        "resumeQuestionResponses resumeQuestionAnswer mediaUrl applicantSkills",
        "additionalQuestionResponses customQuestionSetResponses skillName",
        "customQuestionResponses",
        "questionIdentifier multipleChoiceAnswerValue symbolicNames numericAnswerValue",
        "dateAnswerValue year month documentAnswerValue workQuestionResponses",
        "coverLetterQuestionResponses textCoverLetterQuestionAnswer locationAnswer",
        "voluntarySelfIdentificationQuestionResponses jobApplicant",
    ]
).flatmap(lambda line: st.sampled_from(line.split()))
_SHAPED = st.recursive(
    _JSON,
    lambda inner: st.dictionaries(_KEYS, inner) | st.lists(inner, max_size=3),
    max_leaves=8,
)


@given(said=st.dictionaries(_KEYS, _SHAPED, max_size=4))
def test_nothing_that_is_signed_is_lost_or_crashes(said: dict[str, Any]) -> None:
    """Whatever keys hold, it is kept, can be stored and read, and has a meaning."""
    said["jobApplicationId"] = "1"

    kept = submission(json.dumps(said).encode())

    stored = Submission.model_validate_json(kept.model_dump_json())
    reading = BOARD.read(stored)
    assert stored == kept
    assert reading.source.board_id == "1"
    assert isinstance(kept.said, dict)
    apart = kept.demographics if isinstance(kept.demographics, dict) else {}
    assert set(said) == set(kept.said) | {key for key in apart if "." not in key}


@given(body=st.binary())
def test_any_bytes_are_an_application_or_malformed(body: bytes) -> None:
    """There is no third thing."""
    try:
        read = submission(body)
    except MalformedError:
        return
    assert read.application_id.startswith("linkedin:")
