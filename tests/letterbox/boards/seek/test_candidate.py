"""The candidate of a SEEK profile in canonical terms."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from letterbox.boards.seek import BOARD
from letterbox.boards.seek.candidate import attachments
from letterbox.boards.seek.events import notices_of
from letterbox.boards.seek.payload import fetched
from letterbox.boards.seek.webhook import read_events
from letterbox.domain.answers import Answer, AnswerKind, Choice
from letterbox.domain.candidate import PersonName
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Role
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples/seek"
NOTICES = notices_of(
    read_events((SAMPLES / "webhook.json").read_bytes()),
    datetime(2026, 11, 22, tzinfo=UTC),
).submissions
PROFILE: dict[str, Any] = json.loads((SAMPLES / "candidate-profile.json").read_text())
HIRER = "seekAnzPublicTest:organization:seek:93WyyF1h"


def read(profile: JsonValue) -> Reading:
    """Read the second application of the sample with a profile fetched for it."""
    return BOARD.read(fetched(NOTICES[1], profile, []))


def sample(*path: str, **changes: JsonValue) -> dict[str, JsonValue]:
    """Copy the sample with an object somewhere in it changed."""
    profile = deepcopy(PROFILE)
    at = profile
    for key in path:
        at = at[key]
    at.update(changes)
    return profile


def test_the_person_and_how_to_reach_them() -> None:
    """All addresses, in the candidate's order of preference."""
    candidate = read(PROFILE).candidate

    assert candidate.person.name.model_dump() == {
        "given": "Wiremu",
        "family": "Example",
        "formatted": "Wiremu Example",
    }
    assert [one.address for one in candidate.emails] == [
        "wiremu@example.com",
        "wiremu@example.org",
    ]
    assert [one.formatted_number for one in candidate.phones] == ["+64 4 555 0100"]
    [address] = candidate.addresses
    assert address.model_dump() == {
        "formatted": "12 Sample Street, Wellington 6011",
        "line": "12 Sample Street",
        "extended_lines": ({"type": "Apartment", "value": "3B"},),
        "city": "Wellington",
        "subdivisions": ({"type": "State", "value": "Wellington"},),
        "postal_code": "6011",
        "country_code": "NZ",
    }
    assert candidate.do_not_contact is False
    assert candidate.board_id == (
        "seekAnzPublicTest:candidate:feed:5PGXAHysjZdkQYwZghfL4bRCqvZ7ZM"
    )


def test_a_name_without_its_printed_form_is_put_together() -> None:
    """Something has to stand in the list of applications."""
    name: JsonValue = {"given": "Wiremu ", "family": "Example"}

    person = read(sample("candidate", "person", name=name)).candidate.person

    assert person.name.formatted == "Wiremu Example"


def test_the_history_with_its_partial_dates() -> None:
    """A year is a year, not the first of January."""
    candidate = read(PROFILE).candidate

    [employer] = candidate.employment
    [institution] = candidate.education
    food, forklift = candidate.certifications
    now, before = employer.positions
    assert employer.organization == "Sample Bakery"
    assert (now.title, now.start, now.end, now.current) == (
        "面包师",
        "2019-05",
        None,
        True,
    )
    assert now.descriptions == ("Bread, mostly.",)
    assert (before.start, before.end) == ("2016", "2019-04-30")
    assert institution.institution == "Example Polytechnic"
    assert institution.descriptions == ("With distinction",)
    assert [one.model_dump() for one in institution.degrees] == [
        {"name": "Diploma of Baking", "date": "2016", "status": "Granted"}
    ]
    assert food.model_dump() == {
        "name": "Food safety supervisor",
        "issued": None,
        "issuing_authority": "Example Council",
        "valid_to": "2027-03",
        "descriptions": ("Level 4",),
    }
    assert (forklift.issued, forklift.valid_to) == ("2020-05-27", None)
    assert candidate.skills == ("Sourdough", "te reo Māori")
    assert [one.type for one in candidate.sources] == ["SeekApplication"]


def test_attachments_of_all_roles_and_none() -> None:
    """A role that is new is another document, and not left behind."""
    odd: list[JsonValue] = [
        {"id": {"value": "five"}, "url": "https://x", "seekRoleCode": "New"},
        {"url": "https://y"},
        {"id": {"value": "six"}, "url": None},
        "seven",
    ]

    links = attachments(PROFILE | {"attachments": [*PROFILE["attachments"], *odd]})

    assert [one.role for one in links] == [
        Role.RESUME,
        Role.COVER_LETTER,
        Role.SELECTION_CRITERIA,
        *[Role.OTHER] * 3,
    ]
    assert links[3].descriptions == ("Portfolio",)
    assert links[0].id == "seekAnzPublicTest:attachment:apply:one"
    assert links[0].url.startswith("https://graphql.seek.com/anzPublicTest/")
    assert links[5].id == links[5].url == "https://y"
    assert read(PROFILE).candidate.attachment_links == attachments(PROFILE)


def test_questionnaire_answers_and_consent_are_read() -> None:
    """White space stays, HTML stays HTML, and who posted the ad knows the values."""
    submission, early, why, consent = read(PROFILE).answers

    assert submission == Answer(
        kind=AnswerKind.QUESTIONNAIRE,
        question_id="seekAnzPublicTest:applicationQuestionnaire:apply:one",
        hirer=HIRER,
        score=0.75,
    )
    assert (early.kind, early.value) == (AnswerKind.CHOICE, "early-shift")
    assert early.question_html == "<p>Can you start at <b>3 am</b>?</p>"
    assert early.question == "Can you start at 3 am?"
    assert early.source == "Custom"
    yes = Choice(
        id="seekAnzPublicTest:applicationQuestionChoice:apply:yes",
        value="yes",
        label="Yes",
        preferred=True,
        selected=True,
    )
    assert early.answer == "Yes"
    assert early.score == 1.0
    assert early.choices[0] == yes
    assert len(early.choices) == 2
    assert why.answer == "  Two\n  lines "
    assert consent == Answer(
        kind=AnswerKind.CONSENT,
        question_id="seekAnzPublicTest:applicationPrivacyConsent:apply:one",
        value="privacy-2026",
        url="https://www.example.com/privacy",
        consent_given=True,
    )


def test_a_new_kind_of_response_is_kept_by_what_all_have() -> None:
    """The interface may get another type."""
    new: JsonValue = {"componentTypeCode": "New", "component": {"id": {"value": "x"}}}

    answers = read(sample("seekQuestionnaireSubmission", responses=[new])).answers

    assert answers[1:] == (Answer(kind=AnswerKind.OTHER, question_id="x"),)


def test_a_profile_without_questionnaire_has_no_answers() -> None:
    """Most ads have no questionnaire."""
    assert read(sample(seekQuestionnaireSubmission=None)).answers == ()


def test_the_printed_form_of_a_name_is_the_boards() -> None:
    """People have titles, and families that come first."""
    name: JsonValue = {"given": "A", "family": "B", "formattedName": "Dr B, A"}

    person = read(sample("candidate", "person", name=name)).candidate.person

    assert person.name == PersonName(given="A", family="B", formatted="Dr B, A")


def test_the_persons_id_is_the_profiles_before_the_events() -> None:
    """The event tells it before the profile is fetched; both are SEEK's."""
    known = read(sample("candidate", documentId={"value": "candidate-2"})).candidate
    unknown = read(sample("candidate", documentId=None)).candidate

    assert known.board_id == "candidate-2"
    assert unknown.board_id == BOARD.read(NOTICES[1]).candidate.board_id


def test_how_the_candidate_came_to_the_board_is_read() -> None:
    """What has neither name nor type is nothing."""
    sources: JsonValue = [{"name": "An ad", "type": "Campaign"}, {}, None]

    candidate = read(sample(candidateSources=sources)).candidate

    assert [(one.name, one.type) for one in candidate.sources] == [
        ("An ad", "Campaign")
    ]
