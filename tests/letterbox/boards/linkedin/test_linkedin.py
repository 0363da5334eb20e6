"""What LinkedIn's bytes mean. Pure: the HTTP around it is tested in tests/api."""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.boards.base import Outcome
from letterbox.boards.linkedin import BOARD
from letterbox.domain.answers import AnswerKind
from letterbox.domain.errors import MalformedError, SignatureError
from letterbox.domain.submission import ReceivedDocument, Role, Submission
from tests.letterbox.boards.posts import NOW, is_verified, received, verified
from tests.support import ROOT

SAMPLE = ROOT / "tests/samples/linkedin/application.json"
SECRETS = [b"86parent:client-secret", b"86child:another-secret"]
# Computed: LinkedIn publishes none.
BODY = (
    b'{"type":"EXPORT_JOB_APPLICATION",'
    b'"jobApplicationId":"urn:li:jobApplication:12345678"}'
)
SIGNATURE = "0afefce914f62b1f02832ff97ad0f9075e48b3161f536b5098652b5b670c6a98"
IN_BASE64 = b64encode(bytes.fromhex(SIGNATURE)).decode()
DIGEST = "0" * 64


def sample() -> dict[str, Any]:
    """Load a recorded body."""
    loaded: dict[str, Any] = json.loads(SAMPLE.read_text())
    return loaded


def wrapped() -> dict[str, Any]:
    """Wrap the sample as a public receiver of LinkedIn's has it."""
    said = sample()
    answers = said.pop("questionResponses")
    return {"type": said.pop("type"), "jobApplication": said | {"applicant": answers}}


def submission(said: Any) -> Submission:
    """Receive a body."""
    return received(BOARD, said).submission


@pytest.mark.parametrize("prefix", ["", "hmacsha256="])
@pytest.mark.parametrize("signature", [SIGNATURE, SIGNATURE.upper(), IN_BASE64])
@pytest.mark.parametrize(
    "secrets",
    [SECRETS, SECRETS[::-1], [b"client-secret"], [b"x", b"86parent:x", *SECRETS]],
)
def test_the_computed_vector_verifies(
    prefix: str, signature: str, secrets: list[bytes]
) -> None:
    """LinkedIn does not say how a signature is written; any application may sign."""
    headers = {"x-li-signature": prefix + signature}
    assert is_verified(BOARD, BODY, headers, secrets)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "hmacsha256=",
        "é☃",
        SIGNATURE[:-1],
        f"hmacsha256=hmacsha256={SIGNATURE}",
        SIGNATURE * 2,
        IN_BASE64.lower(),
        hmac.new(b"client-secret", BODY, "sha256").hexdigest(),
        hmac.new(SECRETS[0], b"hmacsha256=" + BODY, "sha256").hexdigest(),
        "A" * 5000,
    ],
)
def test_no_other_signature_verifies(signature: str | None) -> None:
    """Absent, nonsense, and made without the prefix or with the id are refused."""
    headers = {} if signature is None else {"x-li-signature": signature}

    with pytest.raises(SignatureError):
        verified(BOARD, BODY, headers, SECRETS)


def test_a_changed_body_and_no_secret_verify_nothing() -> None:
    """The whole body is signed; without a secret nobody is the board."""
    headers = {"x-li-signature": SIGNATURE}

    for body, secrets in ((BODY + b" ", SECRETS), (BODY[:-1], SECRETS), (BODY, [])):
        with pytest.raises(SignatureError):
            verified(BOARD, body, headers, secrets)


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


def test_every_kind_of_answer_is_read() -> None:
    """Those to the hirer's own questions first, then what LinkedIn asks itself."""
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


def test_what_is_wrapped_reads_the_same() -> None:
    """Public receivers differ in what is around the application."""
    plain, other = submission(sample()), submission(wrapped())

    assert BOARD.read(other) == BOARD.read(plain)
    assert other.fingerprint == plain.fingerprint
    assert other.application_id == plain.application_id


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
    """Whole or in parts, as it is sent; a country's letters are no part of one."""
    said = sample()
    contact = said["questionResponses"]["contactInformationQuestionResponses"]
    contact["cellphoneNumberQuestionAnswer"] = answer

    phones = BOARD.read(submission(said)).candidate.phones

    assert [one.formatted_number for one in phones] == ([number] if number else [])


def test_an_answer_to_a_hirer_s_question_is_part_of_the_content() -> None:
    """In whichever of the lists it stands; a document's address is none."""
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


def test_a_failure_is_told_by_a_code_and_the_code_is_a_setting() -> None:
    """What LinkedIn calls it may be configured; else it is our own word."""
    settings = BOARD.settings(linkedin_error_codes="malformed=BAD_REQUEST")

    taken = BOARD.reply(Outcome.ACCEPTED, "linkedin:1", None, settings)
    malformed = BOARD.reply(Outcome.MALFORMED, None, "no id", settings)
    away = BOARD.reply(Outcome.UNAVAILABLE, None, None, settings)

    assert taken.status == 200
    assert (malformed.status, malformed.body) == (
        400,
        {"errorCode": "BAD_REQUEST", "additionalErrorDetails": "no id"},
    )
    assert (away.status, away.body) == (503, {"errorCode": "UNAVAILABLE"})
    assert away.headers["Retry-After"] == "30"
