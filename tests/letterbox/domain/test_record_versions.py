"""Records of earlier versions of the schema, as they lie in stores, are read."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain.answers import AnswerKind, from_version_1, plain_text
from letterbox.domain.application import Application
from letterbox.records.applications import StoredApplications
from letterbox.storage.directory import DirectoryStore
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples/records"
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
_KEYS = st.sampled_from(
    ["type", "id", "value", "answers", "answer", "choices", "score", "question_html"]
)


@pytest.mark.parametrize("name", ["careerjet-1", "seek-1"])
def test_a_record_of_version_1_is_read_and_becomes_version_2(
    name: str, tmp_path: Path
) -> None:
    """What is read from a store and changed is written as today's."""
    store = DirectoryStore(tmp_path)
    store.prepare()
    text = (SAMPLES / f"{name}.json").read_text()
    before = json.loads(text)
    store.put(f"applications/{before['id']}/application.json", text.encode())
    applications = StoredApplications(store)

    record = applications.find(before["id"])
    assert record is not None
    applications.update(record.model_copy(update={"flags": ()}), record)

    after = json.loads(store.get(f"applications/{before['id']}/application.json"))
    schema = json.loads((ROOT / "docs/schemas/application-2.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(after)
    assert (before["schema_version"], after["schema_version"]) == (1, 2)
    assert len(after["answers"]) == len(before["answers"])
    assert after["candidate"] == before["candidate"]


def test_the_answers_of_version_1_keep_what_they_said() -> None:
    """Choices, scores, consent and the text to the blank."""
    text = (SAMPLES / "seek-1.json").read_text()

    whole, early, why, consent = Application.model_validate_json(text).answers

    assert (whole.kind, whole.score) == (AnswerKind.QUESTIONNAIRE, 0.75)
    assert (early.kind, early.answer, early.score) == (AnswerKind.CHOICE, "Yes", 1.0)
    assert [choice.selected for choice in early.choices] == [True, False]
    assert (why.kind, why.answer) == (AnswerKind.TEXT, "  Two\n  lines ")
    assert (consent.kind, consent.consent_given) == (AnswerKind.CONSENT, True)


def test_a_consent_of_version_1_keeps_what_was_asked_and_where_it_is_read() -> None:
    """The text is what a reader sees, in one line; the markup stays beside it."""
    html = "May<br>we<div>keep</div>you<p>on</p><ul><li>file</li><li>?</li></ul>"
    entry: dict[str, Any] = {
        "type": "PrivacyConsent",
        "description_html": html,
        "privacy_policy_url": "https://example.com/privacy",
        "consent_given": False,
    }

    consent = from_version_1(entry)

    assert consent.kind is AnswerKind.CONSENT
    assert (consent.question, consent.question_html) == (
        "May we keep you on file ?",
        html,
    )
    assert (consent.consent_given, consent.url) == (
        False,
        "https://example.com/privacy",
    )
    assert from_version_1({"type": "PrivacyConsent"}).question is None


def test_records_of_today_stay_as_they_are() -> None:
    """Reading one twice changes nothing."""
    text = (SAMPLES / "seek-1.json").read_text()
    record = Application.model_validate_json(text)

    assert Application.model_validate_json(record.model_dump_json()) == record


@given(entry=_JSON | st.dictionaries(_KEYS, _JSON))
def test_any_answer_of_version_1_is_read(entry: Any) -> None:
    """They were JSON of any shape."""
    assert from_version_1(entry).kind


@given(html=st.text())
def test_any_question_has_a_text(html: str) -> None:
    """A stranger wrote its HTML."""
    assert isinstance(plain_text(html), str)
