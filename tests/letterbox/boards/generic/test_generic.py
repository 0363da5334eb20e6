"""What is posted to a board of one's own. Pure: the HTTP is tested in tests/api."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from letterbox.boards.generic import BOARD
from letterbox.domain.answers import AnswerKind
from letterbox.domain.errors import MalformedError
from letterbox.domain.submission import Role, Submission
from tests.letterbox.boards.generic.posting import FORM, PDF, application, take
from tests.letterbox.boards.posts import NOW
from tests.support import ROOT


def test_a_whole_application_finds_its_canonical_places() -> None:
    """In the record's own words; documents are decoded, with what they are for."""
    got, warnings = take(application())

    reading = BOARD.read(got.submission)

    assert warnings == []
    assert got.submission.application_id == "generic:web-1001"
    cv, certificate = got.submission.documents
    assert (cv.role, cv.filename) == (Role.RESUME, "Ada Example.pdf")
    assert got.contents[cv.sha256] == PDF
    assert (certificate.role, certificate.question_id) == (Role.OTHER, "cert")
    assert reading.applied_at == datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
    assert reading.references.job_reference == "DEV-17"
    assert reading.references.hirer == "acme"
    assert reading.source.posting == "ad-1"
    assert reading.source.ip_address == "203.0.113.9"
    assert reading.candidate.person.name.formatted == "Ada Example"
    assert reading.candidate.phones[0].formatted_number == "+64 21 555 0100"
    assert reading.answers[0].attachment == certificate.sha256
    assert (reading.answers[1].kind, reading.answers[1].answer) == ("number", "4")
    assert [one.text for one in reading.texts] == ["Please find my CV."]
    assert not reading.incomplete


def test_what_fits_the_published_schema_is_understood() -> None:
    """And the sample is such an application."""
    schema = dict(BOARD.body_schema)
    Draft202012Validator.check_schema(schema)
    valid = Draft202012Validator(schema)
    post = BOARD.sample_post(
        "1", "DEV-17", "whsec_" + "QUJD" * 8, ("cv.pdf", PDF), BOARD.settings()
    )

    valid.validate(application())
    valid.validate(json.loads(post.body))

    assert "$ref" not in json.dumps(schema)
    assert take(post.body)[1] == []


def test_the_schema_is_published() -> None:
    """Regenerate with ``python -m tests.publish_schema``."""
    published = (ROOT / "docs/schemas/generic-application-1.json").read_text()

    assert json.loads(published) == BOARD.body_schema


@pytest.mark.parametrize(
    ("changes", "at", "problem"),
    [
        ({"candidat": {}}, ["candidat"], "no such field"),
        ({"position": {"ref": "DEV-17"}}, ["position", "ref"], "no such field"),
        ({"skills": ["Python"]}, ["skills"], "no such field"),
        ({"position": "DEV-17"}, ["position"], "valid dictionary"),
        ({"candidate": {"emails": [{}]}}, ["candidate", "emails", "0"], "is absent"),
        ({"applied_at": "soon"}, ["applied_at"], "datetime"),
        ({"applied_at": "2026-11-21T10:00:00"}, ["applied_at"], "timezone"),
        ({"documents": [{"role": "CV"}]}, ["documents", "0", "role"], "RESUME"),
        ({"documents": [{}]}, ["documents", "0"], "no content"),
        (
            {"documents": [{"content": "no base64!"}]},
            ["documents", "0", "content"],
            "not base64",
        ),
        ({"documents": {"content": "QQ=="}}, ["documents"], "valid tuple"),
        ({"version": 2}, ["version"], "should be 1"),
        ({"answers": [{"kind": "maybe"}]}, ["answers", "0", "kind"], "consent"),
    ],
)
def test_a_sender_is_told_what_is_not_understood(
    changes: dict[str, Any], at: list[str], problem: str
) -> None:
    """All of it is kept: what was signed is not lost for a misspelt field."""
    got, warnings = take(application(**changes))

    said = got.submission.said
    assert isinstance(said, dict)
    assert set(changes) <= set(said)
    [told] = [one for one in warnings if one["at"] == at]
    assert problem in told["problem"]
    assert BOARD.read(got.submission).source.board_id == "web-1001"


def test_nulls_and_numbers_are_taken_for_what_they_mean() -> None:
    """Programs write null for nothing, and numbers for ids."""
    said = application(
        id=17,
        position={"reference": 4711, "hirer": None},
        candidate={
            "person": {"name": {"formatted": "Ada", "given": None}},
            "emails": [None, {"address": "ada@example.com"}],
            "phones": [{"formatted_number": 642155}],
            "skills": None,
        },
        answers=[{"answer": 4}, {"answer": [1, True]}, None],
        source=None,
    )

    got, warnings = take(said)

    reading = BOARD.read(got.submission)
    assert warnings == []
    assert got.submission.board_id == "17"
    assert reading.references.job_reference == "4711"
    assert reading.candidate.phones[0].formatted_number == "642155"
    assert [one.answer for one in reading.answers] == ["4", ("1", "true")]
    assert not reading.incomplete


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"{", b"[]", b"null"),
        *({"id": None}, {"id": " "}, {"id": "a\nb"}, {"id": "x" * 129}, {"id": []}, {}),
    ],
)
def test_what_cannot_be_kept_under_an_id_is_malformed(said: Any) -> None:
    """Where it has a field to blame, the error names it."""
    with pytest.raises(MalformedError) as caught:
        take(said)

    assert caught.value.field == ("id" if isinstance(said, dict) else None)


def test_another_content_is_no_repeat_and_another_time_is() -> None:
    """Who sends again may tell another time and another address."""
    first = take(application())[0].submission.fingerprint
    again = application(applied_at="2026-11-22T10:00:00Z", source={}, version=1)
    letter = application(cover_letter="Another letter.")
    cv = application(documents=[{"role": "RESUME", "content": "QQ=="}])

    assert take(again)[0].submission.fingerprint == first
    assert take(letter)[0].submission.fingerprint != first
    assert take(cv)[0].submission.fingerprint != first


def test_demographics_are_kept_apart() -> None:
    """What is said of the application has none of them."""
    got, warnings = take(application(demographics={"gender": "canary"}))

    assert warnings == []
    assert got.submission.demographics == {"gender": "canary"}
    assert "canary" not in json.dumps(got.submission.said)


def test_a_consent_that_was_not_given_is_said() -> None:
    """It becomes the flag of it."""
    answers = [{"kind": "consent", "consent_given": False}]

    reading = BOARD.read(take(application(answers=answers))[0].submission)

    assert reading.answers[0].kind is AnswerKind.CONSENT
    assert reading.is_consent_withheld


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
_KEYS = st.sampled_from(
    [
        "version applied_at position reference hirer candidate person name given",
        "emails address phones formatted_number skills employment positions answers",
        "question_id kind answer choices selected documents content part role filename",
        "demographics source posting cover_letter formatted media_type consent_given",
    ]
).flatmap(lambda line: st.sampled_from(line.split()))
_SHAPED = st.recursive(
    _LEAVES,
    lambda inner: (
        st.dictionaries(_KEYS, inner, max_size=4) | st.lists(inner, max_size=2)
    ),
    max_leaves=12,
)


@given(said=st.dictionaries(_KEYS, _SHAPED, max_size=6))
def test_nothing_that_is_signed_is_lost_or_crashes(said: dict[str, Any]) -> None:
    """Whatever keys hold, it is kept, can be stored and read, and has a meaning."""
    said["id"] = "1"

    got, _ = take(json.dumps(said).encode())

    kept = got.submission
    stored = Submission.model_validate_json(kept.model_dump_json())
    assert stored == kept
    assert BOARD.read(stored).source.board_id == "1"
    assert isinstance(kept.said, dict)
    assert set(kept.said) == set(said) - {"demographics"}
    assert BOARD.read(stored).applied_at <= NOW


@given(body=st.binary(), is_form=st.booleans())
def test_any_bytes_are_an_application_or_malformed(body: bytes, is_form: bool) -> None:  # noqa: FBT001 hypothesis's
    """There is no third thing."""
    try:
        got, _ = take(body, FORM if is_form else {})
    except MalformedError:
        return
    assert got.submission.application_id.startswith("generic:")


def test_another_id_is_another_submission_and_so_is_another_document() -> None:
    """A repeat is one that says the same under the same id."""
    first = take(application())[0].submission
    other_id = take(application() | {"id": "web-1002"})[0].submission

    assert take(application())[0].submission.fingerprint == first.fingerprint
    assert other_id.fingerprint != first.fingerprint


def test_of_a_list_what_is_odd_is_left_out_and_all_else_is_read() -> None:
    """It may stand anywhere in the list; none that is left takes another's place."""
    answers: list[Any] = [
        {"question_id": str(number), "kind": "text", "answer": str(number)}
        for number in range(12)
    ]
    for number in (0, 2, 10, 11):
        answers[number] = {"question_id": ["odd"], "kind": {}, "answer": {}}
    answers[5] = "odd"

    got, warnings = take(application(answers=answers))

    read = [one.answer for one in BOARD.read(got.submission).answers]
    assert [one for one in read if one] == ["1", "3", "4", "6", "7", "8", "9"]
    assert {one["at"][1] for one in warnings} == {"0", "2", "5", "10", "11"}


def test_demographics_in_another_place_are_kept_apart_and_told() -> None:
    """They are kept by where they stood; a sender is told where they belong."""
    said = application(demographics={"age": "canary"})
    said["candidate"]["Demographics"] = {"gender": "canary"}

    got, warnings = take(said)

    assert got.submission.demographics == {
        "demographics": {"age": "canary"},
        "candidate.Demographics": {"gender": "canary"},
    }
    assert "canary" not in json.dumps(got.submission.said)
    [warning] = warnings
    assert warning["at"] == ["candidate", "Demographics"]
    assert "top level" in warning["problem"]
