"""What SEEK took away again, and how we notice."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from letterbox.boards.seek.redaction import is_redacted, lost
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples/seek"
HELD: dict[str, Any] = json.loads((SAMPLES / "candidate-profile.json").read_text())
REDACTED = json.loads((SAMPLES / "redacted-profile.json").read_text())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def without(**changes: JsonValue) -> dict[str, Any]:
    """Copy the sample with some of its fields changed."""
    return deepcopy(HELD) | changes


def named(**name: JsonValue) -> dict[str, Any]:
    """Copy the sample under another name."""
    profile = deepcopy(HELD)
    profile["candidate"]["person"]["name"] = name
    return profile


def reached(**changes: JsonValue) -> dict[str, Any]:
    """Copy the sample with other ways to reach the candidate."""
    profile = deepcopy(HELD)
    profile["candidate"]["person"]["communication"].update(changes)
    return profile


@pytest.mark.parametrize(
    "profile",
    [
        REDACTED,
        named(formattedName="redacted", given="redacted", family=None),
        named(formattedName=" Redacted", given=None, family=None),
        named(given="redacted", family=None),
    ],
)
def test_a_redacted_name_is_recognised(profile: JsonValue) -> None:
    """SEEK puts a static text where names were."""
    assert is_redacted(profile)


@pytest.mark.parametrize(
    "profile",
    [
        HELD,
        None,
        {},
        named(formattedName="Redacted Example", given="Redacted", family="Example"),
    ],
)
def test_other_names_are_not_redacted(profile: JsonValue) -> None:
    """An absent profile is not a redacted one."""
    assert not is_redacted(profile)


def test_a_redacted_view_lost_all_of_it() -> None:
    """The parts are named, not what was in them."""
    assert lost(HELD, REDACTED) == (
        "name",
        "email",
        "employment",
        "education",
        "certifications",
        "qualifications",
        "attachments",
        "seekQuestionnaireSubmission",
    )


@pytest.mark.parametrize(
    "part",
    ["employment", "education", "certifications", "qualifications", "attachments"],
)
def test_an_emptied_list_is_noticed_under_an_untouched_name(part: str) -> None:
    """They were fixed when the candidate applied."""
    new = without(**{part: []})

    assert lost(HELD, new) == (part,)
    assert not is_redacted(new)


@pytest.mark.parametrize(
    ("new", "parts"),
    [
        (None, ("profile",)),
        ({}, ("profile",)),
        (reached(email=[]), ("email",)),
        (
            without(seekQuestionnaireSubmission=None),
            ("seekQuestionnaireSubmission",),
        ),
        (without(associatedPositionProfile=None), ("associatedPositionProfile",)),
    ],
)
def test_anything_gone_is_noticed(new: JsonValue, parts: tuple[str, ...]) -> None:
    """Refused or redacted: what we hold stays."""
    assert lost(HELD, new) == parts


@pytest.mark.parametrize(
    "new",
    [
        HELD,
        named(formattedName="Wiremu Another", given="Wiremu", family="Another"),
        reached(phone=[], address=[]),
        reached(email=[{"address": "new@example.com"}]),
        without(attachments=HELD["attachments"][:1]),
    ],
)
def test_a_later_edit_is_no_redaction(new: JsonValue) -> None:
    """The person is live; phones are the candidate's to remove."""
    assert not lost(HELD, new)


def test_whatever_comes_is_more_than_nothing() -> None:
    """A first view, redacted or not, replaces none; a full one replaces a redacted."""
    assert not lost(None, REDACTED)
    assert not lost(None, None)
    assert not lost(REDACTED, REDACTED)
    assert not lost(REDACTED, HELD)


PATHS = (
    ("candidate",),
    ("candidate", "person"),
    ("candidate", "person", "name"),
    ("candidate", "person", "name", "formattedName"),
    ("candidate", "person", "communication", "email"),
    ("employment",),
    ("seekQuestionnaireSubmission",),
    ("associatedPositionProfile",),
)


@given(path=st.sampled_from(PATHS), odd=JSON)
def test_odd_views_can_be_compared(path: tuple[str, ...], odd: JsonValue) -> None:
    """Nothing raises, and a view never keeps more than itself."""
    view = deepcopy(HELD)
    at = view
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = odd

    assert not lost(view, view)
    assert not lost(odd, odd)
    assert not lost(view, HELD)
