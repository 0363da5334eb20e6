"""What SEEK's profiles mean in canonical terms."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from letterbox.boards import discover
from letterbox.boards.base import FormBoard
from letterbox.boards.graphql import QueryError
from letterbox.boards.seek import BOARD
from letterbox.boards.seek.events import notices_of
from letterbox.boards.seek.payload import candidate_profile_id, fetched, profile_of
from letterbox.boards.seek.webhook import read_events
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples/seek"
NOTICES = notices_of(
    read_events((SAMPLES / "webhook.json").read_bytes()),
    datetime(2026, 11, 22, tzinfo=UTC),
).submissions
PROFILE: dict[str, Any] = json.loads((SAMPLES / "candidate-profile.json").read_text())
HIRER = "seekAnzPublicTest:organization:seek:93WyyF1h"
AD = "seekAnzPublicTest:positionProfile:jobAd:27cuZeA47"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def read(profile: JsonValue, *codes: str) -> Reading:
    """Read the second application of the sample with a profile fetched for it."""
    errors = [QueryError(code=code, path=("candidateProfile",)) for code in codes]
    return BOARD.read(fetched(NOTICES[1], profile, errors))


def sample(*path: str, **changes: JsonValue) -> dict[str, JsonValue]:
    """Copy the sample with an object somewhere in it changed."""
    profile = deepcopy(PROFILE)
    at = profile
    for key in path:
        at = at[key]
    at.update(changes)
    return profile


def test_the_board_is_found_and_takes_no_forms() -> None:
    """SEEK sends notices to an endpoint of its own."""
    board = discover()["seek"]

    assert board is BOARD
    assert not isinstance(board, FormBoard)


def test_the_ad_and_its_references() -> None:
    """In the order that DESIGN.md matches by."""
    reading = read(PROFILE)

    assert reading.references == References(
        hirer=HIRER,
        profile=AD,
        openings=("seekAnzPublicTest:positionOpening:ats:one",),
        job_reference="BAKE-7",
        posted_by_us=True,
    )
    source = reading.source
    assert (source.board, source.board_id) == ("seek", NOTICES[1].board_id)
    assert (source.posting, source.job_reference, source.hirer) == (AD, "BAKE-7", HIRER)
    assert source.profile_id == candidate_profile_id(NOTICES[1])
    assert str(source.updated_at) == "2026-11-21 01:00:00+00:00"
    assert source.position_profile is not None
    assert source.position_profile.model_dump(mode="json") == {
        "profile_id": AD,
        "type": "Posted",
        "title": "Night baker",
        "uri": "https://www.example.com/job/27cuZeA47",
        "organizations": [{"id": HIRER, "name": "Example Bakeries"}],
        "opening_id": "seekAnzPublicTest:positionOpening:ats:one",
        "opening_status": "Active",
        "opening_partner_metadata": "opening-7",
        "hirer_job_reference": "BAKE-7",
        "billing_reference": "cost-centre-3",
        "partner_metadata": "ad-7",
        "created_by_self": True,
        "posting_source": "CurrentPartner",
        "postings": [{"start": "2026-11-10T00:00:00Z", "end": "2026-12-10T00:00:00Z"}],
    }


@pytest.mark.parametrize(
    ("organizations", "hirer"),
    [
        ([], HIRER),
        ([{"id": {"value": "other"}}], "other"),
        ([{"id": {"value": "other"}}, {"id": {"value": HIRER}}], HIRER),
    ],
)
def test_the_hirer_is_whom_the_ad_names(
    organizations: list[JsonValue], hirer: str
) -> None:
    """Polling tells of none, so the ad is the surer one."""
    profile = sample("associatedPositionProfile", positionOrganizations=organizations)

    assert read(profile).references.hirer == hirer


@pytest.mark.parametrize("posted_by_us", [True, False, None])
def test_who_posted_an_ad_without_reference_may_be_unknown(
    *, posted_by_us: bool | None
) -> None:
    """Null is not false: only false may be discarded."""
    profile = sample(
        "associatedPositionProfile",
        seekCreatedBySelfIndicator=posted_by_us,
        seekHirerJobReference=" ",
    )

    references = read(profile).references

    assert references.posted_by_us is posted_by_us
    assert references.job_reference is None


def test_applied_at_is_the_events() -> None:
    """It is the same before and after the fetch."""
    expected = datetime(2019, 9, 8, 20, 32, 12, 479_000, tzinfo=UTC)

    assert BOARD.read(NOTICES[1]).applied_at == expected
    assert read(PROFILE).applied_at == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("foo", "2026-11-20T20:32:12.479Z"),
        (None, "2026-11-20T20:32:12.479Z"),
        ("9999-12-31T23:59:59-14:00", "2026-11-20T20:32:12.479Z"),
        ("2999-01-01T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("2026-11-21T00:00:00", "2026-11-21T00:00:00Z"),
    ],
)
def test_an_odd_time_is_never_later_than_the_delivery(
    said: JsonValue, expected: str
) -> None:
    """The archive's date is counted from it, and must not come too late."""
    notice = NOTICES[1].model_copy(
        update={"said": {"event": {"createDateTime": said}}},
    )

    reading = BOARD.read(fetched(notice, PROFILE, []))

    assert reading.applied_at == datetime.fromisoformat(expected)


def test_a_notice_alone_is_incomplete() -> None:
    """It still names the hirer and the person's id."""
    reading = BOARD.read(NOTICES[1])

    assert reading.incomplete
    assert reading.references == References(hirer=HIRER)
    assert reading.candidate.board_id == PROFILE["candidate"]["documentId"]["value"]
    assert reading.candidate.person.name.formatted == ""


@pytest.mark.parametrize(
    ("profile", "codes", "incomplete"),
    [
        (PROFILE, [], False),
        (PROFILE, ["FORBIDDEN"], True),
        (None, ["FORBIDDEN"], True),
        (None, [], True),
        ({}, [], True),
    ],
)
def test_what_seek_kept_back_is_incomplete(
    profile: JsonValue, codes: list[str], *, incomplete: bool
) -> None:
    """Null, or with errors beside it."""
    assert read(profile, *codes).incomplete is incomplete


def test_the_answer_is_kept_as_it_came() -> None:
    """Beside the notice, whose fingerprint stays."""
    kept = fetched(NOTICES[1], PROFILE, [QueryError(code="FORBIDDEN", path=("a", 0))])

    notice = NOTICES[1].said
    assert isinstance(notice, dict)
    errors: JsonValue = [{"code": "FORBIDDEN", "path": ["a", 0]}]
    assert kept.said == notice | {"profile": PROFILE, "errors": errors}
    assert kept.fingerprint == NOTICES[1].fingerprint
    assert profile_of(kept) == PROFILE
    assert profile_of(NOTICES[1]) is None


def test_half_an_emoji_can_be_kept() -> None:
    """Boards cut texts where they please, and no UTF-8 holds what is left."""
    cut = sample(qualifications=[{"competencyName": "\ud83d \ud83d\ude00"}])

    kept = fetched(NOTICES[1], cut, [])

    assert Submission.model_validate_json(kept.model_dump_json()) == kept
    assert BOARD.read(kept).candidate.skills == ("\ufffd 😀",)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Walk every place in the JSON, as its container and its key."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


@given(place=st.integers(0, 300), odd=JSON)
def test_an_odd_value_anywhere_can_be_read_and_kept(place: int, odd: JsonValue) -> None:
    """What SEEK sends is SEEK's to change."""
    profile = deepcopy(PROFILE)
    everywhere = list(places(profile))
    container, key = everywhere[place % len(everywhere)]
    container[key] = odd

    reading = read(profile)

    assert reading.model_dump_json()
    assert reading.source.board_id == NOTICES[1].board_id


@given(JSON)
def test_anything_said_can_be_read(said: JsonValue) -> None:
    """A record that cannot be read would stop its workflow for good."""
    reading = BOARD.read(NOTICES[1].model_copy(update={"said": said}))

    assert reading.applied_at <= NOTICES[1].received_at
