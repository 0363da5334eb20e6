"""What Indeed's bytes mean. Pure: the HTTP around it is tested in tests/api."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.boards.indeed import BOARD
from letterbox.domain.errors import MalformedError, SignatureError, TooLargeError
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


@pytest.mark.parametrize(
    "signature",
    [None, "", "é☃", SIGNATURE[:-1], SIGNATURE.lower(), SIGNATURE * 2, "A" * 5000],
)
def test_no_other_signature_verifies(signature: str | None) -> None:
    """Absent and nonsense are refusals, never crashes."""
    headers = {} if signature is None else {"x-indeed-signature": signature}

    with pytest.raises(SignatureError):
        verified(BOARD, BODY, headers, [SECRET.encode()])


def test_a_changed_body_and_no_secret_verify_nothing() -> None:
    """The whole body is signed; without a secret nobody is the board."""
    headers = {"x-indeed-signature": SIGNATURE}

    for body, secrets in ((BODY + b" ", [SECRET.encode()]), (BODY, [])):
        with pytest.raises(SignatureError):
            verified(BOARD, body, headers, secrets)


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
    alone = sample()
    del alone["applicant"]["email"]

    assert submission(other).fingerprint == submission(sample()).fingerprint
    assert BOARD.read(submission(alone)).candidate.emails == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("applicant", "coverletter"), "Another letter."),
        (("applicant", "resume", "file", "data"), "JVBERi0xLjQL"),
        (("job", "jobId"), "DEV-18"),
        (("screenerQuestionsAndAnswers", "questionsAndAnswers", 2, "answer"), "5"),
    ],
)
def test_another_content_is_another_fingerprint(
    path: tuple[Any, ...], value: str
) -> None:
    """What the candidate has changed is no repeat."""
    changed = sample()
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value

    assert submission(changed).fingerprint != submission(sample()).fingerprint


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


def test_a_resume_of_html_alone_is_a_document() -> None:
    """There is nothing better of it."""
    said = sample("resume")
    del said["applicant"]["resume"]["text"]

    [document] = submission(said).documents

    assert (document.role, document.declared_type) == (Role.RESUME, "text/html")


@pytest.mark.parametrize(
    ("data", "content"),
    [
        ("SGVsbG8h=", b"Hello!"),
        ("SGVs\r\nbG8h", b"Hello!"),
        ("data:text/plain;base64,SGVsbG8h", b"Hello!"),
        ("_-8", b"\xff\xef"),
        ("SGVsbG8", b"Hello"),
    ],
)
def test_other_spellings_of_base64_are_read(data: str, content: bytes) -> None:
    """The official sample itself has the wrong padding."""
    said = sample()
    said["applicant"]["resume"]["file"]["data"] = data

    got = received(BOARD, said)

    cv = got.submission.documents[0]
    assert got.contents[cv.sha256] == content
    assert cv.problem is None


@pytest.mark.parametrize("data", ["S", "not base64!", "SGVs=bG8h", "é☃"])
def test_what_is_no_base64_is_kept_as_it_came_and_says_so(data: str) -> None:
    """A person can look; to refuse would lose them."""
    said = sample()
    said["applicant"]["resume"]["file"]["data"] = data

    got = received(BOARD, said)

    cv = got.submission.documents[0]
    assert got.contents[cv.sha256] == data.encode()
    assert cv.problem == "not-decoded"


def test_large_base64_is_decoded_in_pieces() -> None:
    """The last piece alone may end with padding."""
    content = bytes(range(256)) * 4000
    said = sample()
    said["applicant"]["resume"]["file"]["data"] = b64encode(content).decode()

    got = received(BOARD, said)

    cv = got.submission.documents[0]
    assert got.contents[cv.sha256] == content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"[" * 100_000,
        b'{"id": ""}',
        b'{"id": null}',
        b"{}",
        b'{"id": "a\\u0000b"}',
        json.dumps({"id": "x" * 129}).encode(),
        b'{"id": "1", "deep": ' + b"[" * 150 + b"]" * 150 + b"}",
        BODY,
    ],
)
def test_what_cannot_be_kept_under_an_id_is_malformed(body: bytes) -> None:
    """There is nothing to keep it under, or no end to it."""
    with pytest.raises(MalformedError):
        received(BOARD, body)


def test_more_values_than_any_application_has_are_too_large() -> None:
    """Each of them costs more memory than it has bytes."""
    with pytest.raises(TooLargeError):
        received(BOARD, b'{"id": "1", "x": [' + b"[]," * 300_000 + b"[]]}")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"id":"1","applicant":{"fullName":"Zoë"}}'.encode("latin-1"), "Zoë"),
        ('{"id":"1","applicant":{"fullName":"Zoë"}}'.encode("utf-16"), "Zoë"),
        ('{"id":"1","applicant":{"fullName":"Zoë"}}'.encode("utf-8-sig"), "Zoë"),
        (b'{"id":"1","applicant":{"fullName":"A\\ud83d"}}', "A\ufffd"),
        ('{"id":"1","applicant":{"fullName":"山田 😀"}}'.encode(), "山田 😀"),
    ],
)
def test_another_charset_is_read(body: bytes, name: str) -> None:
    """What a board signed is not refused for its encoding."""
    kept = submission(body)

    assert BOARD.read(kept).candidate.person.name.formatted == name
    assert Submission.model_validate_json(kept.model_dump_json()) == kept


@pytest.mark.parametrize(
    "millis",
    [None, "soon", True, 10**30, -1, 0, 99_999_999_999_999, "1e9", [], {}, 1.5e400],
)
def test_an_impossible_time_of_applying_is_the_time_of_receipt(millis: Any) -> None:
    """It decides when the application is archived."""
    kept = submission(sample() | {"appliedOnMillis": millis})

    assert BOARD.read(kept).applied_at == kept.received_at


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


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
_KEYS = st.sampled_from(
    [
        "job jobId jobKey applicant fullName email phoneNumber resume file data text",
        "json positions values educations location city html coverletter questions id",
        "screenerQuestionsAndAnswers questionsAndAnswers question answer answers files",
        "demographicQuestionsAndAnswers options value label appliedOnMillis analytics",
    ]
).flatmap(lambda line: st.sampled_from(line.split()))
_SHAPED = st.recursive(
    _JSON,
    lambda inner: st.dictionaries(_KEYS, inner) | st.lists(inner, max_size=3),
    max_leaves=30,
)


@given(said=st.dictionaries(_KEYS, _SHAPED))
def test_nothing_that_is_signed_is_lost_or_crashes(said: dict[str, Any]) -> None:
    """Whatever keys hold, it is kept, can be stored and read, and has a meaning."""
    said["id"] = "1"

    kept = submission(json.dumps(said).encode())

    stored = Submission.model_validate_json(kept.model_dump_json())
    reading = BOARD.read(stored)
    assert stored == kept
    assert reading.source.board_id == "1"
    assert isinstance(kept.said, dict)
    apart = kept.demographics if isinstance(kept.demographics, dict) else {}
    assert set(said) == set(kept.said) | {key.partition(".")[0] for key in apart}


@given(body=st.binary())
def test_any_bytes_are_an_application_or_malformed(body: bytes) -> None:
    """There is no third thing."""
    try:
        read = submission(body)
    except MalformedError:
        return
    assert read.application_id.startswith("indeed:")
